import { joined } from "../frames.ts";
import { bytesNeeded, readValue, type Value } from "./resp.ts";

/** A value, with its original bytes. */
export interface Framed {
  readonly value: Value;
  readonly bytes: Buffer;
}

/** Cuts a stream into RESP values; from clients, also into lines of the old inline form. */
export class RespStream {
  readonly #takes_lines: boolean;
  #pieces: Buffer[] = [];
  #held = 0;
  #needed = 0;
  #is_garbled = false;

  constructor(takes_lines: boolean) {
    this.#takes_lines = takes_lines;
  }

  /** @returns whole values, and bytes that are not RESP: after those, everything is passed on as it is */
  take(bytes: Buffer): { values: Framed[]; garbled: Buffer | undefined } {
    if (this.#is_garbled) return { values: [], garbled: bytes };
    this.#pieces.push(bytes);
    this.#held += bytes.length;
    if (this.#held < this.#needed) return { values: [], garbled: undefined };
    let rest = joined(this.#pieces);
    const values: Framed[] = [];
    try {
      for (let next = this.#next(rest); next !== undefined; next = this.#next(rest)) {
        values.push(next);
        rest = rest.subarray(next.bytes.length);
      }
    } catch {
      this.#is_garbled = true;
      return { values, garbled: rest };
    }
    this.#pieces = rest.length > 0 ? [rest] : [];
    this.#held = rest.length;
    this.#needed = bytesNeeded(rest);
    return { values, garbled: undefined };
  }

  #next(bytes: Buffer): Framed | undefined {
    if (bytes.length === 0) return undefined;
    if (this.#takes_lines && bytes[0] !== 0x2a) {
      const end = bytes.indexOf(0x0a);
      if (end < 0) return undefined;
      const line = bytes.subarray(0, end + 1);
      return { value: line.toString("utf8").trim().split(/\s+/), bytes: line };
    }
    const read = readValue(bytes);
    return read && { value: read.value, bytes: bytes.subarray(0, read.end) };
  }
}
