import type { CellResult, LoadResult } from "../result.ts";
import type { Promised } from "../strategy.ts";

/** With these an increment fails cleanly when its server is away or coming up: part of any fault. */
const server_away = new Set([
  "not sent",
  "ECONNREFUSED",
  "57P03", // PostgreSQL: the database system is starting up
  "LOADING", // Redis: reading its files
]);

/**
 * Compares what a load under faults showed with what was promised. A fault may bring out what a lost reply
 * or a lost lock does, and need not: only the schedules can insist on it.
 */
export function concludeDisturbed(
  promised: Promised,
  load: LoadResult,
): Pick<CellResult, "conclusion" | "remarks"> {
  const different = [...updateDifferences(promised, load), ...codeDifferences(promised, load)];
  if (different.length > 0) return { conclusion: "different", remarks: different };
  const missing = missingEvidence(promised, load);
  if (missing.length > 0) return { conclusion: "no verdict", remarks: missing };
  return { conclusion: "as declared", remarks: [] };
}

function updateDifferences(promised: Promised, load: LoadResult): string[] {
  const { verdict, lost, applied_twice, faults } = load;
  if (promised.updates === "lost")
    return lost === 0 && verdict.verdict === "valid"
      ? ["Declared to lose updates, but under these faults it lost none."]
      : [];
  if (verdict.verdict !== "invalid" || promised.answers === "wrong") return [];
  const forgets = promised.killed === "lost" && (faults?.["kill"] ?? 0) > 0;
  const may_lose = promised.lock_lost === "lost" || forgets;
  const may_repeat = promised.reply_lost === "counts twice";
  const excused = lost > 0 ? may_lose : applied_twice > 0 ? may_repeat : may_lose || may_repeat;
  return excused ? [] : [verdict.reason];
}

function codeDifferences(promised: Promised, load: LoadResult): string[] {
  const declared = new Set([...(promised.fails ?? []), ...(promised.fails_under_load ?? [])]);
  return Object.keys(load.failed)
    .filter((code) => !declared.has(code) && !server_away.has(code))
    .map((code) => `Increments fail with ${code}, which is not declared.`);
}

function missingEvidence(promised: Promised, load: LoadResult): string[] {
  const missing: string[] = [];
  if (Object.keys(load.faults ?? {}).length === 0) missing.push("No fault came about.");
  if (load.overlapping === 0)
    missing.push("No two increments of the load overlapped, so it shows nothing about races.");
  if (load.verdict.verdict === "unknown") missing.push(load.verdict.reason);
  if (load.acknowledged === 0 && promised.progress !== "none")
    missing.push("No increment of the load got through.");
  return missing;
}
