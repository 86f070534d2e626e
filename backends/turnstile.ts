import type { Gate, Step } from "./backend.ts";

/**
 * Brings the steps of one session to its gate one after the other, as the client sent them:
 * code that does not await its requests (`Promise.all`) still has one step at the gate at a time.
 * The gate of a shared connection gets them as they come: one client must not hold up another.
 */
export class Turnstile {
  readonly #gate: Gate;
  #waiting = 0;
  #last: Promise<unknown> = Promise.resolve();

  constructor(gate: Gate) {
    this.#gate = gate;
  }

  /** Like `Gate.pass`, after all steps before this one are done. */
  pass<T>(step: Step, send: () => Promise<T>): Promise<T> {
    if (this.#gate.shared) return this.#gate.pass(step, send);
    const enter = (): Promise<T> => this.#gate.pass(step, send);
    const passed = this.#waiting === 0 ? enter() : this.#last.then(enter);
    this.#waiting += 1;
    const leave = (): void => {
      this.#waiting -= 1;
    };
    // A step that fails does not hold up the ones behind it.
    this.#last = passed.then(leave, leave);
    return passed;
  }
}
