import type { Problem } from "../problem.ts";

/** What is open at a position of the timeline. Each operation has a bit, crashed ones, too. */
export class Open {
  position = 0;
  /** In the order of their returns. */
  observing: number[] = [];
  /** The others by class, in the order of their returns. */
  by_class: number[][] = [];
  readonly #words: number;
  readonly #problem: Problem;
  readonly #slot: Int32Array;
  readonly #open = new Set<number>();
  readonly #observing_in: number[];

  constructor(problem: Problem) {
    this.#problem = problem;
    let slots = problem.slots;
    this.#slot = Int32Array.from(problem.slot_of, (slot) => (slot < 0 ? slots++ : slot));
    this.#words = Math.max(1, Math.ceil(slots / 32));
    this.#observing_in = this.none();
  }

  none(): number[] {
    return Array.from({ length: this.#words }, () => 0);
  }

  has(set: readonly number[], operation: number): boolean {
    const slot = this.#slot[operation]!;
    return (set[slot >> 5]! & (1 << (slot & 31))) !== 0;
  }

  put(set: number[], operation: number): void {
    const slot = this.#slot[operation]!;
    set[slot >> 5]! |= 1 << (slot & 31);
  }

  take(set: number[], operation: number): void {
    const slot = this.#slot[operation]!;
    set[slot >> 5]! &= ~(1 << (slot & 31));
  }

  /** Of a set, those that observe. */
  observed(set: readonly number[]): number[] {
    return set.map((word, index) => word & this.#observing_in[index]!);
  }

  goTo(position: number): void {
    const { calls, class_of, events, observes, returned_at } = this.#problem;
    for (; this.position < position; this.position++) {
      const event = events[this.position]!;
      if (event < 0) this.#open.delete(~event);
      else this.#open.add(event);
    }
    while (this.position > position) {
      const event = events[--this.position]!;
      if (event < 0) this.#open.add(~event);
      else this.#open.delete(event);
    }
    this.observing = [];
    this.#observing_in.fill(0);
    this.by_class = calls.map(() => []);
    for (const operation of [...this.#open].sort((a, b) => returned_at[a]! - returned_at[b]!)) {
      const of_class = class_of[operation]!;
      if (observes[of_class] === 1) {
        this.observing.push(operation);
        this.put(this.#observing_in, operation);
      } else this.by_class[of_class]!.push(operation);
    }
  }
}
