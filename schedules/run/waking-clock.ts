import { now_ms } from "../../backends/real-time.ts";

/** Longer pauses between two looks are none of the program's: the process stood still. */
const longest_look_ms = 250;

/**
 * Measures how long a client takes, without the time in which the whole process stood still: at a breakpoint, in
 * a suspended machine. It must be looked at often.
 */
export class WakingClock {
  #looked_ms: number = now_ms();
  #now_ms = 0;

  now(): number {
    const looked_ms = now_ms();
    this.#now_ms += Math.min(looked_ms - this.#looked_ms, longest_look_ms);
    this.#looked_ms = looked_ms;
    return this.#now_ms;
  }
}
