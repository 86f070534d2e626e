/** `--shard 2/5`: this run does the second of five parts of its cells, on a machine of its own. */
import { type CellName, cellText } from "../campaign/cell-name.ts";
import type { RunHead, Shard } from "../campaign/part.ts";
import { shareOut } from "../campaign/shards.ts";
import { timesOf } from "../campaign/times.ts";
import type { Results } from "../reports/summary.ts";
import { BadUsage } from "./bad-usage.ts";
import { cellsOfPass } from "./cells-of.ts";
import type { Pass } from "./faults.ts";

/** What this run does of a whole one. */
export interface Share {
  readonly shard: Shard;
  /** With only the backends that it needs. */
  readonly passes: readonly Pass[];
  readonly includes: (cell: CellName) => boolean;
}

/** The seed of all shards unless they are given another: they must decide alike. */
export const seed_of_shards = 1;

/**
 * @param flag `2/5`
 * @param earlier results whose times share out the cells
 * @throws BadUsage for a shard that cannot be
 */
export async function shareOf(
  flag: string,
  passes: readonly Pass[],
  run: RunHead,
  earlier: Results | undefined,
): Promise<Share> {
  const { number, of } = read(flag);
  const cells = (await Promise.all(passes.map(cellsOfPass))).flat();
  if (of > cells.length)
    throw new BadUsage(`--shard ${flag}: there are only ${cells.length} cells to share out.`);
  const whole = shareOut(cells, timesOf(cells, earlier), of);
  const mine = new Set(whole[number - 1]!.map(cellText));
  const includes = (cell: CellName): boolean => mine.has(cellText(cell));
  const known = new Set(cells.map(({ backend }) => backend));
  const needed = new Set(whole[number - 1]!.map(({ backend }) => backend));
  const own = passes.map((pass) => {
    const backends = pass.selection.backends.filter(
      // What cannot be run anywhere, because its driver is missing, is told by the first shard.
      ({ name }) => needed.has(name) || (number === 1 && !known.has(name)),
    );
    return { ...pass, selection: { ...pass.selection, backends } };
  });
  return { shard: { number, of, run: withoutGaps(run), whole }, passes: own, includes };
}

function read(flag: string): { number: number; of: number } {
  const [, number, of] = (/^(\d+)\/(\d+)$/.exec(flag) ?? []).map(Number);
  if (number === undefined || of === undefined || number < 1 || number > of)
    throw new BadUsage(`--shard takes a part of a whole, such as 2/5, not "${flag}".`);
  return { number, of };
}

/** As it will be read from the results again: what was not given is not in it. */
const withoutGaps = (run: RunHead): RunHead => JSON.parse(JSON.stringify(run)) as RunHead;
