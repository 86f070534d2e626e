/** What a stream brought: whole frames, and bytes that are no frames of this protocol. */
export interface Taken {
  readonly frames: readonly Buffer[];
  /** To be passed on as they are, after the frames; from then on everything is. */
  readonly garbled: Buffer | undefined;
}

/** A frame longer than this is none: no server here takes one. */
const longest_frame = 2 ** 30;

/**
 * Cuts a stream into the frames of its protocol. Bytes are kept as they came until a frame is whole, so that a
 * frame of many megabytes is put together once and not once a piece.
 */
export class Frames {
  readonly #head: number;
  readonly #lengthOf: (head: Buffer) => number;
  #pieces: Buffer[] = [];
  #held = 0;
  #wanted: number;
  #is_garbled = false;

  /**
   * @param head how many bytes say how long a frame is
   * @param lengthOf the length of a frame, head included, by its first `head` bytes at least
   */
  constructor(head: number, lengthOf: (head: Buffer) => number) {
    this.#head = head;
    this.#lengthOf = lengthOf;
    this.#wanted = head;
  }

  /** All frames that end in these bytes. */
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

  /** Forgets what is not a whole frame yet. @returns it */
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

/** Pieces that came one after the other as one, without copying where there is one. */
export function joined(pieces: readonly Buffer[]): Buffer {
  const [only] = pieces;
  return pieces.length === 1 && only !== undefined ? only : Buffer.concat(pieces);
}
