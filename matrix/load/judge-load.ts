import { merge, runChecker } from "../../checkers/merge.ts";
import { taken_back } from "../../checkers/taken-back.ts";
import type { Operation } from "../../histories/event.ts";
import { latency } from "../../histories/latency.ts";
import { overlapping } from "../../histories/overlap.ts";
import { readHistory } from "../../histories/read-history.ts";
import { judgeTakenBack } from "../faults/taken-back.ts";
import type { Codes, LoadResult } from "../result.ts";
import type { Workload } from "../workload.ts";
import type { Timing } from "./load-run.ts";
import { packHistory } from "./pack-history.ts";

/**
 * Judges the history that a load has recorded, by the checkers of its workload.
 * @param path of the history
 * @param expected how many operations were planned; if clients did more because faults took longer, those count
 * @param progress told how many bytes of the history are read; what comes then takes about as long
 */
export async function judgeLoad(
  path: string,
  expected: number,
  workload: Workload,
  timing: Timing,
  progress?: (read: number) => void,
): Promise<LoadResult> {
  const history = await readHistory(path, { dense: true, ...(progress ? { progress } : {}) });
  const verdicts = await Promise.all(workload.checkers.map((each) => runChecker(each, history)));
  const all_figures = Object.assign({}, ...verdicts.map(({ figures }) => figures)) as Codes;
  const figures = Object.entries(workload.columns).map(([head, figure]) => {
    return [head, all_figures[figure] ?? 0] as const;
  });
  const merged = merge(verdicts);
  const by_crash =
    merged.verdict === "invalid" && (timing.faults?.["kill"] ?? 0) > 0
      ? await judgeTakenBack(history, workload, merged)
      : undefined;
  const operations = history.operations.filter(({ f }) => f !== "read");
  const anomaly = by_crash ? taken_back : workload.classify(verdicts);
  return {
    history: await packHistory(path),
    expected: Math.max(expected, operations.length),
    acknowledged: operations.filter(({ status }) => status === "ok").length,
    final: history.operations.findLast(({ f }) => f === "read")?.output ?? null,
    figures: Object.fromEntries(figures),
    ...(anomaly === undefined ? {} : { anomaly }),
    failed: codes(operations, "fail"),
    unknown: codes(operations, "info"),
    overlapping: overlapping(operations),
    ...latency(operations),
    verdict: by_crash ?? merged,
    judged_by: workload.checkers.map(({ name }) => name),
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
