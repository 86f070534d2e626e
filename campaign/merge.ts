/** Puts the results of all shards of a run together: only if each cell is there, exactly once. */
import { backends } from "../matrix/backends.ts";
import type { CellResult } from "../matrix/result.ts";
import type { NotRun, Results } from "../reports/summary.ts";
import { type CellName, cellText, nameOfResult } from "./cell-name.ts";
import type { MadeBy, Shard } from "./part.ts";

/** The results do not make one whole: a sentence that says which of them, and why. */
export class NotAWhole extends Error {
  override readonly name = "NotAWhole";
}

/** The result of one shard, and where it was read. */
export interface ShardResults {
  readonly folder: string;
  readonly results: Results & { readonly shard: Shard; readonly made_by: MadeBy };
}

/** @throws NotAWhole when parts overlap, leave gaps, were broken off, or are of different runs */
export function merge(parts: readonly ShardResults[]): Results {
  const all = [...parts].sort((a, b) => a.results.shard.number - b.results.shard.number);
  const [first] = all;
  if (first === undefined) throw new NotAWhole("There is nothing to merge.");
  // Neighbours: so two of the same number meet, whichever it is.
  for (const [i, part] of all.slice(1).entries()) mustBelongTogether(all[i]!, part);
  mustBeAll(all, first);
  for (const part of all) mustHaveItsCells(part);
  const { seed, clients, operations } = first.results;
  return {
    seed,
    clients,
    operations,
    elapsed_s: Math.max(...all.map(({ results }) => results.elapsed_s)),
    interrupted: false,
    cells: all.flatMap(({ results }) =>
      results.cells.map((cell) => ({ ...cell, part: nameOf(results.shard) })),
    ),
    not_run: withoutRepeats(all.flatMap(({ results }) => results.not_run)),
    parts: all.map(({ results: { shard, made_by, cells } }) => ({
      name: nameOf(shard),
      ...made_by,
      cells: cells.length,
    })),
  };
}

const nameOf = ({ number, of }: Shard): string => `shard ${number} of ${of}`;
const told = ({ folder, results }: ShardResults): string => `${folder} (${nameOf(results.shard)})`;

function mustBelongTogether(one: ShardResults, other: ShardResults): void {
  const a = one.results.shard;
  const b = other.results.shard;
  if (a.of !== b.of)
    throw new NotAWhole(`${told(one)} and ${told(other)} are of different divisions.`);
  const key = [...new Set([...Object.keys(a.run), ...Object.keys(b.run)])].find(
    (key) => a.run[key] !== b.run[key],
  );
  if (key !== undefined)
    throw new NotAWhole(
      `${told(one)} and ${told(other)} are of different runs: ` +
        `${key} ${a.run[key] ?? "not given"}, and ${b.run[key] ?? "not given"}.`,
    );
  if (a.number === b.number)
    throw new NotAWhole(`${one.folder} and ${other.folder} are both ${nameOf(a)}: they overlap.`);
  mustDivideAlike(one, other);
}

/** Other times, or another version with other strategies, divide the cells in another way. */
function mustDivideAlike(one: ShardResults, other: ShardResults): void {
  const [a, b] = [one, other].map(({ results }) => placesIn(results.shard));
  const moved = [...a!.keys(), ...b!.keys()].find((text) => a!.get(text) !== b!.get(text));
  if (moved === undefined) return;
  const where = (place: number | undefined): string =>
    place === undefined ? "nowhere" : `in shard ${place}`;
  throw new NotAWhole(
    `${told(one)} and ${told(other)} divide the cells differently: ` +
      `${moved} is ${where(a!.get(moved))}, and ${where(b!.get(moved))}. Give all shards the same --times.`,
  );
}

const placesIn = ({ whole }: Shard): Map<string, number> =>
  new Map(whole.flatMap((cells, i) => cells.map((cell) => [cellText(cell), i + 1] as const)));

function mustBeAll(parts: readonly ShardResults[], { results }: ShardResults): void {
  const { of, whole } = results.shard;
  const there = new Set(parts.map(({ results }) => results.shard.number));
  const missing = whole.flatMap((cells, i) => (there.has(i + 1) ? [] : [{ number: i + 1, cells }]));
  if (missing.length === 0) return;
  const names = missing.map(
    ({ number, cells }) =>
      `shard ${number} of ${of} is missing, with ${someOf(cells.map(cellText))}`,
  );
  throw new NotAWhole(`${names.join("; ")}.`);
}

/** A cell that did not run for a reason that its results tell is no gap: the merged results tell it, too. */
function mustHaveItsCells(part: ShardResults): void {
  const { shard, cells, not_run, interrupted } = part.results;
  if (interrupted)
    throw new NotAWhole(
      `${told(part)} was interrupted: the same command with --resume finishes it.`,
    );
  const left = new Map(shard.whole[shard.number - 1]!.map((cell) => [cellText(cell), cell]));
  for (const cell of cells) {
    const name = namesFor(cell).find((text) => left.delete(text));
    if (name === undefined)
      throw new NotAWhole(
        `${told(part)} has ${cellText(nameOfResult(cell))} twice, or it is another shard's: they overlap.`,
      );
  }
  const excused = new Set(not_run.map(({ backend }) => backend));
  const gaps = [...left.values()].filter(({ backend }) => !excused.has(backend));
  if (gaps.length > 0)
    throw new NotAWhole(`${told(part)} has no result of ${someOf(gaps.map(cellText))}.`);
}

/** By the name of the backend that answered, or of the one that was asked for. */
function namesFor(cell: CellResult): string[] {
  const asked = backends.filter(({ or = [] }) => or.includes(cell.backend)).map(({ name }) => name);
  const named = (backend: string): CellName => ({ ...nameOfResult(cell), backend });
  return [cell.backend, ...asked].map((backend) => cellText(named(backend)));
}

const shown_max = 5;

function someOf(names: readonly string[]): string {
  const more = names.length - shown_max;
  return names.slice(0, shown_max).join(", ") + (more > 0 ? ` and ${more} more` : "");
}

function withoutRepeats(all: readonly NotRun[]): NotRun[] {
  const seen = new Map(all.map((one) => [`${one.backend} ${one.state} ${one.reason}`, one]));
  return [...seen.values()];
}
