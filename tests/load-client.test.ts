import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import type { Redis } from "ioredis";
import { expect, inject, test, vi } from "vitest";
import { connectRedis } from "../backends/redis/backend.ts";
import { readHistory } from "../histories/read-history.ts";
import { Recorder } from "../histories/recorder.ts";
import { Connections } from "../matrix/load/connections.ts";
import { runLoad } from "../matrix/load/load.ts";
import { LoadClient } from "../matrix/load/load-client.ts";
import type { Strategy } from "../matrix/strategy.ts";
import { incr } from "../suites/counter/redis/incr.ts";
import { counting } from "../suites/counter/workload.ts";

test("what is not answered for 30 s has an unknown fate, and its client goes on with another connection", async () => {
  const out = await mkdtemp(join(tmpdir(), "raceproof-load-client-"));
  const path = join(out, "history.jsonl");
  await using redis = await connectRedis(inject("servers").redis);
  const key = `${redis.prefix}unanswered`;
  let sent = (): void => {};
  const is_sent = new Promise<void>((resolve) => {
    sent = resolve;
  });
  let stuck: Redis | undefined;
  const strategy: Strategy<Redis> = {
    ...incr,
    async run(client, key, operation, around) {
      if (stuck !== undefined) return incr.run(client, key, operation, around);
      stuck = client;
      sent();
      return client.blpop(`${key}-that-nobody-fills`, 0);
    },
  };
  const size = { clients: 1, operations: 2, seed: 1 };
  const recorder = new Recorder(path, {
    raceproof: 1,
    backend: redis.name,
    server: redis.server,
    strategy: strategy.name,
    isolation: null,
    seed: size.seed,
    clients: size.clients,
    initial: 0,
    started: new Date().toISOString(),
  });
  try {
    await using connections = await Connections.open(redis, strategy, null, 1);
    const run = {
      backend: redis,
      workload: counting,
      strategy,
      isolation: null,
      keys: [key] as [string],
      read_share: 0,
    };
    const stop = new AbortController().signal;
    const load = { ...run, ...size, path, recorder, connections, stop, disturbed: false };
    const client = new LoadClient(load, 0);
    const finished: boolean[] = [];
    const working = client.work(
      () => true,
      (acknowledged) => finished.push(acknowledged),
    );
    await is_sent;
    for (let second = 1; second <= 30; second++) client.checkAnswer();
    await turn();
    expect([finished, stuck?.status]).toEqual([[], "ready"]);
    client.checkAnswer();
    await working;
    expect(finished).toEqual([false, true]);
    expect(connections.of(0).client).not.toBe(stuck);
    recorder.close();
    expect((await readHistory(path)).operations).toMatchObject([
      { process: 0, status: "info", error: "no answer" },
      { process: 1, status: "ok", output: 1 },
    ]);
  } finally {
    recorder.close();
    await rm(out, { recursive: true });
  }
});

test("when the history has reached its limit, the load ends, and says so", async () => {
  const out = await mkdtemp(join(tmpdir(), "raceproof-load-client-"));
  const path = join(out, "history.jsonl");
  await using redis = await connectRedis(inject("servers").redis);
  const size = { clients: 2, operations: 50, seed: 1, read_share: 0, isolation: null };
  const load = { backend: redis, workload: counting, strategy: incr, ...size, path };
  const run = (key: string) => runLoad({ ...load, keys: [redis.prefix + key] });
  const of_counter = async () =>
    (await readHistory(path)).operations.filter(({ f }) => f === "add").length;
  try {
    const whole = await run("whole");
    expect([whole.full, await of_counter()]).toEqual([undefined, 100]);
    const writes = vi.spyOn(Recorder.prototype, "sizeBytes", "get");
    writes.mockReturnValueOnce(0).mockReturnValueOnce(0).mockReturnValue(3e9);
    const cut = await run("cut").finally(() => writes.mockRestore());
    expect([cut.full, await of_counter()]).toEqual([true, 2]);
  } finally {
    await rm(out, { recursive: true });
  }
});
