import { now_ms } from "../../backends/real-time.ts";

/**
 * Measures how long a client takes, without the time in which the whole process stood still: at a breakpoint, on a
 * suspended machine, on an overloaded one. It must be read often.
 */
export class WakingClock {
  readonly #longest_look_ms: number;
  #looked_ms: number = now_ms();
  #now_ms = 0;

  /** @param longest_look_ms the most that may count between two readings: for any longer, the process stood still */
  constructor(longest_look_ms: number) {
    this.#longest_look_ms = longest_look_ms;
  }

  now(): number {
    const looked_ms = now_ms();
    this.#now_ms += Math.min(looked_ms - this.#looked_ms, this.#longest_look_ms);
    this.#looked_ms = looked_ms;
    return this.#now_ms;
  }
}
