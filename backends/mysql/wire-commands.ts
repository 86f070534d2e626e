/** The commands that a client sends, and how a door changes some of them. */
import type { Reword } from "../sql-mending.ts";
import { changeUserTo } from "./wire-database.ts";
import { head_bytes, packet } from "./wire-packets.ts";

/** By the number that each begins with. */
export const command = {
  quit: 0x01,
  init_db: 0x02,
  query: 0x03,
  field_list: 0x04,
  statistics: 0x09,
  change_user: 0x11,
  prepare: 0x16,
  execute: 0x17,
  send_long_data: 0x18,
  close: 0x19,
  set_option: 0x1b,
  fetch: 0x1c,
  reset_connection: 0x1f,
} as const;
/** Afterwards the session is like a new one. */
export const resetting: ReadonlySet<number> = new Set([
  command.change_user,
  command.reset_connection,
]);
export const without_reply: ReadonlySet<number> = new Set([
  command.quit,
  command.send_long_data,
  command.close,
]);

/** A statement as a command. */
export const queryOf = (sql: string): Buffer =>
  packet(0, Buffer.concat([Buffer.from([command.query]), Buffer.from(sql)]));

/** A command that asks for a database, with this one in it; any other as it is. */
export function commandIn(database: string, received: Buffer): Buffer {
  const number = received[head_bytes]!;
  if (number === command.init_db)
    return packet(0, Buffer.concat([Buffer.from([number]), Buffer.from(database)]));
  if (number === command.change_user) return changeUserTo(database, received);
  return received;
}

/** A query or a PREPARE with another statement; any other command as it is. */
export function reworded(received: Buffer, reword: Reword): Buffer {
  const number = received[head_bytes];
  if (number !== command.query && number !== command.prepare) return received;
  const body = received.subarray(head_bytes + 1);
  const changed = reword(body.toString("utf8"));
  if (body.equals(Buffer.from(changed))) return received;
  return packet(0, Buffer.concat([Buffer.from([number]), Buffer.from(changed)]));
}
