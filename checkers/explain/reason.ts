import type { Operation } from "../../histories/event.ts";

/**
 * Why a history is not linearizable, as data; tell.ts makes the sentences. Each kind is a claim that can be
 * checked by itself, and claims.test.ts does that. Every claim holds whichever of the other operations happened,
 * of those that were called before `operation` returned.
 */
export type Reason =
  | Never
  | TakenTooOften
  | OutOfRange
  | NoSuchState
  | Differs
  | WrongOrder
  | Exclusive
  | Unfinished;

/** `operation` saw a value that nobody had brought in when it returned, nor was it there at the start. */
export interface Never {
  readonly kind: "never";
  readonly operation: Operation;
  readonly value: unknown;
  /** For a text that is made of pieces: where the piece that nobody brought in begins. */
  readonly at?: number;
  /** The first operation that brings it in, called only after that. */
  readonly later: Operation | undefined;
}

/** All of `taken` took the same value out, more often than `put` (and the start) brought it in before `operation` returned. */
export interface TakenTooOften {
  readonly kind: "taken too often";
  readonly operation: Operation;
  readonly value: unknown;
  readonly put: readonly Operation[];
  readonly atStart: number;
  readonly taken: readonly Operation[];
}

/** `operation` saw a number that is below or above all that can have been there, whatever happened. */
export interface OutOfRange {
  readonly kind: "out of range";
  readonly operation: Operation;
  readonly low: number;
  readonly high: number;
}

/**
 * Wherever `operation` may stand in the order, the state can only be one of `states`, and none of them allows it.
 * `after`: the operation that returned last before it was called, if there is one.
 */
export interface NoSuchState {
  readonly kind: "no such state";
  readonly operation: Operation;
  readonly states: readonly unknown[];
  readonly after: Operation | undefined;
}

/**
 * `operation` saw a text that no state can be. No possible state has more than the first `length` characters in
 * common with it; `closest` is one that has.
 */
export interface Differs {
  readonly kind: "differs";
  readonly operation: Operation;
  readonly closest: string;
  readonly length: number;
}

/**
 * With other times it would fit: the history is possible when all of `moves` are made, and impossible when any one
 * of them is not. A single move is as short as possible: if it stops before `other`, the history is impossible.
 */
export interface WrongOrder {
  readonly kind: "wrong order";
  readonly operation: Operation;
  readonly moves: readonly Move[];
}

/**
 * Not after: `operation` would have to be called before `other` returned, but was called later.
 * Not before: `operation` would have to return after `other` was called, but had returned earlier.
 */
export interface Move {
  readonly operation: Operation;
  readonly not: "after" | "before";
  readonly other: Operation;
}

/** These cannot all have happened when `operation` returned, in whatever order and at whatever times. */
export interface Exclusive {
  readonly kind: "exclusive";
  readonly operation: Operation;
  readonly operations: readonly Operation[];
}

/** There was no time to find more: what happened up to the return of `operation` is impossible. */
export interface Unfinished {
  readonly kind: "unfinished";
  readonly operation: Operation;
}
