import { createHistogram } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { type Backend, type Isolation, open_gate } from "../backends/backend.ts";
import { judgeError } from "../backends/refused.ts";
import type { Process } from "../histories/event.ts";
import { Recorder } from "../histories/recorder.ts";
import { Connections } from "./connections.ts";
import { type Random, seeded } from "./random.ts";
import type { Strategy } from "./strategy.ts";

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
  /** Called now and then with the increments that are over, however they ended. */
  readonly progress?: (done: number) => void;
  /** Stops between two operations; what was recorded stays. */
  readonly signal?: AbortSignal;
}

/** What the clock says; everything else is in the history. */
export interface Timing {
  readonly elapsed_s: number;
  readonly increments_per_s: number;
  readonly p50_ms: number;
  readonly p99_ms: number;
}

const answer_limit_ms = 30_000;
const progress_every = 64;

/**
 * Clients run freely: each does its increments, with reads mixed in; at the end, at rest, one last read.
 * Everything is recorded in the history at `path`; an operation that threw is `fail` or `info`, as the
 * backend knows the error.
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
    const clients = Array.from(
      { length: run.clients },
      (_, number) => new LoadClient(run, recorder, number, connections),
    );
    const latency_us = createHistogram();
    const begin = performance.now();
    let done = 0;
    const finished = (): void => {
      if (++done % progress_every === 0) run.progress?.(done);
    };
    await Promise.all(clients.map((client) => client.work(latency_us, finished)));
    const elapsed_s = (performance.now() - begin) / 1000;
    if (!run.signal?.aborted)
      for (const client of clients.slice(0, run.keys.length)) await client.read();
    return {
      elapsed_s,
      increments_per_s: done / elapsed_s,
      p50_ms: latency_us.percentile(50) / 1000,
      p99_ms: latency_us.percentile(99) / 1000,
    };
  } finally {
    recorder.close();
  }
}

async function prepare<Client>({ backend, strategy, keys }: LoadRun<Client>): Promise<void> {
  await using session = await backend.open(open_gate);
  for (const key of keys) await strategy.prepare(session.client, key);
}

/** One simulated application instance. */
class LoadClient<Client> {
  readonly #run: LoadRun<Client>;
  readonly #recorder: Recorder;
  readonly #random: Random;
  readonly #number: number;
  readonly #key: string;
  #process: Process;
  readonly #connections: Connections<Client>;
  #requests = 0;

  constructor(
    run: LoadRun<Client>,
    recorder: Recorder,
    number: number,
    connections: Connections<Client>,
  ) {
    this.#run = run;
    this.#recorder = recorder;
    this.#number = number;
    this.#key = run.keys[number % run.keys.length]!;
    this.#process = number;
    this.#connections = connections;
    this.#random = seeded(run.seed * 1000 + number);
  }

  /** All increments of this client, one after the other. */
  async work(latency_us: { record(value: number): void }, finished: () => void): Promise<void> {
    for (let n = 0; n < this.#run.increments && !this.#run.signal?.aborted; n++) {
      if (this.#random() < this.#run.read_share) await this.read();
      const begin = performance.now();
      const ok = await this.#operation("add", 1, () => this.#increment());
      if (ok) latency_us.record(Math.max(1, Math.round((performance.now() - begin) * 1000)));
      finished();
    }
  }

  async read(): Promise<void> {
    const { strategy } = this.#run;
    await this.#operation("read", null, () => strategy.read(this.#client, this.#key));
  }

  #increment(): Promise<number | void> {
    const { strategy } = this.#run;
    const key = this.#key;
    return strategy.increment(this.#client, key, {
      request_id: `${key}:${this.#number}:${this.#requests++}`,
      backoff: (attempt) => sleep(this.#random() * Math.min(2 ** attempt, 100)),
      reconnect: () => this.#connections.replace(this.#number),
    });
  }

  async #operation(f: string, input: unknown, send: () => Promise<unknown>): Promise<boolean> {
    await this.#recorder.invoke(this.#process, f, this.#key, input);
    try {
      const output = await answered(send());
      this.#recorder.ok(this.#process, output ?? null);
      return true;
    } catch (error) {
      if (isBug(error)) throw error;
      const { outcome, code } = judgeError(this.#run.backend, error);
      if (outcome === "fail") this.#recorder.fail(this.#process, code);
      else this.#process = this.#recorder.info(this.#process, code);
      if (outcome === "info" || !this.#connections.of(this.#number).alive)
        await this.#connections.replace(this.#number);
      return false;
    }
  }

  get #client(): Client {
    return this.#connections.of(this.#number).client;
  }
}

class NoAnswer extends Error {
  readonly code = "no answer";
}

/** Passes the promise on; rejects with NoAnswer when it takes longer than any database should. */
function answered<T>(promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new NoAnswer(`no answer within ${answer_limit_ms} ms`)),
      answer_limit_ms,
    );
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** A mistake in the strategy's own code is no outcome of an operation. */
const isBug = (error: unknown): boolean =>
  error instanceof TypeError || error instanceof ReferenceError || error instanceof RangeError;
