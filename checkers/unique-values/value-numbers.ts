import { plainText } from "../plain-text.ts";

/**
 * Numbers different values in the order in which they come. Whole numbers that are not much larger than their count,
 * as most histories have, are looked up in a table: that is much quicker than a Map, and smaller.
 */
export class ValueNumbers {
  /** In their order. */
  readonly all: unknown[] = [];
  /** By value: its number, and 1 more, as 0 means that there is none. */
  readonly #table: Int32Array;
  readonly #others = new Map<unknown, number>();

  /** @param about how many there will be */
  constructor(about: number) {
    this.#table = new Int32Array(4 * about + 64);
  }

  /** @returns whether it is new */
  add(value: unknown): boolean {
    const number = this.all.length;
    if (this.#inTable(value)) {
      if (this.#table[value]! > 0) return false;
      this.#table[value] = number + 1;
    } else {
      const key = keyOf(value);
      if (this.#others.has(key)) return false;
      this.#others.set(key, number);
    }
    this.all.push(value);
    return true;
  }

  /** -1 if it was not added. */
  of(value: unknown): number {
    if (this.#inTable(value)) return this.#table[value]! - 1;
    return this.#others.get(keyOf(value)) ?? -1;
  }

  #inTable(value: unknown): value is number {
    return (
      typeof value === "number" &&
      value >= 0 &&
      value < this.#table.length &&
      Number.isInteger(value)
    );
  }
}

/** The same key for equal values, different keys for different ones. */
function keyOf(value: unknown): unknown {
  if (typeof value === "object") return `object ${plainText(value)}`;
  return typeof value === "string" ? `string ${value}` : value;
}
