import { getHeapStatistics } from "node:v8";

/** Node ends the process, or the thread, when its heap is full: the search gives up before that. */
const heap_share = 0.9;

export interface Budget {
  /** On the clock of `performance.now()`. */
  readonly deadline_ms?: number;
  readonly memory_bytes?: number;
  readonly signal?: AbortSignal;
  /** Return an order that proves the history linearizable. */
  readonly witness?: boolean;
  /** The number of events passed is written here, for a thread that watches. */
  readonly progress?: Int32Array;
  /** The most places at one position. */
  readonly places?: number;
  /** The most turns. */
  readonly turns?: number;
}

export type SearchResult =
  /**
   * Operations in an order that the model allows; those of unknown outcome only as far as needed.
   * Empty unless it was asked for.
   */
  | { readonly kind: "linearizable"; readonly order: readonly number[] }
  /**
   * The furthest that any order gets is the return of `blocked`, which cannot be placed: none of the `states` that
   * are possible there allows it (numbers of Transitions; only breadth-first search fills them in).
   */
  | { readonly kind: "impossible"; readonly blocked: number; readonly states: readonly number[] }
  | { readonly kind: "gave up"; readonly why: GaveUp; readonly events_passed: number };

export type GaveUp = "stopped" | "time" | "memory" | "width" | "turns";

/** Whether, and why, to give up. */
export function exhausted(budget: Budget, bytes: number): GaveUp | undefined {
  if (budget.signal?.aborted === true) return "stopped";
  if (budget.deadline_ms !== undefined && performance.now() > budget.deadline_ms) return "time";
  if (budget.memory_bytes !== undefined && bytes > budget.memory_bytes) return "memory";
  const { used_heap_size, heap_size_limit } = getHeapStatistics();
  if (used_heap_size > heap_share * heap_size_limit) return "memory";
  return undefined;
}
