import { Command } from "commander";
import { CannotConnect } from "../backends/cannot-connect.ts";
import { paintFor } from "../reports/paint.ts";
import { StatusLine } from "../reports/status-line.ts";
import { type NotRun, summary } from "../reports/summary.ts";
import { ServerUnavailable } from "../servers/unavailable.ts";
import type { CellResult } from "../suites/result.ts";
import { wholeNumber } from "./bad-usage.ts";
import { interruption } from "./interruption.ts";
import { prepareOut, writeResults } from "./results.ts";
import { runSuite } from "./run-suite.ts";
import { select } from "./select.ts";
import { startServers } from "./start-servers.ts";

interface Flags {
  backend?: string;
  strategy?: string;
  isolation?: string;
  clients: string;
  increments: string;
  schedules: string;
  seed?: string;
  server: string[];
  out: string;
  json?: true;
}

const collect = (value: string, before: string[]): string[] => [...before, value];

/** `raceproof run`: every strategy on every backend that can be had, compared with what it promises. */
export function runCommand(): Command {
  return new Command("run")
    .description("every strategy on every backend that can be had; prints the matrix")
    .option("--backend <names>", "only these, comma-separated")
    .option("--strategy <names>", "only these")
    .option("--isolation <levels>", "only these: RU, RC, RR, SER, or the full names")
    .option("--clients <n>", "clients of the load", "5")
    .option("--increments <n>", "increments of each client", "50")
    .option("--schedules <n>", "schedules of three clients, a cell", "30")
    .option("--seed <n>", "repeats all random decisions")
    .option(
      "--server <kind=where>",
      "mysql=local, mysql=container, mysql=URL; again for another",
      collect,
      [],
    )
    .option("--out <folder>", "where histories and results.json go", "raceproof-out")
    .option("--json", "print results.json instead of the matrix")
    .action(run);
}

async function run(flags: Flags): Promise<void> {
  const size = {
    schedules: wholeNumber("--schedules", flags.schedules, 0),
    faults: true,
    clients: wholeNumber("--clients", flags.clients, 1),
    increments: wholeNumber("--increments", flags.increments, 1),
    seed: flags.seed === undefined ? Date.now() % 1_000_000 : wholeNumber("--seed", flags.seed, 0),
  };
  const selection = await select(flags);
  await prepareOut(flags.out);
  using interrupted = interruption();
  const status = new StatusLine();
  status.say(`seed ${size.seed}`);
  const cells: CellResult[] = [];
  const not_run: NotRun[] = [];
  const began = performance.now();
  const kinds = [...new Set(selection.suites.flatMap((suite) => suite.servers))];
  await using servers = startServers(kinds, selection.servers, status, interrupted.signal);
  const suite_run = { ...size, out: flags.out, selection, status, signal: interrupted.signal };
  for (const suite of selection.suites) {
    if (interrupted.signal.aborted) break;
    try {
      for await (const cell of runSuite(suite, servers.ready, suite_run)) cells.push(cell);
    } catch (error) {
      if (interrupted.signal.aborted) break;
      if (!(error instanceof ServerUnavailable || error instanceof CannotConnect)) throw error;
      not_run.push({ backend: suite.backend, reason: error.message });
    }
  }
  status.clear();
  const results = {
    seed: size.seed,
    clients: size.clients,
    increments: size.increments,
    elapsed_s: (performance.now() - began) / 1000,
    interrupted: interrupted.signal.aborted,
    cells,
    not_run,
  };
  const path = await writeResults(flags.out, results);
  if (flags.json) console.log(JSON.stringify(results, null, 2));
  else console.log(summary(results, path, paintFor(process.stdout)));
  process.exitCode = interrupted.signal.aborted ? 130 : exitCode(cells, not_run);
}

/** 0 all as declared, 1 something is not, 2 no verdict on something. */
function exitCode(cells: readonly CellResult[], not_run: readonly NotRun[]): number {
  if (cells.some((cell) => cell.conclusion === "different")) return 1;
  const open = cells.length === 0 || cells.some((cell) => cell.conclusion === "no verdict");
  return open || not_run.length > 0 ? 2 : 0;
}
