import type { Model } from "../model.ts";
import type { Cursor, ForesightSteps } from "./cursor.ts";
import type { Problem } from "./problem.ts";
import { Rescue } from "./rescue.ts";
import { impossible, lost, type Transitions } from "./transitions.ts";

/**
 * Transitions that look ahead to the next observations, for models that say what a state can still reach
 * (Model.reaches), and for histories in which every change overwrites. If one of these observations can be reached
 * neither from a place's state nor through anything that may still overwrite it, the place is given up at once. And
 * where only overwriting helps, all states are equally good and count as one. Without that, appends that nobody sees
 * for a while would be tried in every order.
 */
export class Foresight<State> implements ForesightSteps {
  readonly #problem: Problem;
  readonly #transitions: Transitions<State>;
  /** Operations that observe, once in the order of their returns and once of their calls. */
  readonly #by_return: readonly number[];
  readonly #by_call: readonly number[];
  /** By position: how many of them returned, and were called, before it. */
  readonly #returned: Int32Array;
  readonly #called: Int32Array;
  readonly #rescue: Rescue<State>;

  /** @param reaches not given where every change overwrites: then only what is true now can be reached */
  constructor(problem: Problem, transitions: Transitions<State>, reaches: Model<State>["reaches"]) {
    this.#problem = problem;
    this.#transitions = transitions;
    this.#rescue = new Rescue(problem, transitions, reaches);
    const { events, class_of, observes } = problem;
    const observing = (operation: number): boolean => observes[class_of[operation]!] === 1;
    this.#by_call = [...events].filter((event) => event >= 0 && observing(event));
    this.#by_return = [...events].flatMap((event) =>
      event < 0 && observing(~event) ? ~event : [],
    );
    this.#returned = new Int32Array(events.length + 1);
    this.#called = new Int32Array(events.length + 1);
    for (const [at, event] of events.entries()) {
      this.#returned[at + 1] = this.#returned[at]! + (event < 0 && observing(~event) ? 1 : 0);
      this.#called[at + 1] = this.#called[at]! + (event >= 0 && observing(event) ? 1 : 0);
    }
  }

  get bytes(): number {
    return this.#transitions.bytes;
  }

  next(state: number, of_class: number): number {
    if (state !== lost) return this.#transitions.next(state, of_class);
    if (this.#problem.observes[of_class] === 1) return impossible;
    return this.#problem.overwrites[of_class] === 1 ? this.#transitions.next(0, of_class) : lost;
  }

  leads(
    state: number,
    classes: readonly number[],
    target: number,
  ): readonly (readonly number[])[] | undefined {
    return state === lost ? undefined : this.#transitions.leads(state, classes, target);
  }

  due(position: number): Int32Array {
    return this.#rescue.due(position);
  }

  hopelessUntil(cursor: Cursor): number {
    const out = this.#outOfReach(cursor);
    if (out !== undefined) return this.#problem.returned_at[out]!;
    if (cursor.state === lost) return this.#lose(cursor);
    const next = this.#nextToReturn(cursor);
    if (next === undefined) return this.#lose(cursor);
    if (this.#rescue.sees(cursor.state, next)) return -1;
    const end = this.#problem.returned_at[next]!;
    if (!this.#rescue.rescued(next, cursor)) return end;
    return this.#seenBefore(end, cursor) ? -1 : this.#lose(cursor);
  }

  /** An observation, open or soon called, that neither the state nor anything that may still overwrite it reaches. */
  #outOfReach(cursor: Cursor): number | undefined {
    const { operation_in, observers } = cursor.timeline;
    for (let word = 0; word < observers.length; word++) {
      let left = observers[word]! & ~cursor.placed[word]!;
      while (left !== 0) {
        const low = left & -left;
        left ^= low;
        const operation = operation_in[word * 32 + 31 - Math.clz32(low)]!;
        if (this.#rescue.missed(operation, cursor)) return operation;
      }
    }
    return this.due(cursor.timeline.position).find((each) => this.#rescue.missed(each, cursor));
  }

  /** Waives all open operations that do not observe: they may be placed unseen. */
  #lose(cursor: Cursor): -1 {
    const { placed, waived, timeline } = cursor;
    cursor.state = lost;
    cursor.unseen = false; // rule 6 does not apply after this (see search.ts)
    for (let word = 0; word < waived.length; word++)
      waived[word]! |= timeline.open[word]! & ~timeline.observers[word]! & ~placed[word]!;
    return -1;
  }

  /** Of the observations that are not placed yet, the one that returns first. */
  #nextToReturn({ timeline: { position }, placed }: Cursor): number | undefined {
    const { called_at } = this.#problem;
    for (let index = this.#returned[position]!; index < this.#by_return.length; index++) {
      const operation = this.#by_return[index]!;
      if (called_at[operation]! >= position || !this.#has(placed, operation)) return operation;
    }
    return undefined;
  }

  /** Whether an observation that is called before `end` and not placed yet can be reached from the cursor's state. */
  #seenBefore(end: number, { state, timeline, placed }: Cursor): boolean {
    const { operation_in, observers } = timeline;
    for (let slot = 0; slot < this.#problem.slots; slot++) {
      const open = observers[slot >> 5]! & ~placed[slot >> 5]! & (1 << (slot & 31));
      if (open !== 0 && this.#rescue.sees(state, operation_in[slot]!)) return true;
    }
    for (let index = this.#called[timeline.position]!; index < this.#called[end]!; index++)
      if (this.#rescue.sees(state, this.#by_call[index]!)) return true;
    return false;
  }

  #has(set: Int32Array, operation: number): boolean {
    const slot = this.#problem.slot_of[operation]!;
    return (set[slot >> 5]! & (1 << (slot & 31))) !== 0;
  }
}
