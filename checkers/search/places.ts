import type { CrashedSets } from "./crashed-sets.ts";
import type { Cursor } from "./cursor.ts";
import { doubled } from "./grow.ts";

const fields = 7; // next in its chain, hash, state, crashed, unseen, trail, position

/** In the first field of a row that is no longer in any chain. */
const dead = -2;

/** With more numbers than this in an array, the search gives up: the next larger one may not be had. */
const most_numbers = 2 ** 30;

/**
 * Places, compared exactly (the hash only finds rows to compare with) and without those that another one makes
 * needless: at the same position of the timeline, in the same state, with no more crashed operations used
 * up, no fewer observations made, and no fewer operations waived (see search.ts).
 */
export class Places {
  count = 0;
  readonly #words: number;
  readonly #row: number;
  readonly #crashed_sets: CrashedSets;
  #rows: Int32Array;
  #heads: Int32Array = new Int32Array(16).fill(-1);

  constructor(words: number, crashed_sets: CrashedSets) {
    this.#words = words;
    this.#row = fields + 2 * words;
    this.#crashed_sets = crashed_sets;
    this.#rows = new Int32Array(this.#row * 8);
  }

  get bytes(): number {
    if (this.#rows.length > most_numbers) return Number.POSITIVE_INFINITY;
    return 4 * (this.#rows.length + this.#heads.length);
  }

  /** Empties it for another position. */
  clear(): void {
    this.count = 0;
    if (this.#heads.length > 1024) this.#heads = new Int32Array(16);
    this.#heads.fill(-1);
  }

  /** Whether place `index` is still needed. */
  alive(index: number): boolean {
    return this.#rows[index * this.#row]! !== dead;
  }

  trail(index: number): number {
    return this.#rows[index * this.#row + 5]!;
  }

  /** The states of the places, each once. */
  states(): number[] {
    const states = new Set<number>();
    for (let index = 0; index < this.count; index++) states.add(this.#rows[index * this.#row + 2]!);
    return [...states];
  }

  /** Puts the cursor's place in. @returns whether it was needed */
  add(cursor: Cursor, trail: number): boolean {
    const { placed, timeline } = cursor;
    const { observers, overwriters } = timeline;
    const { position } = timeline;
    let hash = Math.imul(cursor.state + 1, 0x85ebca6b) ^ Math.imul(position, 0x9e3779b1);
    for (let word = 0; word < this.#words; word++) {
      const others = cursor.looks_ahead
        ? 0
        : placed[word]! & ~(observers[word]! | overwriters[word]!);
      hash = Math.imul(hash ^ (hash >>> 15) ^ others, 0x27d4eb2f);
    }
    hash ^= hash >>> 13;
    let previous = -1;
    const rows = this.#rows;
    for (let row = this.#heads[hash & (this.#heads.length - 1)]!; row >= 0; ) {
      const next = rows[row]!;
      const same_hash = rows[row + 1] === hash;
      if (same_hash && rows[row + 2] === cursor.state && rows[row + 6] === position) {
        const comparison = this.#compare(row, cursor);
        if (comparison === "kept makes new needless") return false;
        if (comparison === "new makes kept needless") {
          if (previous < 0) this.#heads[hash & (this.#heads.length - 1)] = next;
          else rows[previous] = next;
          rows[row] = dead;
          row = next;
          continue;
        }
      }
      previous = row;
      row = next;
    }
    this.#append(hash, cursor, trail);
    return true;
  }

  /** Puts the cursor, which is at its position, on place `index`. */
  load(index: number, cursor: Cursor): void {
    const row = index * this.#row;
    const rows = this.#rows;
    cursor.state = rows[row + 2]!;
    cursor.crashed = rows[row + 3]!;
    cursor.unseen = rows[row + 4] === 1;
    for (let word = 0; word < this.#words; word++) {
      cursor.placed[word] = rows[row + fields + word]!;
      cursor.waived[word] = rows[row + fields + this.#words + word]!;
    }
  }

  #compare(row: number, cursor: Cursor): string {
    const rows = this.#rows;
    const { observers } = cursor.timeline;
    let kept_good = true;
    let new_good = true;
    for (let word = 0; word < this.#words; word++) {
      const observing = observers[word]!;
      const kept_placed = rows[row + fields + word]!;
      const new_placed = cursor.placed[word]!;
      const kept_waived = rows[row + fields + this.#words + word]!;
      const new_waived = cursor.waived[word]!;
      const different = kept_placed ^ new_placed;
      if ((different & ~(observing | kept_waived | new_waived)) !== 0) return "neither";
      // A waived operation may be placed or not: that is better than either.
      kept_good &&=
        (new_waived & ~kept_waived) === 0 &&
        (different & ~observing & ~kept_waived) === 0 &&
        (new_placed & observing & ~kept_placed) === 0;
      new_good &&=
        (kept_waived & ~new_waived) === 0 &&
        (different & ~observing & ~new_waived) === 0 &&
        (kept_placed & observing & ~new_placed) === 0;
      if (!kept_good && !new_good) return "neither";
    }
    const kept_crashed = rows[row + 3]!;
    if (kept_good && this.#crashed_sets.within(kept_crashed, cursor.crashed))
      return "kept makes new needless";
    if (new_good && this.#crashed_sets.within(cursor.crashed, kept_crashed))
      return "new makes kept needless";
    return "neither";
  }

  #append(hash: number, cursor: Cursor, trail: number): void {
    const row = this.count * this.#row;
    if (row + this.#row > this.#rows.length) this.#rows = doubled(this.#rows);
    if (this.count >= 2 * this.#heads.length) this.#rehash();
    const rows = this.#rows;
    const bucket = hash & (this.#heads.length - 1);
    rows[row] = this.#heads[bucket]!;
    rows[row + 1] = hash;
    rows[row + 2] = cursor.state;
    rows[row + 3] = cursor.crashed;
    rows[row + 4] = cursor.unseen ? 1 : 0;
    rows[row + 5] = trail;
    rows[row + 6] = cursor.timeline.position;
    for (let word = 0; word < this.#words; word++) {
      rows[row + fields + word] = cursor.placed[word]!;
      rows[row + fields + this.#words + word] = cursor.waived[word]!;
    }
    this.#heads[bucket] = row;
    this.count++;
  }

  #rehash(): void {
    const heads = new Int32Array(this.#heads.length * 8).fill(-1);
    for (let row = 0; row < this.count * this.#row; row += this.#row) {
      if (this.#rows[row] === dead) continue;
      const bucket = this.#rows[row + 1]! & (heads.length - 1);
      this.#rows[row] = heads[bucket]!;
      heads[bucket] = row;
    }
    this.#heads = heads;
  }
}
