import type { Problem } from "./problem.ts";

/**
 * A point in the history, and what is open there. The search goes forward and back along it;
 * going back undoes going forward, so nothing is kept for each point.
 */
export class Timeline {
  /** How many events lie before. */
  position = 0;
  /** Bits by slot: `ok` operations that are open, and of those the ones that observe, and that overwrite. */
  readonly open: Int32Array;
  readonly observers: Int32Array;
  readonly overwriters: Int32Array;
  /** By slot: the operation that has, or last had it. */
  readonly operation_in: Int32Array;
  /** By class: its crashed operations in order, and how many of them were called so far. */
  readonly crashed: readonly (readonly number[] | undefined)[];
  readonly crashed_called: Int32Array;
  /** The classes that crashed operations have. */
  readonly crashed_classes: readonly number[];
  readonly #problem: Problem;

  constructor(problem: Problem) {
    const words = Math.max(1, Math.ceil(problem.slots / 32));
    this.#problem = problem;
    this.open = new Int32Array(words);
    this.observers = new Int32Array(words);
    this.overwriters = new Int32Array(words);
    this.operation_in = new Int32Array(problem.slots).fill(-1);
    this.crashed_called = new Int32Array(problem.calls.length);
    const crashed: number[][] = [];
    for (let operation = 0; operation < problem.operations.length; operation++)
      if (problem.slot_of[operation] === -1)
        (crashed[problem.class_of[operation]!] ??= []).push(operation);
    this.crashed = crashed;
    this.crashed_classes = crashed.flatMap((list, of_class) =>
      list === undefined ? [] : of_class,
    );
  }

  /** Passes the event here, which is the call of this operation. */
  call(operation: number): void {
    this.position++;
    const { slot_of, class_of } = this.#problem;
    const slot = slot_of[operation]!;
    if (slot < 0) {
      this.crashed_called[class_of[operation]!]!++;
      return;
    }
    this.operation_in[slot] = operation;
    this.#mark(operation, slot, 1 << (slot & 31));
  }

  /** Passes the event here, which is the return of this operation. */
  leave(operation: number): void {
    this.position++;
    this.#clear(this.#problem.slot_of[operation]!);
  }

  goTo(position: number): void {
    const { events } = this.#problem;
    this.backTo(position);
    while (this.position < position) {
      const event = events[this.position]!;
      if (event < 0) this.leave(~event);
      else this.call(event);
    }
  }

  /** Goes back. */
  backTo(position: number): void {
    const { events, slot_of, class_of, before_in_slot } = this.#problem;
    while (this.position > position) {
      const event = events[--this.position]!;
      const operation = event < 0 ? ~event : event;
      const slot = slot_of[operation]!;
      if (event < 0) this.#mark(operation, slot, 1 << (slot & 31));
      else if (slot < 0) this.crashed_called[class_of[operation]!]!--;
      else {
        this.#clear(slot);
        this.operation_in[slot] = before_in_slot[operation]!;
      }
    }
  }

  #mark(operation: number, slot: number, bit: number): void {
    const { class_of, observes, overwrites } = this.#problem;
    const of_class = class_of[operation]!;
    this.open[slot >> 5]! |= bit;
    if (observes[of_class] === 1) this.observers[slot >> 5]! |= bit;
    if (overwrites[of_class] === 1) this.overwriters[slot >> 5]! |= bit;
  }

  #clear(slot: number): void {
    const word = slot >> 5;
    const rest = ~(1 << (slot & 31));
    this.open[word]! &= rest;
    this.observers[word]! &= rest;
    this.overwriters[word]! &= rest;
  }
}
