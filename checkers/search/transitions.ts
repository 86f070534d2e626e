import type { Call, Model } from "../model.ts";
import { plainText } from "../plain-text.ts";
import { most_entries } from "./grow.ts";
import type { Problem } from "./problem.ts";

/** Nobody asked yet what `next` says. */
export const not_asked = -3;
/** What `next` says when the call cannot happen. */
export const impossible = -1;
/** Stands for every state from which nothing can be observed any more until something overwrites it. */
export const lost = -2;
const dense_limit = 1 << 22;

/** What a search asks of a model's states, by their numbers. */
export interface Steps {
  /** The number of the state after a call of this class, or `impossible`. */
  next(state: number, of_class: number): number;
  /** About how much memory the states take. */
  readonly bytes: number;
  /** Observations that are called after a position, and that something must soon be done for. */
  due?(position: number): Int32Array;
  /** Rows of these classes' places after which the target can happen, if the model has hints for it (Model.leads). */
  leads?(
    state: number,
    classes: readonly number[],
    target: number,
  ): readonly (readonly number[])[] | undefined;
}

/** A model's states, numbered as they come up, and what each class of calls does in each: asked once. */
export class Transitions<State> implements Steps {
  readonly #model: Model<State>;
  readonly #problem: Problem;
  readonly #states: State[] = [];
  readonly #by_value = new Map<unknown, number>();
  readonly #by_text = new Map<unknown, number>();
  /** state * classes + class, as long as that stays small; then a map. */
  #dense: Int32Array;
  readonly #sparse = new Map<number, number>();
  readonly #classes: number;
  #state_bytes = 0;
  /** What hints were asked for last, and the calls of it. */
  #led: readonly number[] | undefined;
  #led_calls: readonly Call[] = [];

  constructor(model: Model<State>, problem: Problem) {
    this.#model = model;
    this.#problem = problem;
    this.#classes = Math.max(1, problem.calls.length);
    this.#dense = new Int32Array(Math.min(dense_limit, 32 * this.#classes)).fill(not_asked);
    this.#number(model.init);
  }

  /** How many states came up so far; the initial one is 0. */
  get count(): number {
    return this.#states.length;
  }

  get bytes(): number {
    if (this.#states.length > most_entries) return Number.POSITIVE_INFINITY;
    return this.#state_bytes + 4 * this.#dense.length + 48 * this.#sparse.size;
  }

  state(number: number): State {
    return this.#states[number]!;
  }

  leads(
    state: number,
    classes: readonly number[],
    target: number,
  ): readonly (readonly number[])[] | undefined {
    const { calls } = this.#problem;
    if (this.#model.leads === undefined) return undefined;
    if (this.#led !== classes) {
      this.#led = classes;
      this.#led_calls = classes.map((of_class) => calls[of_class]!);
    }
    return this.#model.leads(this.#states[state]!, this.#led_calls, calls[target]!);
  }

  next(state: number, of_class: number): number {
    const cell = state * this.#classes + of_class;
    if (cell < this.#dense.length) {
      const known = this.#dense[cell]!;
      if (known !== not_asked) return known;
    } else {
      const known = this.#sparse.get(cell);
      if (known !== undefined) return known;
    }
    const next = this.#ask(state, of_class);
    this.#remember(cell, next);
    return next;
  }

  #ask(state: number, of_class: number): number {
    const call = this.#problem.calls[of_class]!;
    const after = this.#model.step(this.#states[state]!, call);
    const next = after === undefined ? impossible : this.#number(after);
    if (this.#problem.observes[of_class] === 1 && next !== impossible && next !== state)
      throw new Error(
        `the model says that ${describe(call)} only observes, but it changed a state.`,
      );
    const { overwrites, part_of } = this.#problem;
    if ((overwrites[of_class] === 1 || part_of[of_class]! >= 0) && next === impossible)
      throw new Error(`the model says that ${describe(call)} overwrites, but it was refused.`);
    return next;
  }

  #remember(cell: number, next: number): void {
    if (cell >= this.#dense.length && cell < dense_limit) {
      const grown = new Int32Array(
        Math.min(dense_limit, Math.max(2 * this.#dense.length, cell + 1)),
      );
      grown.fill(not_asked, this.#dense.length);
      grown.set(this.#dense);
      this.#dense = grown;
    }
    if (cell < this.#dense.length) this.#dense[cell] = next;
    else {
      if (this.#sparse.size >= most_entries) this.#sparse.clear();
      this.#sparse.set(cell, next);
    }
  }

  #number(state: State): number {
    const composed = typeof state === "object" && state !== null;
    const numbers = composed ? this.#by_text : this.#by_value;
    const identity = composed ? plainText(state) : state;
    const known = numbers.get(identity);
    if (known !== undefined) return known;
    numbers.set(identity, this.#states.length);
    const length = typeof identity === "string" ? identity.length : 0;
    this.#state_bytes += 120 + (composed ? 8 : 2) * length;
    return this.#states.push(state) - 1;
  }
}

function describe({ f, input }: Call): string {
  return `${f}(${JSON.stringify(input) ?? ""})`;
}
