/** The log-in as a door changes it: what would hide the requests, or cannot be read, is offered by nobody. */
import { capability, head_bytes } from "./wire-packets.ts";

const hidden =
  capability.compress |
  capability.ssl |
  capability.optional_columns |
  capability.zstd |
  capability.query_attributes;

/** The server's first packet. */
export interface Greeting {
  /** As the client is to get it. */
  readonly bytes: Buffer;
  readonly connection: number;
  readonly is_mariadb: boolean;
}

/**
 * Reads protocol, version, number, 8 bytes and a 0; then half of the capabilities, charset, status, the other half.
 * @returns undefined if this is no greeting
 */
export function greetingIn(packet: Buffer): Greeting | undefined {
  const version_end = packet.indexOf(0, head_bytes + 1);
  if (packet[head_bytes] !== 10 || version_end < 0 || packet.length < version_end + 32)
    return undefined;
  const bytes = Buffer.from(packet);
  const [low, high] = [version_end + 14, version_end + 19];
  bytes.writeUInt16LE(bytes.readUInt16LE(low) & ~(hidden & 0xffff), low);
  bytes.writeUInt16LE(bytes.readUInt16LE(high) & ~(hidden >>> 16), high);
  // MariaDB's own capabilities are in bytes that MySQL leaves empty.
  bytes.fill(0, high + 3 + 6, high + 3 + 10);
  const connection = bytes.readUInt32LE(version_end + 1);
  return { bytes, connection, is_mariadb: packet.includes("MariaDB") };
}

/** The client's first packet. */
export interface LogIn {
  /** As the server is to get it. */
  readonly bytes: Buffer;
  /** Rows end without a packet of their own. */
  readonly no_eof: boolean;
  /** One text may hold several statements. */
  readonly takes_several: boolean;
}

/**
 * Reads which capabilities the client wants; some clients want more than the server offered.
 * @returns undefined if this is not the first packet
 */
export function logInIn(packet: Buffer): LogIn | undefined {
  if (packet[3] !== 1 || packet.length < head_bytes + 4) return undefined;
  const wanted = packet.readUInt32LE(head_bytes);
  const bytes = Buffer.from(packet);
  bytes.writeUInt32LE((wanted & ~hidden) >>> 0, head_bytes);
  const wants = (one: number): boolean => (wanted & one) !== 0;
  return {
    bytes,
    no_eof: wants(capability.no_eof),
    takes_several: wants(capability.multi_statements),
  };
}
