/**
 * `npm run readme`: writes the matrix of the last run (raceproof-out/results.json) into README.md, so that
 * what stands there was measured.
 */
import { readFileSync, writeFileSync } from "node:fs";
import type { Isolation } from "../backends/backend.ts";
import type { CellResult } from "../matrix/result.ts";
import { measuredWord, short_level } from "./matrix.ts";
import type { Results } from "./summary.ts";

const levels = Object.keys(short_level) as Isolation[];

/** One table a server, one row a strategy, one column a level; only what was measured. */
export function readmeMatrix(cells: readonly CellResult[]): string {
  return [...new Set(cells.map((cell) => cell.server))]
    .map((server) =>
      table(
        server,
        cells.filter((cell) => cell.server === server),
      ),
    )
    .join("\n\n");
}

function table(server: string, cells: readonly CellResult[]): string {
  const has_levels = cells.some((cell) => cell.isolation !== null);
  const columns = has_levels ? levels : [null];
  const heads = columns.map((level) => (level === null ? "result" : short_level[level]));
  const rows = [...new Set(cells.map((cell) => cell.strategy))].map((strategy) => {
    const of_strategy = cells.filter((cell) => cell.strategy === strategy);
    const results = columns.map((level) => {
      const cell = of_strategy.find(({ isolation }) => isolation === level);
      return cell ? inShort(cell) : "";
    });
    return [`\`${strategy}\``, ...results, underFaults(of_strategy)];
  });
  const head = [server, ...heads, "when a reply (or the lock) is lost"];
  return [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");
}

/** `✓`, `✓ 40001` (keeps every update, and some increments fail cleanly), or what goes wrong. */
function inShort(cell: CellResult): string {
  const word = measuredWord(cell);
  const codes = Object.keys(cell.explored?.two.failed ?? {});
  const wrong = cell.conclusion === "as declared" ? "" : ` (${cell.conclusion})`;
  const good = word === "correct" ? ["✓", ...codes].join(" ") : `**${word}**`;
  return (word === "unique, with gaps" ? word : good) + wrong;
}

function underFaults(cells: readonly CellResult[]): string {
  const kinds = cells.flatMap(({ explored, declared }) => {
    if (explored === undefined || explored.two.failure || declared.updates === "lost") return [];
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
  const readme = readFileSync("README.md", "utf8");
  const between = /(<!-- matrix -->\n)[\s\S]*(<!-- \/matrix -->)/;
  writeFileSync("README.md", readme.replace(between, `$1\n${readmeMatrix(results.cells)}\n\n$2`));
}
