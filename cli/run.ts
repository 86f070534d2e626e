import { Command, Option } from "commander";
import type { CellResult } from "../matrix/result.ts";
import { paintFor } from "../reports/paint.ts";
import { StatusLine } from "../reports/status-line.ts";
import { type NotRun, type SummaryOptions, summary } from "../reports/summary.ts";
import { told } from "../reports/told.ts";
import { wholeNumber } from "./bad-usage.ts";
import { collect } from "./collect.ts";
import { leftOut, passes } from "./faults.ts";
import { finishedCells, seedToResume } from "./finished-cells.ts";
import { interruption } from "./interruption.ts";
import { notChosen } from "./not-chosen.ts";
import { report, reportersOf } from "./reporters.ts";
import { claimOut, drawPage, writeResults } from "./results.ts";
import { type Found, runPass } from "./run-pass.ts";
import { select } from "./select.ts";

interface Flags {
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
  server: string[];
  out: string;
  resume?: true;
  json?: true;
  verbose?: true;
  reporter?: string;
}

/** Schedules for each kind of fault in a cell: enough to try the fault at every step. The tests run all schedules. */
const fault_schedules = 12;

/** `raceproof run`: every strategy on every backend that can be had, compared with what it promises. */
export function runCommand(): Command {
  return new Command("run")
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
    .option("--resume", "go on with the interrupted run in --out: what it has finished is kept")
    .option("--out <folder>", "where histories, results.json and index.html go", "raceproof-out")
    .option("--verbose", "also a wide table of everything that was measured")
    .option(
      "--reporter <names>",
      "besides: junit (junit.xml in --out), github (annotations, summary)",
    )
    .option("--json", "print results.json instead")
    .action(run);
}

async function run(flags: Flags): Promise<void> {
  const size = {
    schedules: wholeNumber("--schedules", flags.schedules, 0),
    fault_schedules,
    clients: wholeNumber("--clients", flags.clients, 1),
    operations: operationsOf(flags),
    seed: seedOf(flags),
  };
  const reporters = reportersOf(flags.reporter);
  const selection = await select(flags);
  const all = await passes(flags, selection);
  await using _out = await claimOut(flags.out);
  const finished = finishedCells(flags, size);
  using interrupted = interruption();
  const status = new StatusLine();
  status.say([`seed ${size.seed}`, leftOut(flags)].filter(Boolean).join("; "));
  const found: Found = { cells: [], not_run: [] };
  const { cells, not_run } = found;
  const began = performance.now();
  const more = { ...size, out: flags.out, status, finished, signal: interrupted.signal };
  let trouble: { readonly error: unknown } | undefined;
  try {
    for (const pass of all) await runPass(pass, more, found);
  } catch (error) {
    // What was found before the error is still reported.
    trouble = { error };
  }
  status.clear();
  if (!interrupted.signal.aborted && !trouble)
    not_run.push(...(await notChosen(flags, selection, found)));
  const results = {
    seed: size.seed,
    clients: size.clients,
    operations: size.operations,
    elapsed_s: (performance.now() - began) / 1000,
    interrupted: interrupted.signal.aborted,
    cells,
    not_run,
  };
  let page = "";
  try {
    await writeResults(flags.out, results);
    page = await drawPage(flags.out, results);
  } catch (error) {
    // A full disk, or a folder that was removed meanwhile: the results are still printed.
    trouble ??= { error };
  }
  process.exitCode = interrupted.exit_code ?? exitCode(cells, not_run);
  if (!results.interrupted && !trouble) finished.end();
  if (flags.json) console.log(JSON.stringify(told(results), null, 2));
  else console.log(`${summary(results, shownOn(process.stdout, flags))}\n${page}`);
  await report(reporters, results, flags.out);
  if (trouble) throw trouble.error;
}

/** The width in columns when nobody says it: hardly any terminal is narrower. */
const width_default = 80;

const shownOn = (stream: NodeJS.WriteStream, { verbose }: Flags): SummaryOptions => ({
  width: stream.columns || Number(process.env["COLUMNS"]) || width_default,
  verbose: verbose === true,
  paint: paintFor(stream),
});

function seedOf({ seed, resume, out }: Flags): number {
  if (seed !== undefined) return wholeNumber("--seed", seed, 0);
  return resume ? seedToResume(out) : Date.now() % 1_000_000;
}

/** `--increments` is the name of `--operations` from when there was only the counter. @throws BadUsage */
const operationsOf = ({ operations, increments }: Flags): number =>
  increments === undefined
    ? wholeNumber("--operations", operations, 1)
    : wholeNumber("--increments", increments, 1);

/** 0 = all is as declared, 1 = something is not, 2 = something has no verdict. */
function exitCode(cells: readonly CellResult[], not_run: readonly NotRun[]): number {
  if (cells.some((cell) => cell.conclusion === "different")) return 1;
  const open = cells.length === 0 || cells.some((cell) => cell.conclusion === "no verdict");
  return open || not_run.length > 0 ? 2 : 0;
}
