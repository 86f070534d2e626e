import type { History } from "../histories/event.ts";

/** What a checker says: valid, invalid with evidence, or unknown with a reason. */
export interface Verdict {
  readonly checker: string;
  readonly verdict: "valid" | "invalid" | "unknown";
  /** One sentence: the evidence when invalid, the reason when unknown, what was checked when valid. */
  readonly reason: string;
  /** Figures that belong to the verdict (`lost`, `applied_twice`, …). */
  readonly figures?: Readonly<Record<string, number>>;
}

export interface Limits {
  readonly timeout_ms?: number;
  readonly memory_mb?: number;
  readonly signal?: AbortSignal;
}

export interface Checker {
  readonly name: string;
  check(history: History, limits: Limits): Verdict | Promise<Verdict>;
}

/** A checker fast enough to answer at once. */
export interface SyncChecker extends Checker {
  check(history: History, limits?: Limits): Verdict;
}
