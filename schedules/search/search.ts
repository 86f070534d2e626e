import type { Played } from "../run/lane.ts";
import type { PickNext } from "../run/runner.ts";
import type { Fault } from "../schedule.ts";
import type { Branch } from "./branch.ts";

/** One schedule to try. */
export interface Attempt {
  readonly pick: PickNext;
  readonly faults: readonly Fault[];
  /** Only for the search itself: it is no schedule that was asked for, and not counted. */
  readonly aside?: true;
  /** Tells the search what came of it. */
  readonly done: (played: Played) => void;
}

/** A way through the schedules of a program. */
export interface Search {
  /** The next schedule; undefined = nothing now, and nothing ever once all attempts are done. */
  next(): Attempt | undefined;
  /** Branches that need not be run: steps that commute lead to where another schedule was. */
  readonly pruned: number;
  /** Every interleaving is covered, as soon as all attempts are done and there is no next. */
  readonly exhaustive: boolean;
  /** Branches that were lost: tried again and again, the server did something else after the same choices. */
  readonly diverged: number;
  /** What it would have gone on with, if that can be left to another search. */
  readonly left?: readonly Branch[];
}

/** Plays a list of choices; a list too short goes on with zeros. */
export function pickFrom(choices: readonly number[]): PickNext {
  let next = 0;
  return () => choices[next++] ?? 0;
}
