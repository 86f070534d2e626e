/** Whole numbers in a row. Adding to many of them at once, and finding a small one, take O(log n). */
export class RangeTree {
  readonly #size: number;
  /** By node of a complete binary tree: the least number below it, but for what was added to nodes above. */
  readonly #least: Int32Array;
  /** By node: what was added to all below it. */
  readonly #added: Int32Array;

  constructor(numbers: ArrayLike<number>) {
    let size = 1;
    while (size < numbers.length) size *= 2;
    this.#size = size;
    this.#least = new Int32Array(2 * size).fill(2 ** 30);
    this.#added = new Int32Array(2 * size);
    this.#least.set(Int32Array.from(numbers), size);
    for (let node = size - 1; node > 0; node--)
      this.#least[node] = Math.min(this.#least[2 * node]!, this.#least[2 * node + 1]!);
  }

  /** Adds to the numbers from one place to another, both included. */
  add(from: number, until: number, amount: number): void {
    this.#add(1, 0, this.#size - 1, from, until, amount);
  }

  /** The first place between two, both included, with a number of at most `limit`; -1 when there is none. */
  first(from: number, until: number, limit: number): number {
    return this.#find(1, 0, this.#size - 1, from, until, limit, false);
  }

  /** The last such place. */
  last(from: number, until: number, limit: number): number {
    return this.#find(1, 0, this.#size - 1, from, until, limit, true);
  }

  #add(node: number, low: number, high: number, from: number, until: number, amount: number): void {
    if (until < low || high < from) return;
    if (from <= low && high <= until) {
      this.#least[node]! += amount;
      this.#added[node]! += amount;
      return;
    }
    const middle = (low + high) >> 1;
    this.#add(2 * node, low, middle, from, until, amount);
    this.#add(2 * node + 1, middle + 1, high, from, until, amount);
    const least = Math.min(this.#least[2 * node]!, this.#least[2 * node + 1]!);
    this.#least[node] = least + this.#added[node]!;
  }

  #find(
    node: number,
    low: number,
    high: number,
    from: number,
    until: number,
    limit: number,
    backwards: boolean,
  ): number {
    if (until < low || high < from || this.#least[node]! > limit) return -1;
    if (low === high) return low;
    const middle = (low + high) >> 1;
    const rest = limit - this.#added[node]!;
    const left = (): number => this.#find(2 * node, low, middle, from, until, rest, backwards);
    const right = (): number =>
      this.#find(2 * node + 1, middle + 1, high, from, until, rest, backwards);
    const found = backwards ? right() : left();
    if (found >= 0) return found;
    return backwards ? left() : right();
  }
}
