import Table from "cli-table3";
import type { Isolation } from "../backends/backend.ts";
import type { CellResult, Codes, ExploreResult, LoadResult } from "../suites/result.ts";
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
  "explored",
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
      const table = new Table({ head: [...head], style: { head: [], border: [], compact: true } });
      for (const cell of cells) if (cell.server === server) table.push(row(cell, paint));
      return `${paint.bold(server)}\n${table.toString()}`;
    })
    .join("\n\n");
}

function row(cell: CellResult, paint: Paint): string[] {
  const { load, explore, declared } = cell;
  const measured = measuredWord(cell);
  return [
    cell.strategy,
    cell.isolation === null ? "" : short_level[cell.isolation],
    explore ? exploreText(explore) : "",
    load ? `${load.acknowledged} / ${load.expected}` : "",
    load && declared.updates !== "unique" ? String(load.lost) : "",
    load && declared.updates !== "unique" ? String(load.applied_twice) : "",
    codesText({ ...explore?.failed, ...load?.failed }),
    load ? String(Math.round(load.increments_per_s)) : "",
    load ? `${load.p50_ms.toFixed(1)} / ${load.p99_ms.toFixed(1)}` : "",
    measured === "loses updates" ? paint.yellow(measured) : measured,
    conclusionText(cell, paint),
  ];
}

/** What was measured, in a word. */
export function measuredWord({ declared, explore, load }: CellResult): string {
  if (explore?.failure) return explore.failure.class;
  if (load === undefined) return explore ? "correct" : "not run";
  if (load.verdict.verdict === "unknown") return "unknown";
  if (load.verdict.verdict === "valid") {
    if (load.overlapping === 0 && explore === undefined) return "no overlap";
    return declared.updates === "unique" ? "unique, with gaps" : "correct";
  }
  return invalidWord(load);
}

function invalidWord(load: LoadResult): string {
  if (load.lost > 0) return "loses updates";
  return load.applied_twice > 0 ? "counts twice" : "invalid";
}

function exploreText(explore: ExploreResult): string {
  const what = explore.complete ? "all" : "some";
  return `${what} ${explore.schedules}${explore.pruned > 0 ? ` (+${explore.pruned} pruned)` : ""}`;
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
