import type { Operation } from "../../histories/event.ts";
import type { Spans } from "./lives.ts";

/** The moments of a history (see lives.ts): those of what was there at the start come first, then those of its calls. */
export class Clock {
  /** The moment after all others. */
  readonly end: number;
  readonly #operations: readonly Operation[];
  readonly #first: number;
  readonly #calls: Float64Array;

  constructor(operations: readonly Operation[], first_moment: number) {
    this.#operations = operations;
    this.#first = first_moment;
    this.end = first_moment + operations.length;
    this.#calls = new Float64Array(operations.length);
    for (let index = 0; index < operations.length; index++)
      this.#calls[index] = operations[index]!.invoked;
  }

  /** The moment of an operation's call. */
  from(index: number): number {
    return this.#first + index;
  }

  /** The moment of the last call before its return. It is near: so look there first, then twice as far each time. */
  until(index: number): number {
    const calls = this.#calls;
    const { returned } = this.#operations[index]!;
    if (returned === Number.POSITIVE_INFINITY) return this.end - 1;
    let low = index;
    let step = 1;
    for (; low + step < calls.length && calls[low + step]! <= returned; step *= 2) low += step;
    let high = Math.min(low + step, calls.length);
    while (low + 1 < high) {
      const middle = (low + high) >> 1;
      if (calls[middle]! <= returned) low = middle;
      else high = middle;
    }
    return this.#first + low;
  }

  spans(by: readonly number[]): Spans {
    return {
      count: by.length,
      from: Int32Array.from(by, (index) => this.from(index)),
      until: Int32Array.from(by, (index) => this.until(index)),
      by: Int32Array.from(by),
    };
  }
}
