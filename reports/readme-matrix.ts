/**
 * `npm run readme`: writes the matrix of the last run (raceproof-out/results.json) into docs/matrix, a file for
 * each server, and a table of contents into README.md, so that everything there was measured.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import type { Isolation } from "../backends/backend.ts";
import type { CellResult } from "../matrix/result.ts";
import { groups } from "./groups.ts";
import { measuredWord, short_level } from "./matrix.ts";
import { signOf } from "./sign.ts";
import { isSafe } from "./signs.ts";
import type { Results } from "./summary.ts";

const levels = Object.keys(short_level) as Isolation[];

/**
 * A page for each server: a section for each workload, a row for each strategy, a column for each level; only what
 * was measured.
 */
export function matrixPages(cells: readonly CellResult[]): Map<string, string> {
  const pages = groups(cells, ({ backend }) => backend).map(([backend, of_server]) => {
    const sections = groups(of_server, ({ workload }) => workload).map(
      ([workload, of_workload]) => `## ${workload}\n\n${table(of_workload)}`,
    );
    const text = [`# ${of_server[0]!.server}`, legend, ...sections].join("\n\n");
    return [`${backend}.md`, `${text}\n`] as const;
  });
  return new Map(pages);
}

const legend = `Measured by \`npm start -- --backend all\`: all interleavings of two clients with one operation
each, some of three, some with a lost reply, and a load. ✓ nothing went wrong; with a code: some operations fail
cleanly with it and may be tried again. RU, RC, RR, SER are the isolation levels.`;

/** Which strategies are safe at every level: one row for each server, one column for each workload. */
export function contents(cells: readonly CellResult[]): string {
  const workloads = groups(cells, ({ workload }) => workload);
  const rows = groups(cells, ({ backend }) => backend).map(([backend]) => [
    `[${backend}](docs/matrix/${backend}.md)`,
    ...workloads.map(([, all]) => safeOf(all.filter((cell) => cell.backend === backend))),
  ]);
  return markdown(["safe at every level", ...workloads.map(([name]) => name)], rows);
}

/** How many safe strategies are named: the first ones of the lists, which begin with the usual strategies. */
const most_named = 3;

function safeOf(cells: readonly CellResult[]): string {
  const strategies = groups(cells, ({ strategy }) => strategy);
  const safe = strategies
    .filter(([, all]) => all.every((cell) => isSafe(signOf(cell))))
    .map(([name]) => name);
  if (strategies.length === 0) return "";
  const named = safe.slice(0, most_named).join(", ");
  const more = safe.length > most_named ? `, … (${safe.length} of ${strategies.length})` : "";
  return safe.length === 0 ? `none of ${strategies.length}` : `${named}${more}`;
}

function table(cells: readonly CellResult[]): string {
  const has_levels = cells.some((cell) => cell.isolation !== null);
  const columns = has_levels ? levels : [null];
  const heads = columns.map((level) => (level === null ? "result" : short_level[level]));
  const rows = groups(cells, ({ strategy }) => strategy).map(([strategy, of_strategy]) => {
    const results = columns.map((level) => {
      const cell = of_strategy.find(({ isolation }) => isolation === level);
      return cell ? inShort(cell) : "";
    });
    return [`\`${strategy}\``, ...results, underFaults(of_strategy)];
  });
  return markdown(["strategy", ...heads, "when a reply (or the lock) is lost"], rows);
}

function markdown(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");
}

/** `✓`, `✓ 40001` (nothing goes wrong, and some operations fail cleanly), or what goes wrong. */
function inShort(cell: CellResult): string {
  const word = measuredWord(cell);
  const codes = Object.keys(cell.explored?.two.failed ?? {});
  const wrong = cell.conclusion === "as declared" ? "" : ` (${cell.conclusion})`;
  return (word === "correct" ? ["✓", ...codes].join(" ") : `**${word}**`) + wrong;
}

function underFaults(cells: readonly CellResult[]): string {
  const kinds = cells.flatMap(({ explored, declared: { shows = [] } }) => {
    if (explored === undefined || explored.two.failure || shows.length > 0) return [];
    const { reply_lost, lock_lost } = explored;
    return [
      ...(reply_lost?.failure ? [reply_lost.failure.kind] : []),
      ...(lock_lost?.failure ? [`lock expired: ${lock_lost.failure.kind}`] : []),
    ];
  });
  return [...new Set(kinds)].map((kind) => `**${kind}**`).join(", ");
}

if (process.argv[1] === import.meta.filename) {
  const results = JSON.parse(readFileSync("raceproof-out/results.json", "utf8")) as Results;
  mkdirSync("docs/matrix", { recursive: true });
  for (const [name, page] of matrixPages(results.cells)) writeFileSync(`docs/matrix/${name}`, page);
  const readme = readFileSync("README.md", "utf8");
  const between = /(<!-- matrix -->\n)[\s\S]*(<!-- \/matrix -->)/;
  writeFileSync("README.md", readme.replace(between, `$1\n${contents(results.cells)}\n\n$2`));
}
