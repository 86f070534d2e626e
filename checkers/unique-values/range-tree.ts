/** Whole numbers in a row. Adding to many of them at once, and finding a small one, take O(log n). */
export class RangeTree {
  readonly #size: number;
  /** By node of a complete binary tree: the least number below it, without what was added to nodes above. */
  readonly #least: Int32Array;
  /** By node: what was added to all numbers below it. */
  readonly #added: Int32Array;

  constructor(numbers: ArrayLike<number>) {
    let size = 1;
    while (size < numbers.length) size *= 2;
    this.#size = size;
    this.#least = new Int32Array(2 * size).fill(2 ** 30);
    this.#added = new Int32Array(2 * size);
    this.#least.set(numbers, size);
    for (let node = size - 1; node > 0; node--) this.#sum(node);
  }

  /** Adds to the numbers from one place to another, both included. */
  add(from: number, until: number, amount: number): void {
    if (from > until) return;
    let low = from + this.#size;
    let high = until + this.#size;
    for (; low <= high; low >>= 1, high >>= 1) {
      if (low % 2 === 1) this.#addTo(low++, amount);
      if (high % 2 === 0) this.#addTo(high--, amount);
    }
    for (let node = (from + this.#size) >> 1; node > 0; node >>= 1) this.#sum(node);
    for (let node = (until + this.#size) >> 1; node > 0; node >>= 1) this.#sum(node);
  }

  /** The first place between two, both included, with a number of at most `limit`; -1 when there is none. */
  first(from: number, until: number, limit: number): number {
    return from > until ? -1 : this.#find(1, 0, this.#size - 1, from, until, limit);
  }

  /** The last such place. */
  last(from: number, until: number, limit: number): number {
    return from > until ? -1 : this.#findLast(1, 0, this.#size - 1, from, until, limit);
  }

  #addTo(node: number, amount: number): void {
    this.#least[node]! += amount;
    this.#added[node]! += amount;
  }

  #sum(node: number): void {
    const least = this.#least;
    const [left, right] = [least[2 * node]!, least[2 * node + 1]!];
    least[node] = (left < right ? left : right) + this.#added[node]!;
  }

  #find(
    node: number,
    low: number,
    high: number,
    from: number,
    until: number,
    limit: number,
  ): number {
    if (until < low || high < from || this.#least[node]! > limit) return -1;
    if (low === high) return low;
    const middle = (low + high) >> 1;
    const rest = limit - this.#added[node]!;
    const found = this.#find(2 * node, low, middle, from, until, rest);
    return found >= 0 ? found : this.#find(2 * node + 1, middle + 1, high, from, until, rest);
  }

  #findLast(
    node: number,
    low: number,
    high: number,
    from: number,
    until: number,
    limit: number,
  ): number {
    if (until < low || high < from || this.#least[node]! > limit) return -1;
    if (low === high) return low;
    const middle = (low + high) >> 1;
    const rest = limit - this.#added[node]!;
    const found = this.#findLast(2 * node + 1, middle + 1, high, from, until, rest);
    return found >= 0 ? found : this.#findLast(2 * node, low, middle, from, until, rest);
  }
}
