/** What a door itself sends on a client's connection: BEGIN and COMMIT around a statement that commits by itself. */
import { Frames, joined } from "../frames.ts";
import type { Aside, OwnRequest } from "../wire.ts";
import { Expected } from "./wire-replies.ts";

/** The answers to COMMIT that are for the client: an error, and messages that may come at any time. */
const of_the_client = "ENSA";
const idle = Buffer.from([0x5a, 0, 0, 0, 5, 0x49]);

export const aside: Aside = {
  say,
  asIfAlone(reply, end = Buffer.alloc(0)) {
    const { frames } = new Frames(5, (head) => 1 + head.readUInt32BE(1)).take(end);
    const kept = frames.filter((message) =>
      of_the_client.includes(String.fromCharCode(message[0]!)),
    );
    // The fetch of a cursor has no end that says whether a transaction is open.
    if (!reply.subarray(-idle.length, -1).equals(idle.subarray(0, -1))) return reply;
    return joined([reply.subarray(0, reply.length - idle.length), ...kept, idle]);
  },
};

/**
 * Uses the extended protocol, with a statement name of its own: a simple query would drop the client's unnamed
 * statement, which the client may have prepared already and be about to execute.
 */
function say(sql: string): OwnRequest {
  const name = `raceproof ${sql}\0`;
  const close = message("C", `S${name}`, []);
  const bytes = Buffer.concat([
    // Where it failed the last time, it was not closed.
    close,
    message("P", `${name}${sql}\0`, [0, 0]),
    message("B", `${name}${name}`, [0, 0, 0, 0, 0, 0]),
    message("E", name, [0, 0, 0, 0]),
    close,
    message("S", "", []),
  ]);
  return { bytes, expects: new Expected([], { until_ready: true, is_request: true }) };
}

/** A message with its type and length. */
export function message(type: string, text: string, more: readonly number[]): Buffer {
  const body = Buffer.concat([Buffer.from(text), Buffer.from(more)]);
  const head = Buffer.alloc(5);
  head.write(type);
  head.writeUInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}
