import { not_sent } from "../../backends/not-sent.ts";
import { taken_back } from "../../checkers/taken-back.ts";
import { load_broken_off } from "../conclude.ts";
import type { Promised } from "../promise.ts";
import type { CellResult, LoadResult } from "../result.ts";
import { mayTakeBack } from "./taken-back.ts";

/** Codes with which an operation fails cleanly while its server is down or starting: any fault may cause them. */
const server_away = new Set([
  not_sent,
  "ECONNREFUSED",
  "57P03", // PostgreSQL: the database system is starting up
  "LOADING", // Redis: reading its files
]);

/**
 * Compares what a load under faults showed with what was promised. The declared effects of a lost reply or a lost
 * lock are allowed here, but need not show: only schedules can force them.
 * @param backend by its name: some databases take back what readers saw
 * @param interrupted it was broken off: what it did not show may still happen
 */
export function concludeDisturbed(
  promised: Promised,
  load: LoadResult,
  backend: string,
  interrupted = false,
): Pick<CellResult, "conclusion" | "remarks"> {
  const { shows = [] } = promised;
  const not_shown = shows.length > 0 && load.verdict.verdict === "valid";
  const different = [
    ...(not_shown && !interrupted
      ? [`Declared: ${shows.join(", ")}; under these faults there was none.`]
      : []),
    ...anomalyDifferences(promised, load, backend),
    ...codeDifferences(promised, load),
  ];
  if (different.length > 0) return { conclusion: "different", remarks: different };
  const missing = missingEvidence(promised, load);
  if (interrupted) missing.push(load_broken_off);
  if (missing.length > 0) return { conclusion: "no verdict", remarks: missing };
  return { conclusion: "as declared", remarks: [] };
}

function anomalyDifferences(promised: Promised, load: LoadResult, backend: string): string[] {
  const { shows = [], under_load = [], when = {} } = promised;
  const { verdict, anomaly, faults } = load;
  if (verdict.verdict !== "invalid") return [];
  const excused = new Set([
    ...shows,
    ...under_load,
    ...(when.reply_lost ?? []),
    ...(when.lock_lost ?? []),
    ...((faults?.["kill"] ?? 0) > 0 ? (when.killed ?? []) : []),
    ...(mayTakeBack(backend) ? [taken_back] : []),
  ]);
  return excused.has(anomaly ?? "") ? [] : [verdict.reason];
}

function codeDifferences({ fails = [], under_load = [] }: Promised, load: LoadResult): string[] {
  const declared = new Set([...fails, ...under_load]);
  return Object.keys(load.failed)
    .filter((code) => !declared.has(code) && !server_away.has(code))
    .map((code) => `Operations fail with ${code}: not declared.`);
}

function missingEvidence(promised: Promised, load: LoadResult): string[] {
  const missing: string[] = [];
  if (Object.keys(load.faults ?? {}).length === 0) missing.push("No fault came about.");
  if (load.overlapping === 0)
    missing.push("No two operations of the load overlapped, so it shows nothing about races.");
  if (load.verdict.verdict === "unknown") missing.push(load.verdict.reason);
  if (load.acknowledged === 0 && promised.progress !== "none")
    missing.push("No operation of the load got through.");
  return missing;
}
