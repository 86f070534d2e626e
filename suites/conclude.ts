import type { CellResult, Codes, ExploreResult, LoadResult } from "./result.ts";
import type { Promised } from "./strategy.ts";

/** Compares what was measured with what was promised. Both ways of differing count. */
export function conclude(
  promised: Promised,
  explore: ExploreResult | undefined,
  load: LoadResult | undefined,
): Pick<CellResult, "conclusion" | "remarks"> {
  const different = [
    ...updateDifferences(promised, explore, load),
    ...codeDifferences(promised, explore?.failed, load?.failed),
  ];
  if (different.length > 0) return { conclusion: "different", remarks: different };
  const missing = missingEvidence(promised, explore, load);
  if (missing.length > 0) return { conclusion: "no verdict", remarks: missing };
  return { conclusion: "as declared", remarks: [] };
}

function updateDifferences(
  promised: Promised,
  explore: ExploreResult | undefined,
  load: LoadResult | undefined,
): string[] {
  const shown_wrong: string[] = [];
  if (explore?.failure) shown_wrong.push(explore.failure.sentence);
  if (load?.verdict.verdict === "invalid") shown_wrong.push(load.verdict.reason);
  if (promised.updates !== "lost") return shown_wrong;
  if (explore !== undefined) {
    return explore.failure || !explore.complete
      ? []
      : ["Declared to lose updates, but no interleaving of two clients loses one."];
  }
  if (load === undefined || load.overlapping === 0 || shown_wrong.length > 0) return [];
  return ["Declared to lose updates, but the load lost none."];
}

function codeDifferences(promised: Promised, explored?: Codes, loaded?: Codes): string[] {
  const exact = new Set(promised.fails);
  const under_load = new Set([...exact, ...(promised.fails_under_load ?? [])]);
  const undeclared = [
    ...Object.keys(explored ?? {}).filter((code) => !exact.has(code)),
    ...Object.keys(loaded ?? {}).filter((code) => !under_load.has(code)),
  ];
  const missing = explored === undefined ? [] : [...exact].filter((code) => !(code in explored));
  return [
    ...[...new Set(undeclared)].map(
      (code) => `Increments fail with ${code}, which is not declared.`,
    ),
    ...missing.map((code) => `Declared to fail with ${code}, but no interleaving does.`),
  ];
}

function missingEvidence(
  promised: Promised,
  explore: ExploreResult | undefined,
  load: LoadResult | undefined,
): string[] {
  const missing: string[] = [];
  if (explore === undefined && load === undefined) missing.push("Nothing was run.");
  if (explore !== undefined && !explore.complete && !explore.failure)
    missing.push(`Only ${explore.schedules} schedules were run, not all of them.`);
  if (load !== undefined && load.overlapping === 0)
    missing.push("No two increments of the load overlapped, so it shows nothing about races.");
  if (load?.verdict.verdict === "unknown" && promised.updates !== "lost")
    missing.push(load.verdict.reason);
  return missing;
}
