/**
 * The matrix at a glance, in a terminal of any width: for each workload and server, strategies with the same results at
 * every level are shown together, the safe ones first. If there are only a few cells, each gets a few lines instead.
 */
import type { CellResult } from "../matrix/result.ts";
import { groups } from "./groups.ts";
import { codesText, interleavings, latencyText, measuredWord, short_level } from "./matrix.ts";
import type { Paint } from "./paint.ts";
import { signOf, wordOf } from "./sign.ts";
import { isSafe, type Sign, sign_order, sign_words, signs } from "./signs.ts";
import { wrapped } from "./wrap.ts";

/** Up to this many cells are shown in detail. */
const few = 8;
const indent = 2;

/** @param width of the terminal, in columns */
export function glance(cells: readonly CellResult[], width: number, paint: Paint): string {
  const parts = groups(cells, ({ workload, server }) => `${workload} on ${server}`).map(
    ([title, of_server]) =>
      cells.length <= few
        ? [paint.bold(title), ...of_server.flatMap((cell) => details(cell, width, paint))]
        : patterns(title, of_server, width, paint),
  );
  const seen = sign_order.filter((sign) => cells.some((cell) => signOf(cell) === sign));
  const legend = wrapped(
    seen.map((sign) => `${signs[sign]} ${sign_words[sign]}`.replaceAll(" ", "\u00a0")),
    width,
  ).map((line) => line.replaceAll("\u00a0", " ").replaceAll(/ ([✓↻!✗?] )/g, "   $1"));
  return [...parts, legend.map(paint.dim)].map((lines) => lines.join("\n")).join("\n\n");
}

function patterns(
  title: string,
  cells: readonly CellResult[],
  width: number,
  paint: Paint,
): string[] {
  const levels = [...new Set(cells.map(levelOf))];
  const ways = groups(cells, ({ strategy }) => strategy).map(([way, of_way]) => {
    const all = levels.map((level) => of_way.find((cell) => levelOf(cell) === level));
    return { way, all: all.map((cell) => cell && signOf(cell)) };
  });
  const rows = new Map<string, { all: readonly (Sign | undefined)[]; ways: string[] }>();
  for (const { way, all } of ways) {
    const row = rows.get(all.join()) ?? { all, ways: [] };
    row.ways.push(way);
    rows.set(all.join(), row);
  }
  const safe = ways.filter(({ all }) => all.every((sign) => sign === undefined || isSafe(sign)));
  const share = `${safe.length} of ${ways.length} safe at every level`;
  const has_levels = levels.some((level) => level !== "");
  const column = has_levels ? 4 : 2;
  const left = indent + column * levels.length + 1;
  const head = levels.map((level) => level.padEnd(column)).join("");
  const sorted = [...rows.values()].sort((a, b) => heaviest(a.all) - heaviest(b.all));
  return [
    `${paint.bold(title)}   ${paint.dim(has_levels ? share : share.replace(" at every level", ""))}`,
    ...(has_levels ? [paint.dim(" ".repeat(indent) + head.trimEnd())] : []),
    ...sorted.flatMap(({ all, ways }) => {
      const named = ways.map((way, i) => (i < ways.length - 1 ? `${way},` : way));
      const [first = "", ...others] = wrapped(named, Math.max(20, width - left));
      const painted = all.map((sign) => signText(sign, paint) + " ".repeat(column - 1)).join("");
      return [
        `${" ".repeat(indent)}${painted} ${first}`,
        ...others.map((line) => " ".repeat(left) + line),
      ];
    }),
  ];
}

const levelOf = ({ isolation }: CellResult): string =>
  isolation === null ? "" : short_level[isolation];

const weight = (sign: Sign | undefined): number =>
  sign === undefined ? 0 : sign_order.indexOf(sign);

/** By the worst level first, then by how many are that bad. */
const heaviest = (all: readonly (Sign | undefined)[]): number =>
  Math.max(...all.map(weight)) * 100 + all.reduce((sum, sign) => sum + weight(sign), 0);

function signText(sign: Sign | undefined, paint: Paint): string {
  if (sign === undefined) return " ";
  if (sign === "wrong") return paint.red(signs[sign]);
  return sign === "fault" || sign === "unknown" ? paint.yellow(signs[sign]) : signs[sign];
}

/** A line for what was measured, and one for how. */
function details(cell: CellResult, width: number, paint: Paint): string[] {
  const { strategy, isolation, explored, load, conclusion } = cell;
  const sign = signOf(cell);
  const level = isolation === null ? "" : ` at ${isolation}`;
  const word = sign === "safe" ? measuredWord(cell) : wordOf(cell);
  const declared =
    conclusion === "as declared"
      ? conclusion
      : paint.red(conclusion === "different" ? "DIFFERENT" : conclusion);
  const more = [
    ...(explored ? [`interleavings: ${interleavings(explored)}`] : []),
    ...(load ? [`load: ${load.acknowledged} of ${load.expected} acknowledged`] : []),
    ...Object.entries(load?.figures ?? {}).map(([name, value]) => `${name} ${value}`),
    ...(load && Object.keys(load.failed).length > 0
      ? [`failed cleanly: ${codesText(load.failed)}`]
      : []),
    ...(load ? [`${Math.round(load.operations_per_s)} ops/s`] : []),
    ...(load && load.p50_ms !== null ? [`p50 / p99 ${latencyText(load)} ms`] : []),
  ];
  const left = " ".repeat(indent + 2);
  return [
    `${" ".repeat(indent)}${signText(sign, paint)} ${strategy}${level}: ${word} (${declared})`,
    ...wrapped(more.join("; ").split(" "), width - left.length).map((line) => left + line),
  ];
}
