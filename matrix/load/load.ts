import { type Backend, type Isolation, open_gate } from "../../backends/backend.ts";
import { Recorder } from "../../histories/recorder.ts";
import { sendNemesis } from "../faults/nemesis.ts";
import type { PlannedFault } from "../faults/plan.ts";
import type { Codes } from "../result.ts";
import type { Strategy } from "../strategy.ts";
import { Connections } from "./connections.ts";
import { type Load, LoadClient } from "./load-client.ts";

export interface LoadSize {
  readonly clients: number;
  /** Increments of each client. */
  readonly increments: number;
  readonly seed: number;
}

export interface LoadRun<Client> extends LoadSize {
  readonly backend: Backend<Client>;
  readonly strategy: Strategy<Client>;
  readonly isolation: Isolation | null;
  /** The counters: client `n` uses number `n` modulo their count, so one key is the contended case. */
  readonly keys: readonly [string, ...string[]];
  /** How many reads come before an increment, on average. */
  readonly read_share: number;
  /** Where the history goes. */
  readonly path: string;
  /** What is done to the servers meanwhile; clients go on until it is over. */
  readonly faults?: readonly PlannedFault[];
  /** Called now and then with the increments that are over, however they ended; with faults, with those instead. */
  readonly progress?: (done: number) => void;
  /** Stops between two operations; what was recorded stays. */
  readonly signal?: AbortSignal;
}

/** How fast it went, and what was done to the servers meanwhile. */
export interface Timing {
  /** How many faults of each kind were survived; absent where none were planned. */
  readonly faults?: Codes;
  readonly elapsed_s: number;
  readonly increments_per_s: number;
}

const progress_every = 64;

/**
 * Clients run freely: each does its increments, with reads mixed in; at the end, at rest, one last read.
 * Everything is recorded in the history at `path`; an operation that threw is `fail` or `info`, as the
 * backend knows the error.
 * @throws ServerUnavailable when a server does not come back after a fault.
 * @throws when the strategy has a bug of its own (a TypeError and the like), or the history cannot be written.
 */
export async function runLoad<Client>(run: LoadRun<Client>): Promise<Timing> {
  await prepare(run);
  const recorder = new Recorder(run.path, {
    raceproof: 1,
    backend: run.backend.name,
    server: run.backend.server,
    strategy: run.strategy.name,
    isolation: run.isolation,
    seed: run.seed,
    clients: run.clients,
    initial: 0,
    started: new Date().toISOString(),
  });
  try {
    const { backend, strategy, isolation } = run;
    await using connections = await Connections.open(backend, strategy, isolation, run.clients);
    return await withClients(run, recorder, connections);
  } finally {
    recorder.close();
  }
}

async function withClients<Client>(
  run: LoadRun<Client>,
  recorder: Recorder,
  connections: Connections<Client>,
): Promise<Timing> {
  const failed = new AbortController();
  const stop = AbortSignal.any([failed.signal, ...(run.signal ? [run.signal] : [])]);
  const tally = { done: 0, acknowledged: 0 };
  const disturbed = run.faults !== undefined;
  const load: Load<Client> = { ...run, recorder, connections, stop, disturbed };
  const clients = Array.from({ length: run.clients }, (_, number) => new LoadClient(load, number));
  const finished = (acknowledged: boolean): void => {
    tally.done++;
    if (acknowledged) tally.acknowledged++;
    if (!disturbed && tally.done % progress_every === 0) run.progress?.(tally.done);
  };
  const begin = performance.now();
  let over = !disturbed;
  const nemesis =
    run.faults &&
    sendNemesis(run.faults, {
      recorder,
      acknowledged: () => tally.acknowledged,
      progress: (faults) => run.progress?.(faults),
      signal: stop,
    }).finally(() => (over = true));
  const watch = setInterval(() => {
    for (const client of clients) client.checkAnswer();
  }, 1_000);
  const working = clients.map((client) => client.work(() => over, finished));
  let elapsed_s: number;
  try {
    await allOrStop([...(nemesis ? [nemesis] : []), ...working], failed);
    elapsed_s = (performance.now() - begin) / 1000;
    if (!stop.aborted)
      for (const client of clients.slice(0, run.keys.length)) await client.readAtRest();
  } finally {
    clearInterval(watch);
  }
  return {
    ...(nemesis ? { faults: await nemesis } : {}),
    elapsed_s,
    increments_per_s: tally.done / elapsed_s,
  };
}

/** Waits for all of them; the first that fails stops the others. @throws what the first threw */
async function allOrStop(all: readonly Promise<unknown>[], failed: AbortController): Promise<void> {
  let reason: { readonly error: unknown } | undefined;
  const ended = all.map((each) =>
    each.catch((error: unknown) => {
      reason ??= { error };
      failed.abort();
    }),
  );
  await Promise.all(ended);
  if (reason !== undefined) throw reason.error;
}

async function prepare<Client>({ backend, strategy, keys }: LoadRun<Client>): Promise<void> {
  await using session = await backend.open(open_gate);
  for (const key of keys) await strategy.prepare(session.client, key);
}
