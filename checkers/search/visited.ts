import type { CrashedSets } from "./crashed-sets.ts";

/**
 * Where the search has been, kept exactly: the hash only finds the row to compare with.
 * A place that was left without success also settles every place that is harder: the same one with fewer
 * observations made, or with more crashed operations used up.
 */
export class Visited {
  readonly #words: number;
  readonly #row: number;
  readonly #crashed: CrashedSets;
  #rows: Int32Array;
  #count = 0;
  #heads: Int32Array = new Int32Array(1024).fill(-1);

  /** @param words length of the bit sets */
  constructor(words: number, crashed: CrashedSets) {
    this.#words = words;
    this.#row = 5 + 2 * words; // next row, hash, position, state, crashed, placed…, waived…
    this.#crashed = crashed;
    this.#rows = new Int32Array(this.#row * 256);
  }

  get count(): number {
    return this.#count;
  }

  get bytes(): number {
    return 4 * (this.#rows.length + this.#heads.length);
  }

  /**
   * Whether this place is settled already; it is remembered if not.
   * @param observers the bits of open operations that only observe
   */
  settled(
    position: number,
    state: number,
    crashed: number,
    placed: Int32Array,
    waived: Int32Array,
    observers: Int32Array,
  ): boolean {
    const words = this.#words;
    let hash = Math.imul(position, 0x9e3779b1) ^ Math.imul(state + 1, 0x85ebca6b);
    for (let word = 0; word < words; word++) {
      hash = Math.imul(hash ^ (placed[word]! & ~observers[word]!), 0xc2b2ae35);
      hash = Math.imul(hash ^ (hash >>> 15) ^ waived[word]!, 0x27d4eb2f);
    }
    hash ^= hash >>> 13;
    for (let row = this.#heads[hash & (this.#heads.length - 1)]!; row >= 0; row = this.#rows[row]!)
      if (
        this.#rows[row + 1] === hash &&
        this.#rows[row + 2] === position &&
        this.#rows[row + 3] === state &&
        this.#asGood(row, crashed, placed, waived, observers)
      )
        return true;
    this.#add(hash, position, state, crashed, placed, waived);
    return false;
  }

  #asGood(
    row: number,
    crashed: number,
    placed: Int32Array,
    waived: Int32Array,
    observers: Int32Array,
  ): boolean {
    const rows = this.#rows;
    const words = this.#words;
    for (let word = 0; word < words; word++) {
      if (rows[row + 5 + words + word] !== waived[word]) return false;
      const before = rows[row + 5 + word]!;
      const now = placed[word]!;
      const observing = observers[word]!;
      if (((before ^ now) & ~observing) !== 0 || (now & observing & ~before) !== 0) return false;
    }
    return this.#crashed.within(rows[row + 4]!, crashed);
  }

  #add(
    hash: number,
    position: number,
    state: number,
    crashed: number,
    placed: Int32Array,
    waived: Int32Array,
  ): void {
    const at = this.#count * this.#row;
    if (at + this.#row > this.#rows.length) this.#rows = doubled(this.#rows);
    if (this.#count >= this.#heads.length) this.#rehash();
    const bucket = hash & (this.#heads.length - 1);
    const rows = this.#rows;
    rows[at] = this.#heads[bucket]!;
    rows[at + 1] = hash;
    rows[at + 2] = position;
    rows[at + 3] = state;
    rows[at + 4] = crashed;
    for (let word = 0; word < this.#words; word++) {
      rows[at + 5 + word] = placed[word]!;
      rows[at + 5 + this.#words + word] = waived[word]!;
    }
    this.#heads[bucket] = at;
    this.#count++;
  }

  #rehash(): void {
    const heads = new Int32Array(this.#heads.length * 4).fill(-1);
    for (let at = 0; at < this.#count * this.#row; at += this.#row) {
      const bucket = this.#rows[at + 1]! & (heads.length - 1);
      this.#rows[at] = heads[bucket]!;
      heads[bucket] = at;
    }
    this.#heads = heads;
  }
}

export function doubled(array: Int32Array): Int32Array {
  const larger = new Int32Array(2 * array.length);
  larger.set(array);
  return larger;
}
