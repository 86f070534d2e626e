import type { CellResult, Explored, ExploreResult, LoadResult } from "./result.ts";
import type { Promised } from "./strategy.ts";

/** Compares what was measured with what was promised. Both ways of differing count. */
export function conclude(
  promised: Promised,
  explored: Explored | undefined,
  load: LoadResult | undefined,
): Pick<CellResult, "conclusion" | "remarks"> {
  const different = [
    ...updateDifferences(promised, explored, load),
    ...faultDifferences(promised, explored),
    ...codeDifferences(promised, explored, load),
  ];
  if (different.length > 0) return { conclusion: "different", remarks: different };
  const missing = missingEvidence(promised, explored, load);
  if (missing.length > 0) return { conclusion: "no verdict", remarks: missing };
  return { conclusion: "as declared", remarks: [] };
}

function updateDifferences(
  promised: Promised,
  explored: Explored | undefined,
  load: LoadResult | undefined,
): string[] {
  const fault = declaredFault(promised);
  if (fault !== undefined) return notShown(fault, explored, load);
  const shown_wrong = [explored?.two.failure?.sentence, explored?.three?.failure?.sentence];
  if (load?.verdict.verdict === "invalid") shown_wrong.push(load.verdict.reason);
  if (promised.progress === "none" && load !== undefined && load.acknowledged > 0)
    shown_wrong.push(`Declared to get nowhere, but ${load.acknowledged} increments were made.`);
  return shown_wrong.filter((sentence) => sentence !== undefined);
}

/** The class of failure that a promise admits, without any fault from outside. */
function declaredFault({ updates, answers }: Promised): string | undefined {
  if (updates === "lost") return "lost update";
  return answers === "wrong" ? "not linearizable" : undefined;
}

/** A declared failure must be shown: by the interleavings of two clients, else by the load. */
function notShown(
  fault: string,
  explored: Explored | undefined,
  load: LoadResult | undefined,
): string[] {
  if (fault !== "lost update" && load !== undefined && load.lost > 0) return [load.verdict.reason];
  if (explored !== undefined) {
    const { failure, complete } = explored.two;
    if (failure?.kind === fault || (failure === undefined && !complete)) return [];
    const found = failure ? `found is ${failure.kind}: ${failure.sentence}` : "there is none";
    return [`Declared: ${fault}, in some interleaving of two clients; ${found}.`];
  }
  const racing = load !== undefined && load.overlapping > 0;
  return racing && load.verdict.verdict === "valid"
    ? [`Declared: ${fault}; the load had none.`]
    : [];
}

function faultDifferences(promised: Promised, explored: Explored | undefined): string[] {
  if (declaredFault(promised) !== undefined) return []; // it fails without any fault from outside
  const twice = promised.reply_lost === "counts twice" ? "counted twice" : undefined;
  const lost = promised.lock_lost === "lost" ? "lost update" : undefined;
  return [
    ...oneFault("When a reply is lost", explored?.reply_lost, twice),
    ...oneFault("When the lock expires", explored?.lock_lost, lost),
  ];
}

function oneFault(
  when: string,
  result: ExploreResult | undefined,
  declared: string | undefined,
): string[] {
  if (result === undefined) return [];
  const found = result.failure;
  if (declared === undefined) return found ? [`${when}: ${found.sentence}`] : [];
  if (found?.kind === declared) return [];
  return [`${when}, declared "${declared}", but ${found ? `found ${found.kind}` : "it is not"}.`];
}

function codeDifferences(
  promised: Promised,
  explored: Explored | undefined,
  load: LoadResult | undefined,
): string[] {
  const exact = new Set(promised.fails);
  const under_load = new Set([...exact, ...(promised.fails_under_load ?? [])]);
  const by_two = Object.keys(explored?.two.failed ?? {});
  const by_more = Object.keys({ ...explored?.three?.failed, ...load?.failed });
  const undeclared = [
    ...by_two.filter((code) => !exact.has(code)),
    ...by_more.filter((code) => !under_load.has(code)),
  ];
  const missing = explored === undefined ? [] : [...exact].filter((code) => !by_two.includes(code));
  return [
    ...[...new Set(undeclared)].map(
      (code) => `Increments fail with ${code}, which is not declared.`,
    ),
    ...missing.map((code) => `Declared to fail with ${code}, but no interleaving does.`),
  ];
}

function missingEvidence(
  promised: Promised,
  explored: Explored | undefined,
  load: LoadResult | undefined,
): string[] {
  const missing: string[] = [];
  if (explored === undefined && load === undefined) missing.push("Nothing was run.");
  if (explored !== undefined && !explored.two.complete)
    missing.push(`Not all interleavings were run, only ${explored.two.schedules}.`);
  if (load !== undefined && load.overlapping === 0)
    missing.push("No two increments of the load overlapped, so it shows nothing about races.");
  if (load?.verdict.verdict === "unknown" && declaredFault(promised) === undefined)
    missing.push(load.verdict.reason);
  if (load?.acknowledged === 0 && promised.progress !== "none")
    missing.push("No increment of the load got through.");
  return missing;
}
