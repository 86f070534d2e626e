import Table from "cli-table3";
import type { Isolation } from "../backends/backend.ts";
import type { CellResult, Codes, Explored, ExploreResult, LoadResult } from "../matrix/result.ts";
import type { Promised } from "../matrix/strategy.ts";
import { type Paint } from "./paint.ts";

/** Short names of the levels, for narrow columns. */
export const short_level: Readonly<Record<Isolation, string>> = {
  "READ UNCOMMITTED": "RU",
  "READ COMMITTED": "RC",
  "REPEATABLE READ": "RR",
  SERIALIZABLE: "SER",
};

const head = [
  "strategy",
  "level",
  "interleavings",
  "a reply lost",
  "acked / expected",
  "lost",
  "twice",
  "failed cleanly",
  "incr/s",
  "p50 / p99 ms",
  "verdict",
  "declared",
];

/** The matrix as text: one table a server, one row a strategy and level; differences stand out. */
export function matrix(cells: readonly CellResult[], paint: Paint): string {
  const servers = [...new Set(cells.map((cell) => cell.server))];
  return servers
    .map((server) => {
      const faults = cells.some(({ load }) => load?.faults);
      const names = head.map((name) => (faults && name === "a reply lost" ? "faults" : name));
      const table = new Table({ head: names, style: { head: [], border: [], compact: true } });
      for (const cell of cells) if (cell.server === server) table.push(row(cell, paint));
      return `${paint.bold(server)}\n${table.toString()}`;
    })
    .join("\n\n");
}

function row(cell: CellResult, paint: Paint): string[] {
  const { load, explored, declared } = cell;
  const measured = measuredWord(cell);
  return [
    cell.strategy,
    cell.isolation === null ? "" : short_level[cell.isolation],
    explored ? interleavings(explored) : "",
    explored ? faultText(explored, declared) : load ? survivedText(load) : "",
    load ? `${load.acknowledged} / ${load.expected}` : "",
    load && declared.updates !== "unique" ? String(load.lost) : "",
    load && declared.updates !== "unique" ? String(load.applied_twice) : "",
    codesText({ ...explored?.two.failed, ...load?.failed }),
    load ? String(Math.round(load.increments_per_s)) : "",
    load ? latencyText(load) : "",
    measured === "loses updates" ? paint.yellow(measured) : measured,
    conclusionText(cell, paint),
  ];
}

function latencyText({ p50_ms, p99_ms }: LoadResult): string {
  return p50_ms === null || p99_ms === null ? "" : `${p50_ms.toFixed(1)} / ${p99_ms.toFixed(1)}`;
}

/** What was measured, in a word. */
export function measuredWord({ declared, explored, load }: CellResult): string {
  const failure = explored?.two.failure ?? explored?.three?.failure;
  if (failure) return failure.kind === "lost update" ? "loses updates" : failure.kind;
  if (load === undefined) return explored ? "correct" : "not run";
  if (load.verdict.verdict === "unknown") return "unknown";
  if (load.verdict.verdict === "valid") {
    if (load.overlapping === 0 && explored === undefined) return "no overlap";
    if (load.acknowledged === 0) return "no progress";
    return declared.updates === "unique" ? "unique, with gaps" : "correct";
  }
  return invalidWord(load);
}

function invalidWord(load: LoadResult): string {
  if (load.lost > 0) return "loses updates";
  return load.applied_twice > 0 ? "counts twice" : "invalid";
}

/** `all 10, 30`: every interleaving of two clients, and some of three. */
function interleavings({ two, three }: Explored): string {
  const of_two = `${two.complete ? "all" : "only"} ${two.schedules}`;
  return three ? `${of_two}, ${three.schedules}` : of_two;
}

/** What a lost reply does, and an expired lock where there is one; nothing new where it fails anyway. */
function faultText({ two, reply_lost, lock_lost }: Explored, declared: Promised): string {
  if (two.failure || declared.updates === "lost") return "";
  const parts: string[] = [];
  if (reply_lost) parts.push(resultOf(reply_lost));
  if (lock_lost) parts.push(`lock expired: ${resultOf(lock_lost)}`);
  return parts.join("; ");
}

function resultOf({ failure, complete, schedules }: ExploreResult): string {
  if (failure) return failure.kind;
  return complete ? `harmless in all ${schedules}` : `harmless in ${schedules}`;
}

/** Faults under load that were survived, and how many increments nobody knows of since. */
function survivedText({ faults, unknown }: LoadResult): string {
  if (faults === undefined) return "";
  const count = Object.values(unknown).reduce((sum, count) => sum + count, 0);
  return `${codesText(faults)}${count > 0 ? `; ${count} unknown` : ""}`;
}

function codesText(codes: Codes): string {
  return Object.entries(codes)
    .map(([code, count]) => `${code} ×${count}`)
    .join(", ");
}

function conclusionText({ conclusion }: CellResult, paint: Paint): string {
  if (conclusion === "as declared") return "✓ as declared";
  return conclusion === "different" ? paint.red("✗ DIFFERENT") : paint.yellow("? no verdict");
}
