/**
 * What a queue costs: the time a job takes besides its work, the memory of a producer with many jobs, and how much
 * faster more workers are where the work is waiting. From that, a small simulation of campaigns that are too large to
 * be run here: where the queue, the slowest cell or the splitting becomes the limit.
 *
 * At most 10 ms a job, 300 MB for 100,000 jobs, and 1.6 × with two workers are wanted.
 */
import { setMaxListeners } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Redis } from "ioredis";
import { purge, putCampaign, Queues } from "../campaign/queue/campaign-queue.ts";
import { connectToQueue } from "../campaign/queue/connect.ts";
import type { Campaign } from "../campaign/queue/document.ts";
import type { Hands } from "../campaign/queue/hands.ts";
import { serve } from "../campaign/queue/serve.ts";
import type { CellResult } from "../matrix/result.ts";
import { seeds } from "../schedules/search/sample.ts";
import { startServer } from "../servers/start.ts";

export default async function queue(): Promise<void> {
  await using server = await startServer("redis", { from: "local", settings: "durable" });
  const redis = await connectToQueue(server.url);
  const folder = await mkdtemp(join(tmpdir(), "raceproof-bench-"));
  try {
    // First, while this process has done nothing else.
    await memory(redis);
    await overhead(redis, folder);
    await speedup(redis, folder);
    simulate(await queueMs(redis, folder));
  } finally {
    redis.disconnect();
    await rm(folder, { recursive: true });
  }
}

/** A campaign of so many cells, none of which is ever run. */
const campaignOf = (name: string, count: number): Campaign => ({
  ...{ format: 1, name, raceproof: "bench", run: {} },
  size: {
    schedules: 6,
    fault_schedules: 12,
    clients: 5,
    operations: 20,
    seed: 1,
    job_schedules: 1_000,
  },
  cells: Array.from({ length: count }, (_, i) => ({
    cell: {
      ...{ workload: "counter", backend: "redis", strategy: `bench-${i}` },
      ...{ isolation: null, settings: null },
    },
  })),
});

/** A history as long as that of a cell in a run without options. */
const history =
  `${JSON.stringify({ index: 0, process: 1, type: "invoke", f: "increment" })}\n`.repeat(250);

/** Workers in this process that wait instead of measuring: all that a queue sees of them. @returns how long it took, in ms */
async function serveAll(
  redis: Redis,
  folder: string,
  campaign: Campaign,
  { workers, wait_ms }: { readonly workers: number; readonly wait_ms: number },
): Promise<number> {
  await putCampaign(redis, campaign);
  const ended = new AbortController();
  setMaxListeners(0, ended.signal); // one for each worker
  const hands: Hands = {
    ...{ redis, concurrency: 1, lost_after_ms: 30_000, folder, keep_in: folder },
    made_by: { raceproof: "bench", node: process.version },
    signal: ended.signal,
    say: () => undefined,
    async run({ cell }, { out }) {
      await sleep(wait_ms);
      const path = join(out, "history.jsonl");
      await writeFile(path, history);
      return resultOf(cell.strategy, path);
    },
  };
  const began = performance.now();
  const serving = Array.from({ length: workers }, () => serve(hands));
  await using queues = await Queues.of(redis, campaign);
  while ((await queues.counts()).over < campaign.cells.length) await sleep(50);
  const took_ms = performance.now() - began;
  ended.abort();
  await Promise.all(serving);
  await purge(redis, campaign.name);
  return took_ms;
}

const resultOf = (strategy: string, path: string): CellResult => ({
  ...{ workload: "counter", backend: "redis", server: "Redis", strategy, isolation: null },
  declared: {},
  load: {
    history: path,
    ...{ expected: 100, acknowledged: 100, final: 100, figures: {}, failed: {}, unknown: {} },
    ...{ overlapping: 100, elapsed_s: 1, operations_per_s: 100, p50_ms: 1, p99_ms: 2 },
    verdict: { checker: "lost-updates", verdict: "valid", reason: "All are there." },
  },
  ...{ conclusion: "as declared", remarks: [] },
});

async function overhead(redis: Redis, folder: string): Promise<void> {
  const jobs = 1_000;
  const size = { workers: 1, wait_ms: 0 };
  const before_ms = await usedMs(redis);
  const before = process.cpuUsage();
  const took_ms = await serveAll(redis, folder, campaignOf("overhead", jobs), size);
  const { user, system } = process.cpuUsage(before);
  const each = (ms: number): string => (ms / jobs).toFixed(2);
  console.log(
    `a job, with its history, besides its work: ${each(took_ms)} ms (wanted: below 10); ` +
      `of a processor ${each((user + system) / 1_000)} ms here, ${each((await usedMs(redis)) - before_ms)} ms in Redis`,
  );
}

