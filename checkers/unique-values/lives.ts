import type { Operation } from "../../histories/event.ts";

/**
 * When things may happen, in moments: moment k is the time just after the k-th call. Of two operations, one
 * returned before the other was called exactly when `until` of the one is less than `from` of the other.
 * (An operation that is open later between two calls is open just after the first of them, too: so it is enough to
 * place operations there, any number of them in one moment.)
 */
export interface Spans {
  readonly count: number;
  readonly from: Int32Array;
  readonly until: Int32Array;
  /** Indices of the operations. */
  readonly by: Int32Array;
}

/**
 * The ways of values through a container: each value is added within one span, and taken out within another one. They
 * are columns of numbers: a million small objects would take more time and memory than all that is asked of them.
 */
export interface Lives {
  readonly count: number;
  /** Never falls: values are in the order of the calls that added them. */
  readonly add_from: Int32Array;
  readonly add_until: Int32Array;
  /** Both are `end` for a value that no acknowledged operation took out. */
  readonly remove_from: Int32Array;
  readonly remove_until: Int32Array;
  /** 1 if an acknowledged operation took it out. */
  readonly removed: Uint8Array;
}

/** The history of one container, seen by values. */
export interface Lifetimes extends Lives {
  /** By value: the index of the operation that added it, or took it out; -1 when there is none. */
  readonly add_by: Int32Array;
  readonly remove_by: Int32Array;
  readonly values: readonly unknown[];
  /** Operations that found nothing. */
  readonly empties: Spans;
  /** Operations that crashed, and may have taken out any value, or none. In the order of their calls. */
  readonly crashed: Spans;
  /** The moment after all others. */
  readonly end: number;
  readonly operations: readonly Operation[];
}

/** A piece of a history, and so of its contradictions: a value, and after these an empty, and then a crashed one. */
export type Piece = number;

export function pieceOfEmpty({ count }: Lifetimes, empty: number): Piece {
  return count + empty;
}

export function pieceOfCrashed({ count, empties }: Lifetimes, crashed: number): Piece {
  return count + empties.count + crashed;
}

export function allPieces({ count, empties, crashed }: Lifetimes): Piece[] {
  return [...Array(count + empties.count + crashed.count).keys()];
}

/** Its operations: of a value up to two, else one. */
export function operationsOf(piece: Piece, lifetimes: Lifetimes): Operation[] {
  const { count, add_by, remove_by, empties, crashed, operations } = lifetimes;
  const by =
    piece < count
      ? [add_by[piece]!, remove_by[piece]!]
      : [empties.by[piece - count] ?? crashed.by[piece - count - empties.count]!];
  return by.filter((index) => index >= 0).map((index) => operations[index]!);
}

/** The values that no acknowledged operation took out. */
export function leftBehind({ count, removed }: Lives): number[] {
  const left: number[] = [];
  for (let value = 0; value < count; value++) if (removed[value] === 0) left.push(value);
  return left;
}
