import { Command, Option } from "commander";
import type { RunHead } from "../campaign/part.ts";
import { StatusLine } from "../reports/status-line.ts";
import type { Results } from "../reports/summary.ts";
import { wholeNumber } from "./bad-usage.ts";
import { attach, runInQueue } from "./campaign-run.ts";
import { collect } from "./collect.ts";
import { exitCode } from "./exit-code.ts";
import { leftOut, type Pass, passes } from "./faults.ts";
import { finishedCells, headOf, seedToResume } from "./finished-cells.ts";
import { giveResults } from "./give-results.ts";
import { interruption } from "./interruption.ts";
import { listCells } from "./list-cells.ts";
import { notBegun } from "./not-begun.ts";
import { notChosen } from "./not-chosen.ts";
import { madeBy } from "./own-version.ts";
import { mustFitQueue } from "./queue-flags.ts";
import { resultsIn } from "./read-results.ts";
import { type ReporterFlags, reportersOf, withReporters } from "./reporters.ts";
import { claimOut } from "./results.ts";
import { type Found, runPass } from "./run-pass.ts";
import { select } from "./select.ts";
import { type Share, seed_of_shards, shareOf } from "./shard.ts";

interface Flags extends ReporterFlags {
  backend?: string;
  workload?: string;
  strategy?: string;
  isolation?: string;
  clients: string;
  operations: string;
  increments?: string;
  schedules: string;
  fault?: string;
  seed?: string;
  shard?: string;
  times?: string;
  queue?: string;
  name?: string;
  attach?: string;
  jobSchedules: string;
  purge?: true;
  server: string[];
  out: string;
  resume?: true;
  list?: true;
}

/** Schedules for each kind of fault in a cell: enough to try the fault at every step. The tests run all schedules. */
const fault_schedules = 12;

/** `raceproof run`: every strategy on every backend that can be had, compared with what it promises. */
export function runCommand(): Command {
  const command = new Command("run")
    .description("every strategy on every backend that can be had; prints the matrix")
    .option("--backend <names>", "only these, comma-separated")
    .option("--workload <names>", "only these: counter, unique-ids, bank")
    .option("--strategy <names>", "only these")
    .option("--isolation <levels>", "only these: RU, RC, RR, SER, or the full names")
    .option("--clients <n>", "clients of the load", "5")
    .option("--operations <n>", "operations of each client of the load", "20")
    .addOption(new Option("--increments <n>", "as --operations").hideHelp())
    .option("--schedules <n>", "schedules of three clients, a cell", "6")
    .option("--fault <kinds>", "breaks the servers under load: kill, pause, cut, restart")
    .option("--seed <n>", "repeats all random decisions")
    .option(
      "--server <kind=where>",
      "mysql=local, mysql=container, mysql=URL; again for another",
      collect,
      [],
    )
    .option("--shard <part/parts>", "only this part of the cells: 2/5; merge puts them together")
    .option("--times <folder>", "share out the cells by the times that they took in this run")
    .option("--queue <url>", "the cells go to workers: raceproof work --queue redis://host")
    .option("--name <campaign>", "with --queue: what the campaign is called")
    .option("--attach <campaign>", "with --queue: show its progress and take its results")
    .option("--job-schedules <n>", "with --queue: longer searches are divided among jobs", "1000")
    .option("--purge", "with --attach: take what is there, and remove the campaign")
    .option("--resume", "go on with the interrupted run in --out: what it has finished is kept")
    .option("--out <folder>", "where histories, results.json and index.html go", "raceproof-out")
    .option("--list", "say which cells would be run, and run nothing");
  return withReporters(command).action(run);
}

async function run(flags: Flags, command: Command): Promise<void> {
  mustFitQueue(flags, givenOf(command));
  if (flags.attach !== undefined) return attach(flags);
  const size = {
    schedules: wholeNumber("--schedules", flags.schedules, 0),
    fault_schedules,
    clients: wholeNumber("--clients", flags.clients, 1),
    operations: operationsOf(flags),
    seed: seedOf(flags),
  };
  const reporters = reportersOf(flags);
  const selection = await select(flags);
  const head = headOf(flags, size);
  const all = await passes(flags, selection);
  const share = flags.shard === undefined ? undefined : await shareFor(flags, all, head);
  if (flags.list) return listCells(share?.passes ?? all, share?.includes);
  if (flags.queue !== undefined) {
    const job_schedules = wholeNumber("--job-schedules", flags.jobSchedules, 1);
    return runInQueue(flags, { passes: all, size: { ...size, job_schedules }, head });
  }
  await using _out = await claimOut(flags.out);
  const finished = finishedCells(flags, head);
  using interrupted = interruption();
  const { signal } = interrupted;
  const status = new StatusLine();
  status.say([`seed ${size.seed}`, leftOut(flags)].filter(Boolean).join("; "));
  const found: Found = { cells: [], not_run: [] };
  const began = performance.now();
  const { out } = flags;
  const more = { ...size, out, status, finished, signal, includes: share?.includes };
  let trouble: { readonly error: unknown } | undefined;
  try {
    for (const pass of share?.passes ?? all) await runPass(pass, more, found);
  } catch (error) {
    // What was found before the error is still reported.
    trouble = { error };
  }
  status.clear();
  const elsewhere = share?.shard.whole.flat() ?? [];
  if (!signal.aborted && !trouble)
    found.not_run.push(...(await notChosen(flags, selection, found, elsewhere)));
  const results: Results = {
    seed: size.seed,
    clients: size.clients,
    operations: size.operations,
    elapsed_s: (performance.now() - began) / 1000,
    interrupted: signal.aborted,
    ...found,
    ...(signal.aborted
      ? { not_begun: await notBegun(share?.passes ?? all, found, share?.includes) }
      : {}),
    made_by: madeBy(),
    ...(share ? { shard: share.shard } : {}),
  };
  process.exitCode = interrupted.exit_code ?? exitCode(results);
  try {
    await giveResults(results, out, reporters);
  } catch (error) {
    trouble ??= { error };
  }
  if (!results.interrupted && !trouble) finished.end();
  if (trouble) throw trouble.error;
}

/** The flags that stand on the command line. */
const givenOf = (command: Command): string[] =>
  command.options
    .filter((option) => command.getOptionValueSource(option.attributeName()) === "cli")
    .flatMap(({ long }) => long ?? []);

const shareFor = async (flags: Flags, all: readonly Pass[], head: RunHead): Promise<Share> =>
  shareOf(flags.shard!, all, head, flags.times ? await resultsIn(flags.times) : undefined);

function seedOf({ seed, resume, out, shard }: Flags): number {
  if (seed !== undefined) return wholeNumber("--seed", seed, 0);
  if (resume) return seedToResume(out);
  return shard === undefined ? Date.now() % 1_000_000 : seed_of_shards;
}

/** `--increments` is the name of `--operations` from when there was only the counter. @throws BadUsage */
const operationsOf = ({ operations, increments }: Flags): number =>
  increments === undefined
    ? wholeNumber("--operations", operations, 1)
    : wholeNumber("--increments", increments, 1);
