import { CannotConnect } from "../backends/cannot-connect.ts";
import type { BackendEntry } from "../matrix/backends.ts";
import type { CellResult } from "../matrix/result.ts";
import type { NotRun } from "../reports/summary.ts";
import type { Server, ServerKind } from "../servers/server.ts";
import { ServerUnavailable } from "../servers/unavailable.ts";
import type { Pass } from "./faults.ts";
import { type BackendRun, RunningBackend } from "./running-backend.ts";
import { startServers } from "./start-servers.ts";

/** Where the results of a run go. */
export interface Found {
  readonly cells: CellResult[];
  readonly not_run: NotRun[];
}

/** Starts the servers of a pass, runs its cells, and says which backends did not run. */
export async function runPass(
  pass: Pass,
  more: Omit<BackendRun, keyof Pass>,
  found: Found,
): Promise<void> {
  const { selection, settings, disturb } = pass;
  const failed = new Set(found.not_run.map(({ backend }) => backend));
  const backends = selection.backends.filter(({ name }) => !failed.has(name));
  const kinds = [...new Set(backends.flatMap((backend) => backend.servers))];
  const disturbed = disturb ? settings : undefined;
  const { status, signal } = more;
  await using servers = startServers(kinds, selection.servers, status, signal, disturbed);
  const run = { ...pass, ...more };
  // What breaks a server would break the connections of all backends that use it.
  const groups = disturb ? backends.map((backend) => [backend]) : [backends];
  for (const group of groups) await runGroup(group, servers.ready, run, found);
}

/** Explores the schedules of these backends side by side, then loads them one after the other. */
async function runGroup(
  backends: readonly BackendEntry[],
  ready: ReadonlyMap<ServerKind, Promise<Server>>,
  run: BackendRun,
  { cells, not_run }: Found,
): Promise<void> {
  if (run.signal.aborted) return;
  const explored = exploringShown(run);
  const open: RunningBackend[] = [];
  const explore = async (backend: BackendEntry): Promise<RunningBackend> => {
    const running = await RunningBackend.open(backend, ready, run);
    open.push(running);
    explored.total += running.cells.length;
    await running.explore(() => explored.one());
    return running;
  };
  try {
    const exploring = backends.map((backend) =>
      orWhyNot(backend, run, not_run, () => explore(backend)),
    );
    for (const [i, running] of (await allEnded(exploring)).entries()) {
      if (!running) continue;
      await orWhyNot(backends[i]!, run, not_run, async () => {
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

/**
 * A server that cannot be had is a reason why a backend did not run. After Ctrl-C nothing needs a reason: whatever
 * is thrown then comes from stopping.
 */
async function orWhyNot<T>(
  { name }: BackendEntry,
  { signal }: BackendRun,
  not_run: NotRun[],
  work: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (signal.aborted) return undefined;
    if (!(error instanceof ServerUnavailable || error instanceof CannotConnect)) throw error;
    not_run.push({ backend: name, reason: error.message });
    return undefined;
  }
}

/** Counts the cells whose schedules are explored, and shows how far they are. */
function exploringShown({ status }: BackendRun): { total: number; one(): void } {
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
