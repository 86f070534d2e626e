import { CannotConnect } from "../backends/cannot-connect.ts";
import type { CellResult } from "../matrix/result.ts";
import type { NotRun } from "../reports/summary.ts";
import type { Server, ServerKind } from "../servers/server.ts";
import { ServerUnavailable } from "../servers/unavailable.ts";
import type { CounterSuite } from "../suites/counter/counter-suite.ts";
import type { Pass } from "./faults.ts";
import { RunningSuite, type SuiteRun } from "./running-suite.ts";
import { startServers } from "./start-servers.ts";

/** Where the results of a run go. */
export interface Found {
  readonly cells: CellResult[];
  readonly not_run: NotRun[];
}

/** Starts the servers of a pass, runs its cells, and says which backends did not run. */
export async function runPass(
  pass: Pass,
  more: Omit<SuiteRun, keyof Pass>,
  found: Found,
): Promise<void> {
  const { selection, settings, disturb } = pass;
  const failed = new Set(found.not_run.map(({ backend }) => backend));
  const suites = selection.suites.filter(({ backend }) => !failed.has(backend));
  const kinds = [...new Set(suites.flatMap((suite) => suite.servers))];
  const disturbed = disturb ? settings : undefined;
  const { status, signal } = more;
  await using servers = startServers(kinds, selection.servers, status, signal, disturbed);
  const run = { ...pass, ...more };
  // What breaks a server would break the connections of all its suites.
  const groups = disturb ? suites.map((suite) => [suite]) : [suites];
  for (const group of groups) await runGroup(group, servers.ready, run, found);
}

/** Explores the schedules of these suites side by side, then loads them one after the other. */
async function runGroup(
  suites: readonly CounterSuite[],
  ready: ReadonlyMap<ServerKind, Promise<Server>>,
  run: SuiteRun,
  { cells, not_run }: Found,
): Promise<void> {
  if (run.signal.aborted) return;
  const explored = exploringShown(run);
  const open: RunningSuite[] = [];
  const explore = async (suite: CounterSuite): Promise<RunningSuite> => {
    const running = await RunningSuite.open(suite, ready, run);
    open.push(running);
    explored.total += running.cells.length;
    await running.explore(() => explored.one());
    return running;
  };
  try {
    const exploring = suites.map((suite) => orWhyNot(suite, run, not_run, () => explore(suite)));
    for (const [i, running] of (await allEnded(exploring)).entries()) {
      if (!running) continue;
      await orWhyNot(suites[i]!, run, not_run, async () => {
        for await (const cell of running.load()) cells.push(cell);
      });
    }
  } finally {
    await Promise.all(open.map((running) => running[Symbol.asyncDispose]()));
  }
}

/** Waits for all, also after one has failed: its connections are closed only when nobody uses them. */
async function allEnded<T>(all: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(all);
  return Promise.all(all);
}

/** A server that cannot be had is a reason not to run; what comes of an interruption is no reason at all. */
async function orWhyNot<T>(
  { backend }: CounterSuite,
  { signal }: SuiteRun,
  not_run: NotRun[],
  work: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (signal.aborted) return undefined;
    if (!(error instanceof ServerUnavailable || error instanceof CannotConnect)) throw error;
    not_run.push({ backend, reason: error.message });
    return undefined;
  }
}

/** Counts the cells whose schedules are explored, and shows how far they are. */
function exploringShown({ status }: SuiteRun): { total: number; one(): void } {
  let done = 0;
  const began = performance.now();
  return {
    total: 0,
    one() {
      done++;
      status.show("exploring schedules: cell", done, this.total, undefined, began);
    },
  };
}
