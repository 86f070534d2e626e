import type { History, Operation } from "../histories/event.ts";
import type { Reason } from "./explain/reason.ts";
import type { Vocabulary } from "./shapes.ts";

/** A checker's answer: valid, invalid with evidence, or unknown with a reason. */
export interface Verdict {
  readonly checker: string;
  readonly verdict: "valid" | "invalid" | "unknown";
  /** One sentence: the evidence when invalid, the reason when unknown, what was checked when valid. */
  readonly reason: string;
  /** Numbers that belong to the verdict (`lost`, `applied_twice`, …). */
  readonly figures?: Readonly<Record<string, number>>;
  /** When invalid: the smallest part of the history that proves it, and the same as a drawing of several lines. */
  readonly evidence?: readonly Operation[];
  readonly drawing?: string;
  /** Whether no operation can be left out of the evidence. */
  readonly minimal?: boolean;
  /** Why it is impossible, as data; `reason` says the same in words. */
  readonly why?: Reason;
  /** When valid, on request: the operations in an order that proves it, key after key. */
  readonly witness?: readonly Operation[];
}

/** When a checker gives up and answers `unknown`. */
export interface Limits {
  /** Milliseconds. Default: none. */
  readonly timeoutMs?: number;
  /** Megabytes, for all threads together. Default: half of the memory that is free. */
  readonly memoryMb?: number;
  readonly signal?: AbortSignal;
}

/** Judges histories. */
export interface Checker {
  readonly name: string;
  /**
   * The operations it can judge. A history with others is refused (see merge.ts). When not given, the checker looks
   * itself.
   */
  readonly knows?: Vocabulary;
  check(history: History, limits: Limits): Verdict | Promise<Verdict>;
}

/** A checker that is fast enough to answer synchronously. */
export interface SyncChecker extends Checker {
  check(history: History, limits?: Limits): Verdict;
}
