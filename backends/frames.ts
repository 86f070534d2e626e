/** What came from a stream: whole frames, and bytes that are not frames of this protocol. */
export interface Taken {
  readonly frames: readonly Buffer[];
  /** To be passed on as they are, after the frames; from then on everything is passed on like that. */
  readonly garbled: Buffer | undefined;
}

/** Anything longer is not a frame: no server here accepts one. */
const longest_frame = 2 ** 30;

/**
 * Cuts a stream into the frames of its protocol. Pieces are kept as they came until a frame is complete, so that a
 * frame of many megabytes is joined only once.
 */
export class Frames {
  readonly #head: number;
  readonly #lengthOf: (head: Buffer) => number;
  #pieces: Buffer[] = [];
  #held = 0;
  #wanted: number;
  #is_garbled = false;

  /**
   * @param head how many bytes are needed to know a frame's length
   * @param lengthOf computes a frame's length, head included, from at least its first `head` bytes
   */
  constructor(head: number, lengthOf: (head: Buffer) => number) {
    this.#head = head;
    this.#lengthOf = lengthOf;
    this.#wanted = head;
  }

  /** Takes bytes. @returns all frames that end in them */
  take(bytes: Buffer): Taken {
    if (this.#is_garbled) return { frames: [], garbled: bytes };
    this.#pieces.push(bytes);
    this.#held += bytes.length;
    if (this.#held < this.#wanted) return { frames: [], garbled: undefined };
    let rest = this.clear();
    const frames: Buffer[] = [];
    while (rest.length >= this.#head) {
      const length = this.#lengthOf(rest);
      if (length < this.#head || length > longest_frame) {
        this.#is_garbled = true;
        return { frames, garbled: rest };
      }
      this.#wanted = length;
      if (rest.length < length) break;
      frames.push(rest.subarray(0, length));
      rest = rest.subarray(length);
      this.#wanted = this.#head;
    }
    this.#pieces = rest.length > 0 ? [rest] : [];
    this.#held = rest.length;
    return { frames, garbled: undefined };
  }

  /** Removes the bytes of an incomplete frame. @returns them */
  clear(): Buffer {
    const [only] = this.#pieces;
    const rest =
      only !== undefined && this.#pieces.length === 1
        ? only
        : Buffer.concat(this.#pieces, this.#held);
    this.#pieces = [];
    this.#held = 0;
    this.#wanted = this.#head;
    return rest;
  }
}

/** Joins pieces, without copying if there is only one. */
export function joined(pieces: readonly Buffer[]): Buffer {
  const [only] = pieces;
  return pieces.length === 1 && only !== undefined ? only : Buffer.concat(pieces);
}
