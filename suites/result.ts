import type { Isolation } from "../backends/backend.ts";
import type { Verdict } from "../checkers/verdict.ts";
import type { Promised } from "./strategy.ts";

/** How often each error code was seen. */
export type Codes = Readonly<Record<string, number>>;

/** What a load showed. */
export interface LoadResult {
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
  readonly verdict: Verdict;
  readonly elapsed_s: number;
  readonly increments_per_s: number;
  readonly p50_ms: number;
  readonly p99_ms: number;
}

/** What an exploration of schedules showed. */
export interface ExploreResult {
  readonly clients: number;
  readonly schedules: number;
  readonly pruned: number;
  /** Every interleaving of this size was covered: a proof for the size. */
  readonly complete: boolean;
  /** Classes of outcome that were found, with how many schedules showed each. */
  readonly outcomes: Codes;
  /** Codes with which increments failed cleanly. */
  readonly failed: Codes;
  /** The smallest failing interleaving, drawn and explained; absent when nothing failed. */
  readonly failure?: {
    readonly class: string;
    readonly text: string;
    readonly sentence: string;
    readonly token: string;
    readonly context_switches: number;
  };
}

/** One cell of the matrix: a strategy on a server at a level, measured and compared with its promise. */
export interface CellResult {
  readonly backend: string;
  readonly server: string;
  readonly strategy: string;
  readonly isolation: Isolation | null;
  readonly declared: Promised;
  readonly explore?: ExploreResult;
  readonly load?: LoadResult;
  readonly conclusion: "as declared" | "different" | "no verdict";
  /** Why it is different, or has no verdict: a sentence each. */
  readonly remarks: readonly string[];
}
