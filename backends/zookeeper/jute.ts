/** ZooKeeper's encoding of data on the wire (Jute): big-endian numbers; texts and bytes after their length. */

/** Reads one frame from its beginning. Every method throws a RangeError where the frame ends too early. */
export class JuteReader {
  readonly #bytes: Buffer;
  #at: number;

  constructor(bytes: Buffer, at = 0) {
    this.#bytes = bytes;
    this.#at = at;
  }

  int(): number {
    return this.#bytes.readInt32BE(this.#move(4));
  }

  bool(): boolean {
    return this.#bytes.readInt8(this.#move(1)) !== 0;
  }

  /** A number of 64 bits, as its bytes. */
  long(): Buffer {
    const at = this.#move(8);
    return this.#bytes.subarray(at, at + 8);
  }

  /** null = no bytes, which is not the same as none. */
  bytes(): Buffer | null {
    const length = this.int();
    if (length < 0) return null;
    const at = this.#move(length);
    return this.#bytes.subarray(at, at + length);
  }

  text(): string {
    return this.bytes()?.toString("utf8") ?? "";
  }

  list<T>(read: () => T): T[] {
    const all: T[] = [];
    for (let left = this.int(); left > 0; left--) all.push(read());
    return all;
  }

  #move(length: number): number {
    const at = this.#at;
    if (length < 0 || at + length > this.#bytes.length) throw new RangeError("the frame is over");
    this.#at += length;
    return at;
  }
}

export function int(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

export const text = (value: string | Buffer): Buffer => {
  const bytes = Buffer.from(value);
  return Buffer.concat([int(bytes.length), bytes]);
};

/** A frame: its length, and what is in it. */
export const frame = (...parts: readonly Buffer[]): Buffer => text(Buffer.concat(parts));
