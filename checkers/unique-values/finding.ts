import type { Piece } from "./lives.ts";

/** Pieces that cannot all be; undefined when all is well; `Unsure` when it cannot be told. */
export type Finding = readonly Piece[] | undefined | Unsure;

export interface Unsure {
  /** The history is linearizable exactly when each of these is, by itself. */
  readonly unsure: readonly (readonly Piece[])[];
}