/** The processor time that Redis says it has used. */
async function usedMs(redis: Redis): Promise<number> {
  const info = await redis.info("cpu");
  const of = (name: string): number => Number(new RegExp(`${name}:([\\d.]+)`).exec(info)?.[1]);
  return 1_000 * (of("used_cpu_user") + of("used_cpu_sys"));
}

/** What a job costs Redis, which does one thing at a time. */
async function queueMs(redis: Redis, folder: string): Promise<number> {
  const jobs = 1_000;
  const before_ms = await usedMs(redis);
  await serveAll(redis, folder, campaignOf("crowd", jobs), { workers: 8, wait_ms: 0 });
  const each_ms = ((await usedMs(redis)) - before_ms) / jobs;
  console.log(`a job costs Redis ${each_ms.toFixed(2)} ms of a processor`);
  return each_ms;
}

async function speedup(redis: Redis, folder: string): Promise<void> {
  const took = new Map<number, number>();
  for (const workers of [1, 2, 4]) {
    const campaign = campaignOf(`workers-${workers}`, 100);
    took.set(workers, await serveAll(redis, folder, campaign, { workers, wait_ms: 50 }));
  }
  const times = (workers: number): string => (took.get(1)! / took.get(workers)!).toFixed(2);
  console.log(
    `cells that wait 50 ms: 2 workers ${times(2)} × one (wanted: 1.6), 4 workers ${times(4)} ×`,
  );
}

async function memory(redis: Redis): Promise<void> {
  const jobs = 100_000;
  const campaign = campaignOf("memory", jobs);
  const before_mb = process.memoryUsage().rss / 2 ** 20;
  let most = 0;
  const look = setInterval(() => (most = Math.max(most, process.memoryUsage().rss)), 20);
  const began = performance.now();
  await putCampaign(redis, campaign);
  clearInterval(look);
  const took_s = (performance.now() - began) / 1_000;
  const mb = Math.max(most, process.memoryUsage().rss) / 2 ** 20;
  const used = /used_memory:(\d+)/.exec(await redis.info("memory"))?.[1];
  console.log(
    `a producer with ${jobs} jobs: ${mb.toFixed(0)} MB (wanted: below 300), ${before_mb.toFixed(0)} MB of it before; ${took_s.toFixed(1)} s; ` +
      `${(Number(used) / 2 ** 20).toFixed(0)} MB in Redis`,
  );
  await purge(redis, campaign.name);
}

/** A cell in a run without options has about 100 schedules of about 5 ms, and a load: see `npm run bench -- schedules`. */
const schedules_of_a_cell = 100;
const cell_ms = 500;
/** Some cells wait for time limits: one in a hundred takes so many times as long. */
const slow = { one_in: 100, times: 20 };

/**
 * Workers take cells from one queue; whoever is free first takes the next one. Redis does one thing at a time, and
 * each job keeps it busy for a while.
 */
function simulate(queue_ms: number): void {
  console.log(
    "simulated: schedules on workers: how long, how much of it they work, what is the limit",
  );
  for (const schedules of [1e4, 1e6, 1e8])
    for (const workers of [10, 100, 1_000]) {
      const cells = schedules / schedules_of_a_cell;
      const { took_ms, worked_ms, waited_ms } = campaign(cells, workers, queue_ms);
      const busy = Math.round((100 * worked_ms) / (took_ms * workers));
      const idle_ms = took_ms * workers - worked_ms - waited_ms;
      const limit =
        busy > 80 ? "the work itself" : waited_ms > idle_ms ? "the queue" : "the slowest cell";
      console.log(
        `  10^${Math.log10(schedules)} on ${workers}: ${(took_ms / 1_000).toFixed(0)} s, ${busy} %, ${limit}`,
      );
    }
}

function campaign(cells: number, workers: number, queue_ms: number) {
  const random = seeds(1);
  const free_at = new Float64Array(workers);
  let [queue_free_at, took_ms, worked_ms, waited_ms] = [0, 0, 0, 0];
  for (let cell = 0; cell < cells; cell++) {
    const asks_at = free_at[0]!;
    const begins_at = Math.max(asks_at, queue_free_at) + queue_ms;
    queue_free_at = begins_at;
    const is_slow = Math.abs(random()) % slow.one_in === 0;
    const takes_ms = cell_ms * (is_slow ? slow.times : 1);
    waited_ms += begins_at - asks_at;
    worked_ms += takes_ms;
    took_ms = Math.max(took_ms, begins_at + takes_ms);
    putFirst(free_at, begins_at + takes_ms);
  }
  return { took_ms, worked_ms, waited_ms };
}

/** Replaces the smallest of a heap. */
function putFirst(heap: Float64Array, value: number): void {
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && heap[child + 1]! < heap[child]!) child++;
    if (heap[child]! >= value) break;
    heap[at] = heap[child]!;
    at = child;
  }
  heap[at] = value;
}
