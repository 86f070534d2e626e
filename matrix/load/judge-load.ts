import { counterChecker } from "../../checkers/counter.ts";
import { lostUpdateChecker } from "../../checkers/lost-update.ts";
import { merge, runChecker } from "../../checkers/merge.ts";
import { uniqueChecker } from "../../checkers/unique.ts";
import type { Operation } from "../../histories/event.ts";
import { latency } from "../../histories/latency.ts";
import { overlapping } from "../../histories/overlap.ts";
import { readHistory } from "../../histories/read-history.ts";
import type { Codes, LoadResult } from "../result.ts";
import type { Promised } from "../strategy.ts";
import type { Timing } from "./load.ts";

/**
 * Judges the history that a load has recorded: no lost update and linearizability for a counter,
 * uniqueness for what only hands out numbers.
 * @param path of the history
 * @param expected how many increments were to be done; where clients went on for longer, what they tried counts
 */
export async function judgeLoad(
  path: string,
  expected: number,
  promised: Promised,
  timing: Timing,
): Promise<LoadResult> {
  const history = await readHistory(path);
  const increments = history.operations.filter((operation) => operation.f === "add");
  const lost_update = await runChecker(lostUpdateChecker, history);
  const verdict =
    promised.updates === "unique"
      ? await runChecker(uniqueChecker, history)
      : merge([lost_update, await runChecker(counterChecker, history)]);
  const final = history.operations.findLast((operation) => operation.f === "read");
  return {
    history: path,
    expected: Math.max(expected, increments.length),
    acknowledged: increments.filter((operation) => operation.status === "ok").length,
    final: typeof final?.output === "number" ? final.output : null,
    lost: lost_update.figures?.lost ?? 0,
    applied_twice: lost_update.figures?.applied_twice ?? 0,
    failed: codes(increments, "fail"),
    unknown: codes(increments, "info"),
    overlapping: overlapping(increments),
    ...latency(increments),
    verdict,
    ...timing,
  };
}

function codes(operations: readonly Operation[], status: "fail" | "info"): Codes {
  const counts: Record<string, number> = {};
  for (const operation of operations) {
    if (operation.status !== status) continue;
    const code = operation.error ?? "no answer recorded";
    counts[code] = (counts[code] ?? 0) + 1;
  }
  return counts;
}
