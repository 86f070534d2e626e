/**
 * A door leads to one database. Programs often have its name in their code, `shop`, and each lane has a database of its
 * own, of another name. So whatever database a program asks for when it connects, it gets its lane's.
 *
 * https://www.postgresql.org/docs/current/protocol-message-formats.html, StartupMessage: length, version, then a name
 * and a value for each parameter, and a 0. Who names no database gets the one that is called like the user.
 */

/** Version 3 of the protocol, whatever its minor number: not a request to cancel something. */
const version = 3;
const head_bytes = 8;

/** The same packet with this database in it. */
export function startIn(database: string, packet: Buffer): Buffer {
  if (packet.length < head_bytes || packet.readUInt16BE(4) !== version) return packet;
  const texts = packet.toString("latin1", head_bytes).split("\0");
  // Each text ends with a 0, and so does the packet: two texts that are empty are left at the end.
  const end = texts.indexOf("");
  if (end < 0 || end % 2 !== 0) return packet;
  const kept = texts.slice(0, end).flatMap((name, i, all) => {
    const is_kept = i % 2 === 0 && name !== "database";
    return is_kept ? [name, all[i + 1]!] : [];
  });
  const body = [...kept, "database", database, "", ""].join("\0");
  const start = Buffer.alloc(head_bytes + body.length);
  start.writeUInt32BE(start.length, 0);
  packet.copy(start, 4, 4, head_bytes);
  start.write(body, head_bytes, "latin1");
  return start;
}
