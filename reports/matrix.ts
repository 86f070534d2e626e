import Table from "cli-table3";
import type { Isolation } from "../backends/backend.ts";
import type { Promised } from "../matrix/promise.ts";
import type {
  CellResult,
  Codes,
  Explorations,
  ExploreResult,
  LoadResult,
} from "../matrix/result.ts";
import { groups } from "./groups.ts";
import type { Paint } from "./paint.ts";

/** Short names of the levels, for narrow columns. */
export const short_level: Readonly<Record<Isolation, string>> = {
  "READ UNCOMMITTED": "RU",
  "READ COMMITTED": "RC",
  "REPEATABLE READ": "RR",
  SERIALIZABLE: "SER",
};

/**
 * The matrix as text: a table for each workload and server, a row for each strategy and level; differences stand
 * out.
 */
export function matrix(cells: readonly CellResult[], paint: Paint): string {
  return groups(cells, ({ workload, server }) => `${workload} on ${server}`)
    .map(([title, of_table]) => `${paint.bold(title)}\n${table(of_table, paint)}`)
    .join("\n\n");
}

function table(cells: readonly CellResult[], paint: Paint): string {
  const figures = [...new Set(cells.flatMap(({ load }) => Object.keys(load?.figures ?? {})))];
  const under_faults = cells.some(({ load }) => load?.faults);
  const head = [
    "strategy",
    "level",
    "interleavings",
    under_faults ? "faults" : "a reply lost",
    "acked / expected",
    ...figures,
    "failed cleanly",
    "ops/s",
    "p50 / p99 ms",
    "verdict",
    "declared",
  ];
  const rows = new Table({ head, style: { head: [], border: [], compact: true } });
  for (const cell of cells) rows.push(row(cell, figures, paint));
  return rows.toString();
}

function row(cell: CellResult, figures: readonly string[], paint: Paint): string[] {
  const { load, explored, declared } = cell;
  const measured = measuredWord(cell);
  return [
    cell.strategy,
    cell.isolation === null ? "" : short_level[cell.isolation],
    explored ? interleavings(explored) : "",
    explored ? faultText(explored, declared) : load ? survivedText(load) : "",
    load ? `${load.acknowledged} / ${load.expected}` : "",
    ...figures.map((figure) => String(load?.figures[figure] ?? "")),
    codesText({ ...explored?.two.failed, ...load?.failed }),
    load ? String(Math.round(load.operations_per_s)) : "",
    load ? latencyText(load) : "",
    anomalyOf(cell) === undefined ? measured : paint.yellow(measured),
    conclusionText(cell, paint),
  ];
}

export function latencyText({ p50_ms, p99_ms }: LoadResult): string {
  return p50_ms === null || p99_ms === null ? "" : `${p50_ms.toFixed(1)} / ${p99_ms.toFixed(1)}`;
}

/** What was measured, in a word: `correct`, or what goes wrong. */
export function measuredWord(cell: CellResult): string {
  const { explored, load } = cell;
  const anomaly = anomalyOf(cell);
  if (anomaly !== undefined) return anomaly;
  if (cell.interrupted) return explored || load ? "broken off" : "not run";
  if (load === undefined) return explored ? "correct" : "not run";
  if (load.verdict.verdict === "unknown") return "unknown";
  if (load.overlapping === 0 && explored === undefined) return "no overlap";
  return load.acknowledged === 0 ? "no progress" : "correct";
}

/** What went wrong without any lost reply or lock. */
function anomalyOf({ explored, load }: CellResult): string | undefined {
  const failure = explored?.two.failure ?? explored?.three?.failure;
  if (failure) return failure.kind;
  return load?.verdict.verdict === "invalid" ? (load.anomaly ?? "invalid") : undefined;
}

/** `all 10, 30`: every interleaving of two clients, and some of three; `all 2000 (3 parts)` if machines shared them. */
export function interleavings({ two, three }: Explorations): string {
  const parts = two.parts === undefined ? "" : ` (${two.parts} parts)`;
  const of_two = `${two.complete ? "all" : "only"} ${two.schedules}${parts}`;
  return three ? `${of_two}, ${three.schedules}` : of_two;
}

/** What a lost reply does, and an expired lock if there is a lock; empty if the strategy fails even without a fault. */
function faultText({ two, reply_lost, lock_lost }: Explorations, { shows = [] }: Promised): string {
  if (two.failure || shows.length > 0) return "";
  const parts: string[] = [];
  if (reply_lost) parts.push(resultOf(reply_lost));
  if (lock_lost) parts.push(`lock expired: ${resultOf(lock_lost)}`);
  return parts.join("; ");
}

function resultOf({ failure, complete, schedules }: ExploreResult): string {
  if (failure) return failure.kind;
  return complete ? `harmless in all ${schedules}` : `harmless in ${schedules}`;
}

/** The faults during the load, and how many operations have an unknown outcome. */
function survivedText({ faults, unknown }: LoadResult): string {
  if (faults === undefined) return "";
  const count = Object.values(unknown).reduce((sum, count) => sum + count, 0);
  return `${codesText(faults)}${count > 0 ? `; ${count} unknown` : ""}`;
}

export function codesText(codes: Codes): string {
  return Object.entries(codes)
    .map(([code, count]) => `${code} ×${count}`)
    .join(", ");
}

function conclusionText({ conclusion }: CellResult, paint: Paint): string {
  if (conclusion === "as declared") return "✓ as declared";
  return conclusion === "different" ? paint.red("✗ DIFFERENT") : paint.yellow("? no verdict");
}
