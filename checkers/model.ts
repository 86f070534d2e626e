/** What a model sees of an operation. */
export interface Call {
  readonly f: string;
  readonly input: unknown;
  /** What it answered; `undefined` when nobody knows (it crashed): then any answer is fine. */
  readonly output: unknown;
}

/**
 * A thing that does one operation after the other: what a linearizable history must look like.
 * States are plain data (or Map or Set of it), never changed in place.
 */
export interface Model<State> {
  readonly name: string;
  /** @param initial the header's, where the history has one */
  init(initial: number | undefined): State;
  /** The state after the call, or `undefined` when the call cannot happen in this state. */
  step(state: State, call: Call): State | undefined;
  /**
   * Whether the call leaves every state in which it can happen as it is: a read, a failed compare-and-set.
   * (A write that happens to write what is already there does not qualify.) Makes the search fast.
   */
  observes?(call: Call): boolean;
}
