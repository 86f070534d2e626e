/** A result that is a part of a whole, and a whole that was put together from parts. */

import type { CellName } from "./cell-name.ts";

/** The versions that measured something. */
export interface MadeBy {
  readonly raceproof: string;
  /** Of Node: `v22.11.0`. */
  readonly node: string;
}

/** What must be the same for two results to belong together: the seed, all sizes, and what was chosen. */
export type RunHead = Readonly<Record<string, string | number | undefined>>;

/** Which part of a run its result is. */
export interface Shard {
  /** From 1. */
  readonly number: number;
  readonly of: number;
  readonly run: RunHead;
  /** The cells of the whole run: those of each shard. */
  readonly whole: readonly (readonly CellName[])[];
}

/** What one machine gave to a result that was put together. */
export interface Part extends MadeBy {
  /** `shard 2 of 5`, or the name of a worker. */
  readonly name: string;
  readonly cells: number;
  /** Parts of searches that it explored for cells, its own or others'. */
  readonly searches?: number;
}
