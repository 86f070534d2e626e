import type { Model } from "../model.ts";
import type { Cursor, ForesightSteps } from "./cursor.ts";
import type { Problem } from "./problem.ts";
import { impossible, lost, not_asked, type Transitions } from "./transitions.ts";

/**
 * Transitions that look ahead to the next observation, for models that say what a state can still reach
 * (Model.reaches). A place from which neither its own state nor anything that may still overwrite it
 * reaches that observation is given up at once; and where only overwriting helps, all states are as good as one
 * another and count as one. Without that, appends that nobody sees for a while would be tried in every order.
 */
export class Foresight<State> implements ForesightSteps {
  readonly #problem: Problem;
  readonly #transitions: Transitions<State>;
  readonly #reaches: NonNullable<Model<State>["reaches"]>;
  /** Operations that observe, in the order of their returns and of their calls. */
  readonly #by_return: readonly number[];
  readonly #by_call: readonly number[];
  /** By position: how many of them returned, and were called, before it. */
  readonly #returned: Int32Array;
  readonly #called: Int32Array;
  readonly #overwriters: readonly number[];
  /** By operation: where the last operation is called that may overwrite in its favour; `not_asked` yet. */
  readonly #rescued_until: Int32Array;

  constructor(
    problem: Problem,
    transitions: Transitions<State>,
    reaches: NonNullable<Model<State>["reaches"]>,
  ) {
    this.#problem = problem;
    this.#transitions = transitions;
    this.#reaches = reaches;
    const { events, class_of, observes, overwrites } = problem;
    const observing = (operation: number): boolean => observes[class_of[operation]!] === 1;
    this.#by_call = [...events].filter((event) => event >= 0 && observing(event));
    this.#by_return = [...events].flatMap((event) =>
      event < 0 && observing(~event) ? ~event : [],
    );
    this.#overwriters = [...events].filter(
      (event) => event >= 0 && overwrites[class_of[event]!] === 1,
    );
    this.#returned = new Int32Array(events.length + 1);
    this.#called = new Int32Array(events.length + 1);
    for (const [at, event] of events.entries()) {
      this.#returned[at + 1] = this.#returned[at]! + (event < 0 && observing(~event) ? 1 : 0);
      this.#called[at + 1] = this.#called[at]! + (event >= 0 && observing(event) ? 1 : 0);
    }
    this.#rescued_until = new Int32Array(class_of.length).fill(not_asked);
  }

  get bytes(): number {
    return this.#transitions.bytes;
  }

  next(state: number, of_class: number): number {
    if (state !== lost) return this.#transitions.next(state, of_class);
    if (this.#problem.observes[of_class] === 1) return impossible;
    return this.#problem.overwrites[of_class] === 1 ? this.#transitions.next(0, of_class) : lost;
  }

  hopelessUntil(cursor: Cursor): number {
    if (cursor.state === lost) return this.#lose(cursor);
    const next = this.#nextToReturn(cursor);
    if (next === undefined) return this.#lose(cursor);
    if (this.#sees(cursor.state, next)) return -1;
    const end = this.#problem.returned_at[next]!;
    if (!this.#rescued(next, cursor)) return end;
    return this.#seenBefore(end, cursor) ? -1 : this.#lose(cursor);
  }

  /** Whatever is open and does not observe may be placed unseen: it is waived. */
  #lose(cursor: Cursor): -1 {
    const { placed, waived, timeline } = cursor;
    cursor.state = lost;
    cursor.unseen = false; // overwriting before what is waived here has hidden less
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
      if (open !== 0 && this.#sees(state, operation_in[slot]!)) return true;
    }
    for (let index = this.#called[timeline.position]!; index < this.#called[end]!; index++)
      if (this.#sees(state, this.#by_call[index]!)) return true;
    return false;
  }

  /** Whether anything that may still be placed before the observation overwrites the state in its favour. */
  #rescued(observation: number, { timeline, placed }: Cursor): boolean {
    if (this.#rescuedUntil(observation) >= timeline.position) return true;
    const { class_of, overwrites, slots } = this.#problem;
    for (let slot = 0; slot < slots; slot++) {
      const open = timeline.overwriters[slot >> 5]! & ~placed[slot >> 5]! & (1 << (slot & 31));
      if (open !== 0 && this.#rescues(class_of[timeline.operation_in[slot]!]!, observation))
        return true;
    }
    return timeline.crashed_classes.some(
      (of_class) =>
        overwrites[of_class] === 1 &&
        timeline.crashed_called[of_class]! > 0 &&
        this.#rescues(of_class, observation),
    );
  }

  #rescuedUntil(observation: number): number {
    const known = this.#rescued_until[observation]!;
    if (known !== not_asked) return known;
    const { called_at, class_of, returned_at } = this.#problem;
    const last = this.#overwriters.findLast(
      (operation) =>
        called_at[operation]! < returned_at[observation]! &&
        this.#rescues(class_of[operation]!, observation),
    );
    return (this.#rescued_until[observation] = last === undefined ? -1 : called_at[last]!);
  }

  #rescues(of_class: number, observation: number): boolean {
    return this.#sees(this.#transitions.next(0, of_class), observation);
  }

  #sees(state: number, observation: number): boolean {
    const { calls, class_of } = this.#problem;
    return this.#reaches(this.#transitions.state(state), calls[class_of[observation]!]!);
  }

  #has(set: Int32Array, operation: number): boolean {
    const slot = this.#problem.slot_of[operation]!;
    return (set[slot >> 5]! & (1 << (slot & 31))) !== 0;
  }
}
