/**
 * A door leads to one database. Programs often have its name in their code, `shop`, and each lane has a database of its
 * own, of another name. So whatever database a program asks for when it logs in or with USE, it gets its lane's. Names in
 * front of tables are left as they are: what they lead to is somebody else's.
 *
 * https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_connection_phase_packets_protocol_handshake_response.html
 */
import { isWord } from "../sql-parts.ts";
import { nameFrom, tablesIn } from "../sql-tables.ts";
import { readSql, remembered } from "../sql-text.ts";
import type { Token } from "../sql-tokens.ts";
import { capability, head_bytes, Packet, packet } from "./wire-packets.ts";

/** Before the user's name: capabilities, the longest packet, the character set, and nothing. */
const before_user_bytes = 32;
const of_the_server = new Set(["information_schema", "performance_schema", "mysql", "sys"]);

/** The client's answer to the greeting, with this database instead of the one that it names. */
export function logInTo(database: string, answer: Buffer): Buffer {
  const wanted = answer.readUInt32LE(head_bytes);
  if ((wanted & capability.connect_with_db) === 0) return answer;
  const read = new Packet(answer, head_bytes + before_user_bytes);
  read.untilZero();
  if ((wanted & capability.long_proof) !== 0) read.value();
  else if ((wanted & capability.short_proof) !== 0) read.bytes(read.int(1));
  else read.untilZero();
  return withName(answer, read, database);
}

/** COM_CHANGE_USER: a name, a proof, a database. */
export function changeUserTo(database: string, received: Buffer): Buffer {
  const read = new Packet(received, head_bytes + 1);
  read.untilZero();
  read.bytes(read.int(1));
  return withName(received, read, database);
}

/** @param read stands before the name of a database, which ends with a 0 */
function withName(received: Buffer, read: Packet, database: string): Buffer {
  const from = read.at;
  read.untilZero();
  const body = [received.subarray(head_bytes, from), Buffer.from(`${database}\0`)];
  return packet(received[3]!, Buffer.concat([...body, received.subarray(read.at)]));
}

/** Whether a statement only asks for another database: `USE shop`. */
export function asksForDatabase(sql: string): boolean {
  if (!/^\W*use\b/i.test(sql)) return false;
  const [tokens = [], ...others] = readSql(sql, "mysql").statements ?? [];
  return others.length === 0 && tokens.length === 2 && isWord(tokens[0], "use");
}

/** The databases that a statement works in by their names, except for the server's: `shop` in `UPDATE shop.account …`. */
function databasesIn(tokens: readonly Token[]): string[] {
  const made = tokens.findIndex(
    (token, i) =>
      isWord(token, "database", "schema") && isWord(tokens[i - 1], "create", "drop", "alter"),
  );
  const named = made < 0 ? undefined : nameFrom(tokens, made + 1);
  const before = tablesIn(tokens).flatMap(({ schema }) => schema ?? []);
  return [...(named === undefined ? [] : [named]), ...before].filter(
    (name) => !of_the_server.has(name.toLowerCase()),
  );
}

const databasesOf = remembered((sql) =>
  (readSql(sql, "mysql").statements ?? []).flatMap(databasesIn),
);

/** Where a statement works, if not in our database. */
export function outsideOf(sql: string, database: string): string | undefined {
  const other = databasesOf(sql).find((name) => name !== database);
  return other === undefined ? undefined : `database ${other}`;
}
