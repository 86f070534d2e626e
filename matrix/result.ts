import type { Isolation } from "../backends/backend.ts";
import type { Verdict } from "../checkers/verdict.ts";
import type { Latency } from "../histories/latency.ts";
import type { Promised } from "./strategy.ts";

/** How often each error code was seen. */
export type Codes = Readonly<Record<string, number>>;

/** What a load showed; the latency is that of its increments. */
export interface LoadResult extends Latency {
  /** Path of the recorded history. */
  readonly history: string;
  readonly expected: number;
  readonly acknowledged: number;
  /** Value of the counter at rest; null when it could not be read. */
  readonly final: number | null;
  /** Acknowledged increments that are not in the final value. */
  readonly lost: number;
  /** What the final value has over all increments that may have happened. */
  readonly applied_twice: number;
  /** Increments that certainly did not happen, by code. */
  readonly failed: Codes;
  /** Increments of which nobody knows, by code. */
  readonly unknown: Codes;
  /** Increments that ran at the same time as another. */
  readonly overlapping: number;
  /** How many faults of each kind the servers suffered meanwhile, and came back from. */
  readonly faults?: Codes;
  readonly verdict: Verdict;
  readonly elapsed_s: number;
  readonly increments_per_s: number;
}

/** The smallest failing interleaving, drawn and explained. */
export interface FoundFailure {
  /** `lost update`, `counted twice`, … */
  readonly kind: string;
  readonly sentence: string;
  /** Everything about it for people: sentence, interleaving, counts, how to replay it. */
  readonly text: string;
  readonly token: string;
  readonly clients: number;
  readonly context_switches: number;
  /** How many schedules were run until it was found, and how many more to make it small. */
  readonly found_after: number;
  readonly shrunk_in: number;
  /** The same schedule run again did the same. */
  readonly repeats: boolean;
}

/** What an exploration of schedules showed. */
export interface ExploreResult {
  readonly clients: number;
  readonly schedules: number;
  readonly pruned: number;
  /** Every interleaving of this size was covered: a proof for the size. */
  readonly complete: boolean;
  /** Of a random search. */
  readonly seed?: number;
  /** `correct`, or the class of the failure, with how many schedules showed it. */
  readonly outcomes: Codes;
  /** Codes with which increments failed cleanly. */
  readonly failed: Codes;
  readonly failure?: FoundFailure;
}

/** What the explorations of a cell showed: each is one increment a client. */
export interface Explored {
  /** Two clients, all interleavings. */
  readonly two: ExploreResult;
  /** Three clients, some interleavings by PCT. */
  readonly three?: ExploreResult;
  /** Two clients, one reply lost at every step: in all interleavings, or as many as were asked for. */
  readonly reply_lost?: ExploreResult;
  /** The same with the lock that expires at every step; where it has a time to live. */
  readonly lock_lost?: ExploreResult;
}

/** One cell of the matrix: a strategy on a server at a level, measured and compared with its promise. */
export interface CellResult {
  readonly backend: string;
  readonly server: string;
  readonly strategy: string;
  readonly isolation: Isolation | null;
  readonly declared: Promised;
  readonly explored?: Explored;
  readonly load?: LoadResult;
  readonly conclusion: "as declared" | "different" | "no verdict";
  /** Why it is different, or has no verdict: a sentence each. */
  readonly remarks: readonly string[];
}
