import type { Interventions, Isolation } from "../backends/backend.ts";
import type { Verdict } from "../checkers/verdict.ts";
import type { Latency } from "../histories/latency.ts";
import type { FoundFailure } from "../schedules/exploration.ts";
import type { Left } from "../schedules/search/branch.ts";
import type { Trace } from "../schedules/trace.ts";
import type { Settings } from "../servers/local/recipe.ts";
import type { Promised } from "./promise.ts";

/** How often each error code was seen. */
export type Codes = Readonly<Record<string, number>>;

/** What a load showed. All counts and latencies are without the reads. */
export interface LoadResult extends Latency {
  /** Path of the recorded history. */
  readonly history: string;
  readonly expected: number;
  readonly acknowledged: number;
  /** The state at rest, as the last read answered it; null when it could not be read. */
  readonly final: unknown;
  /** The figures for which the workload has columns in the matrix. */
  readonly figures: Readonly<Record<string, number>>;
  /** What went wrong, by the workload's name for it. */
  readonly anomaly?: string;
  /** Operations that certainly did not happen, by code. */
  readonly failed: Codes;
  /** Operations of which nobody knows whether they happened, by code. */
  readonly unknown: Codes;
  /** Operations that ran at the same time as another. */
  readonly overlapping: number;
  /** How many faults of each kind the servers suffered meanwhile and recovered from. */
  readonly faults?: Codes;
  readonly verdict: Verdict;
  /** Names of all checkers that judged it; absent in results of older versions. */
  readonly judged_by?: readonly string[];
  /** The history had reached its limit, so that the clients stopped before they had done all. */
  readonly full?: true;
  /** What somebody did to the server meanwhile, how often, and the codes that may come from it. */
  readonly interventions?: Interventions;
  readonly elapsed_s: number;
  readonly operations_per_s: number;
}

/** What an exploration of schedules showed. */
export interface ExploreResult {
  readonly clients: number;
  readonly schedules: number;
  readonly pruned: number;
  /** Every interleaving of this size was covered: a proof for the size. */
  readonly complete: boolean;
  /** Why a schedule could not be taken to its end, where that is no failure. */
  readonly gave_up?: string;
  /** Only of a random search. */
  readonly seed?: number;
  /** `correct`, or the anomaly, with how many schedules showed it. */
  readonly outcomes: Codes;
  /** Codes with which operations failed cleanly. */
  readonly failed: Codes;
  /** It was put together from so many parts, each a job of its own. */
  readonly parts?: number;
  /** What others are to go on with: only in a part of a search. */
  readonly left?: Left;
  /** The smallest failing interleaving, and the token that replays it. */
  readonly failure?: FoundFailure & { readonly token: string };
  /** If none failed: one in which the clients take turns. Absent in results of older versions. */
  readonly example?: Trace;
}

/** What the explorations of a cell showed: in each, every client does one operation. */
export interface Explorations {
  /** Two clients, all interleavings. */
  readonly two: ExploreResult;
  /** Three clients, some interleavings by PCT. */
  readonly three?: ExploreResult;
  /** Two clients, with one reply lost, at each step in turn: in all interleavings, or as many as were asked for. */
  readonly reply_lost?: ExploreResult;
  /** The same with the lock expiring instead, if it has a time to live. */
  readonly lock_lost?: ExploreResult;
  /** It was broken off: what it did not find may still happen. */
  readonly interrupted?: true;
  /**
   * It was put together from parts that are no whole: why, each reason as a sentence. What two and three clients did not
   * show may still happen. Never empty.
   */
  readonly gaps?: readonly string[];
  /** Absent in results of older versions. */
  readonly elapsed_s?: number;
}

/** One cell of the matrix: a strategy on a server at a level, measured and compared with its promise. */
export interface CellResult {
  readonly workload: string;
  readonly backend: string;
  readonly server: string;
  readonly strategy: string;
  readonly isolation: Isolation | null;
  readonly declared: Promised;
  /** The code of operations that are rightly refused, where the workload has one. */
  readonly refuses?: string;
  readonly explored?: Explorations;
  readonly load?: LoadResult;
  /** The settings of the servers, where they suffered faults under the load. */
  readonly settings?: Settings;
  /** By which part of a result that was put together: a shard, or a worker. */
  readonly part?: string;
  /** The run ended before this cell was complete: what is not in the result may still happen. */
  readonly interrupted?: true;
  readonly conclusion: "as declared" | "different" | "no verdict";
  /** Why it is different or has no verdict, each as a sentence. */
  readonly remarks: readonly string[];
}
