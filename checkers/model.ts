import type { Vocabulary } from "./shapes.ts";

/** What a model sees of an operation. */
export interface Call {
  readonly f: string;
  readonly input: unknown;
  /** What it answered; `undefined` when nobody knows (it crashed): then any answer is fine. */
  readonly output: unknown;
}

/**
 * A thing that does one operation after the other: what a linearizable history must look like.
 * States are plain data, or a Map or Set of it, and are never changed in place.
 */
export interface Model<State> {
  readonly name: string;
  readonly init: State;
  /**
   * The operations it knows, by their names, and what must come with each: `{ read: { output: value } }` (see
   * shapes.ts). A history with anything else is refused before it is judged. When left out, any name is accepted
   * that `step` does not throw at, and every acknowledged operation must have an answer, if only null.
   */
  readonly knows?: Vocabulary;
  /** The state after the call, or `undefined` when the call cannot happen in this state. */
  step(state: State, call: Call): State | undefined;
  /**
   * Whether the call leaves every state in which it can happen as it is: a read, a failed compare-and-set.
   * (A write that happens to write what is already there does not qualify.) Makes the search fast.
   */
  observes?(call: Call): boolean;
  /**
   * Whether the call can happen in every state, and what comes after does not depend on what was
   * before nor on its answer: a plain write. Makes the search fast.
   */
  overwrites?(call: Call): boolean;
  /**
   * Whether this observation can be true now, or after any calls that do not overwrite. Only give it when every
   * call that does not observe can happen in every state, whatever it answered: appends, adds without an
   * answer. Keeps the search from trying all orders of changes that nobody sees for a while.
   */
  reaches?(state: State, observation: Call): boolean;
  /**
   * For a call that can happen in every state, whatever it answered, and that sets one part of the state, whatever
   * that was before, and leaves all other parts alone: the part's name. Makes the search fast.
   */
  part?(call: Call): string | undefined;
  /**
   * The same model for these calls only, with states that are quicker to compare and to store.
   */
  packed?(calls: readonly Call[]): Pick<Model<unknown>, "init" | "step" | "leads">;
  /**
   * Where the search may look first: sequences of these calls (as indices into `calls`, which is in the order of
   * their returns) after which the target can happen. Only a hint: it need not be right or complete.
   */
  leads?(
    state: State,
    calls: readonly Call[],
    target: Call,
  ): readonly (readonly number[])[] | undefined;
  /**
   * Where all states are texts (or null, as long as there is none) and every call begins one, adds to it, or observes it: what
   * this call does. Only a hint where to look for an order.
   */
  writes?(call: Call): Written | undefined;
}

/** What a call does to a text: begins it anew, whatever was there; adds to its end; or observes all of it. */
export type Written =
  | { readonly does: "begins" | "observes"; readonly text: string | null }
  | { readonly does: "adds"; readonly text: string };
