import { copyFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { Command } from "commander";
import { merge, NotAWhole, type ShardResults } from "../campaign/merge.ts";
import type { CellResult } from "../matrix/result.ts";
import { BadUsage } from "./bad-usage.ts";
import { exitCode } from "./exit-code.ts";
import { giveResults } from "./give-results.ts";
import { resultsIn } from "./read-results.ts";
import { type ReporterFlags, reportersOf, withReporters } from "./reporters.ts";
import { claimOut } from "./results.ts";

interface Flags extends ReporterFlags {
  readonly out: string;
}

/** `raceproof merge FOLDER…`: makes one result of the shards of a run. */
export function mergeCommand(): Command {
  const command = new Command("merge")
    .description("make one result of the shards of a run; refuses overlaps and gaps")
    .argument("<folders...>", "what each shard wrote: its results.json and its histories")
    .option("--out <folder>", "where the whole goes", "raceproof-out");
  return withReporters(command).action(mergeShards);
}

async function mergeShards(folders: string[], flags: Flags): Promise<void> {
  const reporters = reportersOf(flags);
  if (folders.some((folder) => resolve(folder) === resolve(flags.out)))
    throw new BadUsage(`${flags.out} holds a shard; name another folder with --out.`);
  const parts = await Promise.all(folders.map(shardIn));
  const whole = wholeOf(parts);
  await using _out = await claimOut(flags.out);
  const cells = await Promise.all(whole.cells.map((cell) => withHistory(cell, parts, flags.out)));
  const results = { ...whole, cells };
  process.exitCode = exitCode(results);
  await giveResults(results, flags.out, reporters);
}

/** @throws BadUsage when it is no result of a shard */
async function shardIn(folder: string): Promise<ShardResults> {
  const { shard, made_by, ...results } = await resultsIn(folder);
  if (shard === undefined || made_by === undefined)
    throw new BadUsage(`${folder} holds a run without --shard: it is no part of another.`);
  return { folder, results: { ...results, shard, made_by } };
}

function wholeOf(parts: readonly ShardResults[]) {
  try {
    return merge(parts);
  } catch (error) {
    if (error instanceof NotAWhole) throw new BadUsage(error.message);
    throw error;
  }
}

/** Copies the history of a cell. The path in its result may be outdated, as the folder was moved here. */
async function withHistory(
  cell: CellResult,
  parts: readonly ShardResults[],
  out: string,
): Promise<CellResult> {
  if (cell.load === undefined) return cell;
  const name = basename(cell.load.history);
  const [from] = parts.filter(({ results }) =>
    results.cells.some(({ load }) => load === cell.load),
  );
  const history = join(out, name);
  try {
    await copyFile(join(from!.folder, name), history);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new BadUsage(
      code === "ENOENT"
        ? `${join(from!.folder, name)} is missing: bring the histories along with results.json.`
        : `cannot write to ${out} (${message}); name another folder with --out.`,
    );
  }
  return { ...cell, load: { ...cell.load, history } };
}
