import { open_gate } from "../../backends/backend.ts";
import { Recorder } from "../../histories/recorder.ts";
import { sendNemesis } from "../faults/nemesis.ts";
import { fullName } from "../workload.ts";
import { Connections } from "./connections.ts";
import { history_limit_bytes, type Load, LoadClient } from "./load-client.ts";
import type { LoadRun, Timing } from "./load-run.ts";

const progress_every = 64;

/**
 * Clients run freely: each does its operations, with reads mixed in; at the end, at rest, there is one last read.
 * Everything is recorded in the history at `path`; the backend decides whether an operation that threw is `fail`
 * or `info`.
 * @throws ServerUnavailable when a server does not come back after a fault.
 * @throws when the strategy has a bug of its own (a TypeError and the like), or the history cannot be written.
 */
export async function runLoad<Client>(run: LoadRun<Client>): Promise<Timing> {
  await prepare(run);
  const recorder = new Recorder(run.path, {
    raceproof: 1,
    backend: run.backend.name,
    server: run.backend.server,
    strategy: fullName(run.workload, run.strategy),
    isolation: run.isolation,
    seed: run.seed,
    clients: run.clients,
    initial: run.workload.initial,
    started: new Date().toISOString(),
  });
  try {
    const { backend, strategy, isolation } = run;
    await using connections = await Connections.open(backend, strategy, isolation, run.clients);
    const failed = new AbortController();
    const stop = AbortSignal.any([failed.signal, ...(run.signal ? [run.signal] : [])]);
    const disturbed = run.faults !== undefined;
    return await withClients({ ...run, recorder, connections, stop, disturbed }, failed);
  } finally {
    recorder.close();
  }
}

/** @param failed stops the load; aborted here when a client fails */
async function withClients<Client>(load: Load<Client>, failed: AbortController): Promise<Timing> {
  const clients = Array.from({ length: load.clients }, (_, number) => new LoadClient(load, number));
  const counts = { done: 0, acknowledged: 0 };
  const finished = (acknowledged: boolean): void => {
    counts.done++;
    if (acknowledged) counts.acknowledged++;
    if (!load.disturbed && counts.done % progress_every === 0) load.progress?.(counts.done);
  };
  let over = !load.disturbed;
  const begin = performance.now();
  const nemesis = disturb(load, () => counts.acknowledged)?.finally(() => (over = true));
  const watch = setInterval(() => {
    for (const client of clients) client.checkAnswer();
  }, 1_000);
  const working = clients.map((client) => client.work(() => over, finished));
  let elapsed_s: number;
  try {
    await allOrStop([...(nemesis ? [nemesis] : []), ...working], failed);
    elapsed_s = (performance.now() - begin) / 1000;
    // Even after a load that was broken off: without the last read nobody knows what was lost.
    if (load.strategy.read)
      for (const client of clients.slice(0, load.keys.length)) await client.readAtRest();
  } finally {
    clearInterval(watch);
  }
  return {
    ...(nemesis ? { faults: await nemesis } : {}),
    ...(load.recorder.sizeBytes > history_limit_bytes ? { full: true } : {}),
    elapsed_s,
    operations_per_s: counts.done / elapsed_s,
  };
}

/** Starts the planned faults; undefined where there are none. */
function disturb<Client>(
  { faults, recorder, progress, stop }: Load<Client>,
  acknowledged: () => number,
): ReturnType<typeof sendNemesis> | undefined {
  return (
    faults &&
    sendNemesis(faults, {
      recorder,
      acknowledged,
      progress: (over) => progress?.(over),
      signal: stop,
    })
  );
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
