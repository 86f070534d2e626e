import type { CrashedSets } from "./crashed-sets.ts";
import type { Problem } from "./problem.ts";
import { Timeline } from "./timeline.ts";
import { impossible, lost, type Steps } from "./transitions.ts";

/** Steps that may also tell which places lead nowhere. */
export interface ForesightSteps extends Steps {
  /**
   * The position of the return at the latest by which everything that can follow the cursor's place fails; -1 when
   * something may succeed. May change the cursor's state to one that stands for all that are equally good.
   */
  hopelessUntil?(cursor: Cursor): number;
}

/**
 * Where a search is: a point of the timeline, the model's state, which open operations were placed, and
 * which are waived. Both searches move it and save and restore it.
 */
export class Cursor {
  readonly timeline: Timeline;
  state = 0;
  /** Which crashed operations were placed: the number of a set in CrashedSets. */
  crashed = 0;
  readonly placed: Int32Array;
  readonly waived: Int32Array;
  /** The last move overwrote, and nothing was placed or passed since: overwriting again is pointless. */
  unseen = false;
  /** Whether it notes what it places. */
  records = true;
  /** What was placed, in order, and at which position. The searches cut it back. */
  readonly order: number[] = [];
  readonly order_at: number[] = [];
  /** Whether operations that do not overwrite may be waived, too. */
  readonly looks_ahead: boolean;
  /** Whether whatever overwrites waives all of them: each can happen in every state. */
  readonly #waives_all: boolean;
  readonly #problem: Problem;
  readonly #transitions: Steps;
  readonly #crashed_sets: CrashedSets;

  constructor(problem: Problem, transitions: ForesightSteps, crashed_sets: CrashedSets) {
    this.#problem = problem;
    this.#transitions = transitions;
    this.#waives_all = transitions.hopelessUntil !== undefined;
    this.looks_ahead = this.#waives_all || problem.part_of.some((part) => part >= 0);
    this.#crashed_sets = crashed_sets;
    this.timeline = new Timeline(problem);
    this.placed = new Int32Array(this.timeline.open.length);
    this.waived = new Int32Array(this.timeline.open.length);
  }

  /** Goes on to the first return of an operation that is not placed. @returns whether there is none: success */
  advance(): boolean {
    const { events, slot_of, class_of, observes, optional } = this.#problem;
    const { timeline, placed, waived } = this;
    const from = timeline.position;
    while (timeline.position < events.length) {
      const event = events[timeline.position]!;
      if (event < 0) {
        const slot = slot_of[~event]!;
        const bit = 1 << (slot & 31);
        if ((placed[slot >> 5]! & bit) === 0) break;
        placed[slot >> 5]! &= ~bit;
        timeline.leave(~event);
        continue;
      }
      timeline.call(event);
      const of_class = class_of[event]!;
      if (observes[of_class] === 1 && this.#transitions.next(this.state, of_class) !== impossible)
        this.#place(event);
      else if (optional[of_class] === 1) {
        const slot = slot_of[event]!;
        if (slot >= 0) waived[slot >> 5]! |= 1 << (slot & 31);
      }
    }
    if (timeline.position > from) this.unseen = false;
    return timeline.position === events.length;
  }

  /** @param operation the one to place, which leads to state `next`; `~operation`: a waived one to pass over */
  make(operation: number, next: number): void {
    const { class_of, slot_of, overwrites, part_of } = this.#problem;
    this.unseen = false;
    if (operation < 0) {
      if (this.state === lost) this.#place(~operation);
      else this.#take(slot_of[~operation]!); // it finds its place in the order at the end
      return;
    }
    const of_class = class_of[operation]!;
    if (slot_of[operation] === -1) {
      this.crashed = this.#crashed_sets.add(this.crashed, of_class);
      this.#record(operation);
    } else this.#place(operation);
    if (overwrites[of_class] === 1) {
      for (let word = 0; word < this.waived.length; word++)
        this.waived[word]! |= this.waivable(word) & ~this.placed[word]!;
      this.unseen = true;
    }
    if (part_of[of_class]! >= 0) this.#waivePart(part_of[of_class]!);
    if (next === this.state) return;
    this.state = next;
    this.#observe();
  }

  /** A word of the set of open operations that become waived when something overwrites. */
  waivable(word: number): number {
    const { open, observers, overwriters } = this.timeline;
    return this.#waives_all ? open[word]! & ~observers[word]! : overwriters[word]!;
  }

  /** This part is set here, so open operations that set the same part become waived. */
  #waivePart(part: number): void {
    const { class_of, part_of } = this.#problem;
    const { open, observers, operation_in } = this.timeline;
    for (let word = 0; word < open.length; word++) {
      let left = open[word]! & ~(observers[word]! | this.placed[word]! | this.waived[word]!);
      while (left !== 0) {
        const low = left & -left;
        left ^= low;
        const operation = operation_in[word * 32 + 31 - Math.clz32(low)]!;
        if (part_of[class_of[operation]!] === part) this.waived[word]! |= low;
      }
    }
  }

  /** Places every open observation that is true now. */
  #observe(): void {
    const { observers, operation_in } = this.timeline;
    for (let word = 0; word < observers.length; word++) {
      let left = observers[word]! & ~this.placed[word]!;
      while (left !== 0) {
        const low = left & -left;
        left ^= low;
        const operation = operation_in[word * 32 + 31 - Math.clz32(low)]!;
        if (this.#transitions.next(this.state, this.#problem.class_of[operation]!) === impossible)
          continue;
        this.#place(operation);
        this.unseen = false;
      }
    }
  }

  #place(operation: number): void {
    this.#take(this.#problem.slot_of[operation]!);
    this.#record(operation);
  }

  #take(slot: number): void {
    this.placed[slot >> 5]! |= 1 << (slot & 31);
    this.waived[slot >> 5]! &= ~(1 << (slot & 31));
  }

  #record(operation: number): void {
    if (!this.records) return;
    this.order.push(operation);
    this.order_at.push(this.timeline.position);
  }
}

/**
 * The whole order, with the waived operations: each comes just before the first operation that was placed while it was
 * open and that overwrites the state, or sets the same part of it.
 */
export function withWaived(
  problem: Problem,
  order: readonly number[],
  order_at: readonly number[],
): number[] {
  const { operations, class_of, overwrites, part_of, optional, called_at, slot_of } = problem;
  const in_order = new Uint8Array(operations.length);
  for (const operation of order) in_order[operation] = 1;
  const waived = operations
    .map((_, operation) => operation)
    .filter(
      (operation) =>
        in_order[operation] === 0 &&
        slot_of[operation] !== -1 &&
        optional[class_of[operation]!] === 0,
    );
  const whole: number[] = [];
  const left = new Map<number, number[]>();
  for (const operation of waived) {
    const part = part_of[class_of[operation]!]!;
    const list = left.get(part);
    if (list === undefined) left.set(part, [operation]);
    else list.push(operation);
  }
  const next = new Map<number, number>();
  for (const [index, operation] of order.entries()) {
    const of_class = class_of[operation]!;
    const part = part_of[of_class]!;
    if (overwrites[of_class] === 1 || part >= 0) {
      const list = left.get(part) ?? [];
      let at = next.get(part) ?? 0;
      while (at < list.length && called_at[list[at]!]! < order_at[index]!) whole.push(list[at++]!);
      next.set(part, at);
    }
    whole.push(operation);
  }
  return whole;
}
