/** The parts that packets are made of: https://dev.mysql.com/doc/dev/mysql-server/latest/PAGE_PROTOCOL.html */
import { Frames } from "../frames.ts";

/** A packet: three bytes of length, a sequence number, and its body. This is the length of the head. */
export const head_bytes = 4;

export const packets = (): Frames =>
  new Frames(head_bytes, (head) => head_bytes + head.readUIntLE(0, 3));

/** Capabilities that a server offers and a client asks for. */
export const capability = {
  connect_with_db: 0x0000_0008,
  compress: 0x0000_0020,
  ssl: 0x0000_0800,
  /** How long the proof of a password is stands in one byte, or is length-encoded. */
  short_proof: 0x0000_8000,
  long_proof: 0x0020_0000,
  multi_statements: 0x0001_0000,
  no_eof: 0x0100_0000,
  optional_columns: 0x0200_0000,
  zstd: 0x0400_0000,
  query_attributes: 0x0800_0000,
} as const;

export const status = {
  in_transaction: 0x0001,
  autocommit: 0x0002,
  more_results: 0x0008,
  cursor_exists: 0x0040,
} as const;

/** Reads a packet from left to right. */
export class Packet {
  at: number;
  readonly #bytes: Buffer;

  /** @param at where to begin; default: after the head */
  constructor(bytes: Buffer, at: number = head_bytes) {
    this.#bytes = bytes;
    this.at = at;
  }

  get left(): number {
    return this.#bytes.length - this.at;
  }

  int(bytes: 1 | 2 | 3 | 4 | 6): number {
    this.at += bytes;
    return this.#bytes.readUIntLE(this.at - bytes, bytes);
  }

  bytes(length: number): Buffer {
    this.at += length;
    if (this.at > this.#bytes.length) throw new RangeError("A packet ends before its value does.");
    return this.#bytes.subarray(this.at - length, this.at);
  }

  /** A length-encoded number; null stands for NULL in a row. */
  lengthEncoded(): number | null {
    const first = this.int(1);
    if (first < 0xfb) return first;
    if (first === 0xfb) return null;
    if (first === 0xfc) return this.int(2);
    if (first === 0xfd) return this.int(3);
    this.at += 8;
    return Number(this.#bytes.readBigUInt64LE(this.at - 8));
  }

  /** A text that ends with a 0. */
  untilZero(): string {
    const end = this.#bytes.indexOf(0, this.at);
    if (end < 0) throw new RangeError("A packet ends before its text does.");
    const text = this.#bytes.toString("utf8", this.at, end);
    this.at = end + 1;
    return text;
  }

  /** A length-encoded text, or bytes. */
  value(): Buffer | null {
    const length = this.lengthEncoded();
    return length === null ? null : this.bytes(length);
  }

  text(): string {
    return this.value()?.toString("utf8") ?? "";
  }

  rest(): Buffer {
    return this.bytes(this.left);
  }
}

/** A packet that the door itself sends. */
export function packet(sequence: number, body: Buffer): Buffer {
  const head = Buffer.alloc(head_bytes);
  head.writeUIntLE(body.length, 0, 3);
  head[3] = sequence;
  return Buffer.concat([head, body]);
}

/** The position of the status in an OK packet, also in one that ends rows. */
export function statusPlaceOfOk(bytes: Buffer): number {
  const reader = new Packet(bytes, head_bytes + 1);
  reader.lengthEncoded();
  reader.lengthEncoded();
  return reader.at;
}
