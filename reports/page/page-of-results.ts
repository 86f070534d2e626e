/** The page of a run: all its cells, their stories, their loads. */
import { basename, join } from "node:path";
import type { CellResult, LoadResult } from "../../matrix/result.ts";
import { brokenOffText } from "../broken-off.ts";
import { short_level } from "../matrix.ts";
import { partsText } from "../parts.ts";
import { signOf, wordOf } from "../sign.ts";
import type { Results } from "../summary.ts";
import { explorationsOf } from "./explorations.ts";
import { drawLoad } from "./load-drawing.ts";
import type { PageCell, PageData, PageLoad } from "./page-data.ts";

/** The most bars of all cells together: as many as a page can hold and a browser can draw. */
const bars_max = 100_000;
const bars_of_a_cell = { least: 60, most: 2_000 };

/**
 * @param folder where the histories are; the path in the results may be outdated, as the folder may have been moved
 * @param made when the results were written
 */
export async function pageOfResults(
  results: Results,
  folder: string,
  made: Date,
): Promise<PageData> {
  const { cells, not_run, interrupted } = results;
  const fair = Math.floor(bars_max / Math.max(1, cells.length));
  const bars = Math.min(bars_of_a_cell.most, Math.max(bars_of_a_cell.least, fair));
  const page_cells: PageCell[] = [];
  const ids = new Set<string>();
  for (const cell of cells) {
    const id = freeName(idOf(cell), ids);
    page_cells.push({ id, ...(await pageCell(cell, folder, bars, made)) });
  }
  return {
    title: "raceproof",
    made: made.toISOString(),
    about: aboutOf(results),
    cells: page_cells,
    not_run,
    interrupted,
  };
}

function aboutOf(results: Results): PageData["about"] {
  const { seed, clients, operations, elapsed_s, cells } = results;
  const loads = cells.some(({ load }) => load);
  const unfinished = [
    brokenOffText(cells),
    ...(results.not_begun ? [`${results.not_begun} more did not begin`] : []),
  ].filter((text) => text !== undefined);
  return [
    ["took", `${Math.floor(elapsed_s / 60)} min ${Math.round(elapsed_s % 60)} s`],
    ["seed", String(seed)],
    ...(loads ? [["load", `${clients} clients, ${operations} operations each`] as const] : []),
    ...(unfinished.length === 0 ? [] : [["cells", unfinished.join(", ")] as const]),
    ...partsText(results).map((text) => ["parts", text] as const),
  ];
}

async function pageCell(
  cell: CellResult,
  folder: string,
  bars: number,
  made: Date,
): Promise<Omit<PageCell, "id">> {
  const { workload, backend, server, strategy, isolation, conclusion, remarks, load } = cell;
  return {
    workload,
    backend,
    server,
    way: strategy,
    ...(isolation === null ? {} : { level: { name: isolation, short: short_level[isolation] } }),
    sign: signOf(cell),
    word: wordOf(cell),
    declared: declaredText(cell),
    conclusion,
    remarks,
    explored: explorationsOf(cell, made),
    ...(load ? { load: await pageLoad(load, folder, bars) } : {}),
  };
}

/** An id that is the same for the same cell in another run. */
const idOf = ({ workload, backend, strategy, isolation }: CellResult): string =>
  [workload, backend, strategy, ...(isolation ? [short_level[isolation].toLowerCase()] : [])].join(
    "/",
  );

/** A run with faults has some cells twice, on servers with other settings. */
function freeName(name: string, taken: Set<string>): string {
  let free = name;
  for (let n = 2; taken.has(free); n++) free = `${name}-${n}`;
  taken.add(free);
  return free;
}

function declaredText({ declared: { shows = [], fails = [], when = {} } }: CellResult): string {
  const parts = [
    ...(shows.length > 0 ? [shows.join(", ")] : []),
    ...(fails.length > 0 ? [`fails cleanly with ${fails.join(", ")}`] : []),
    ...(when.reply_lost ? [`${when.reply_lost[0]} when a reply is lost`] : []),
    ...(when.lock_lost ? [`${when.lock_lost[0]} when the lock expires`] : []),
    ...(when.killed ? [`${when.killed[0]} when the server is killed`] : []),
  ];
  return parts.length === 0 ? "nothing goes wrong" : parts.join("; ");
}

async function pageLoad(load: LoadResult, folder: string, bars: number): Promise<PageLoad> {
  const drawn = await drawLoad(join(folder, basename(load.history)), load, bars);
  return {
    verdict: load.verdict.verdict,
    reason: load.verdict.reason,
    figures: figuresOf(load),
    ...("left_out" in drawn ? drawn : { drawn }),
  };
}

function figuresOf(load: LoadResult): PageLoad["figures"] {
  const { acknowledged, expected, figures, failed, unknown, faults = {} } = load;
  const ms = (value: number | null): string => (value === null ? "–" : `${value.toFixed(1)} ms`);
  return [
    ["acknowledged", `${acknowledged} of ${expected}`],
    ...Object.entries(figures).map(([name, value]) => [name, String(value)] as const),
    ["operations a second", String(Math.round(load.operations_per_s))],
    ["half within", ms(load.p50_ms)],
    ["99 % within", ms(load.p99_ms)],
    ...counts("failed cleanly", failed),
    ...counts("nobody knows", unknown),
    ...counts("faults", faults),
  ];
}

function counts(name: string, codes: Readonly<Record<string, number>>) {
  const all = Object.entries(codes).map(([code, count]) => `${code} ×${count}`);
  return all.length === 0 ? [] : [[name, all.join(", ")] as const];
}
