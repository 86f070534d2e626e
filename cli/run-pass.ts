import { HistoryError } from "../histories/history-error.ts";
import type { BackendEntry } from "../matrix/backends.ts";
import type { CellResult } from "../matrix/result.ts";
import type { NotRun } from "../reports/summary.ts";
import type { Server, ServerKind } from "../servers/server.ts";
import type { Pass } from "./faults.ts";
import { type BackendRun, RunningBackend } from "./running-backend.ts";
import { startServers } from "./start-servers.ts";
import { whyNot } from "./why-not.ts";

/** What a run has found so far; each pass adds to it. */
export interface Found {
  readonly cells: CellResult[];
  readonly not_run: NotRun[];
}

type Ready = ReadonlyMap<ServerKind, Promise<Server>>;

/**
 * Starts the servers of a pass, runs its cells, and says which backends did not run.
 * @throws HistoryError when histories cannot be written
 */
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
  // A fault breaks the connections of all backends that use the server, so backends then run one after the other.
  const groups = disturb ? backends.map((backend) => [backend]) : [backends];
  for (const group of groups) await runGroup(group, servers.ready, run, found);
}

/** Explores the schedules of these backends side by side, then loads them one after the other. */
async function runGroup(
  backends: readonly BackendEntry[],
  ready: Ready,
  run: BackendRun,
  { cells, not_run }: Found,
): Promise<void> {
  if (run.signal.aborted) return;
  const explored = exploringShown(run);
  const open: RunningBackend[] = [];
  /** If one server fails, the other backends go on. */
  const orWhyNot = async (
    entry: BackendEntry,
    state: () => NotRun["state"],
    work: () => Promise<void>,
  ): Promise<void> => {
    try {
      await work();
    } catch (error) {
      // After an interruption no reason is needed: whatever is thrown comes from stopping.
      if (run.signal.aborted && state() !== "not cleaned up") return;
      if (error instanceof HistoryError) throw error;
      const servers = await startedOf(entry, ready);
      // A server of ours is removed with all that is in it, so nothing has to be cleaned up.
      if (state() === "not cleaned up" && !servers.some(({ source }) => source === "url")) return;
      const product = open.find((running) => running.entry === entry)?.cells[0]?.server;
      const reason = await whyNot(error, product ?? entry.name, servers, run.status);
      not_run.push({ backend: entry.name, state: state(), reason });
    }
  };
  const exploring = backends.map((entry) =>
    orWhyNot(
      entry,
      () => "not run",
      async () => {
        const running = await RunningBackend.open(entry, ready, run);
        open.push(running);
        explored.total += running.cells.length;
        await running.explore(() => explored.one());
      },
    ),
  );
  try {
    await Promise.all(exploring);
    for (const entry of backends) {
      const running = open.find((running) => running.entry === entry);
      if (running === undefined) continue;
      const before = cells.length;
      const state = (): NotRun["state"] => (cells.length > before ? "broken off" : "not run");
      await orWhyNot(entry, state, async () => {
        for await (const cell of running.load()) cells.push(cell);
      });
    }
  } finally {
    for (const running of open)
      await orWhyNot(
        running.entry,
        () => "not cleaned up",
        () => running[Symbol.asyncDispose](),
      );
  }
}

/** Those servers of a backend that have started. */
async function startedOf({ servers }: BackendEntry, ready: Ready): Promise<Server[]> {
  const settled = await Promise.allSettled(servers.map((kind) => ready.get(kind)!));
  return settled.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
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
