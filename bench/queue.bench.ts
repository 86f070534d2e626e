/**
 * What a queue costs: the time a job takes besides its work, the memory of a producer with many jobs, and how much
 * faster more workers are where the work is waiting. At most 10 ms a job, 300 MB for 100,000 jobs, and 1.6 × with two
 * workers are wanted.
 *
 * With that, campaigns are simulated that are too large to be run here: first those that were run, so that one sees how
 * far the simulation can be trusted, then 10 to 1,000 workers. See `simulated-campaign.ts`.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Redis } from "ioredis";
import { countsOf, queueOf } from "../campaign/queue/campaign-queue.ts";
import { connectToQueue } from "../campaign/queue/connect.ts";
import { documentKey } from "../campaign/queue/keys.ts";
import { startServer } from "../servers/start.ts";
import { median } from "./calm.ts";
import { printTable } from "./campaign-table.ts";
import { produce } from "./producer.ts";
import { type Costs, simulate } from "./simulated-campaign.ts";
import { type JobTimes, usedMs, WaitingWorkers } from "./waiting-workers.ts";

export default async function queue(): Promise<void> {
  await using server = await startServer("redis", { from: "local", settings: "durable" });
  const redis = await connectToQueue(server.url);
  const folder = await mkdtemp(join(tmpdir(), "raceproof-bench-"));
  try {
    const adding_ms = await memory(redis, server.url);
    const look_ms = await lookMs(redis);
    await using workers = await WaitingWorkers.start(8, redis, server.url, folder);
    const costs = calibrated(await measured(workers), { adding_ms, look_ms });
    printTable(costs);
  } finally {
    redis.disconnect();
    await rm(folder, { recursive: true });
  }
}

/** @returns how long the producer takes to add a job, in ms */
async function memory(redis: Redis, url: string): Promise<number> {
  const jobs = 100_000;
  const { peak_mb, added_ms, redis_mb } = await produce(redis, url, jobs);
  console.log(
    `a producer with ${jobs} jobs: ${peak_mb.toFixed(0)} MB at its peak (wanted: below 300); ` +
      `${(added_ms / 1_000).toFixed(1)} s; ${redis_mb.toFixed(0)} MB in Redis`,
  );
  return added_ms / jobs;
}

/** What it costs Redis that a worker looks whether there is something to do, as `serve` does twice a second. */
async function lookMs(redis: Redis): Promise<number> {
  const looks = 400;
  const queue = await queueOf(redis, "look@redis");
  const rounds_ms: number[] = [];
  for (let round = 0; round < 5; round++) {
    const before_ms = await usedMs(redis);
    for (let i = 0; i < looks; i++)
      await Promise.all([countsOf(queue), redis.exists(documentKey("look"))]);
    rounds_ms.push((await usedMs(redis)) - before_ms);
  }
  await queue.close();
  return Math.min(...rounds_ms) / looks;
}

/** Workers and cells that were really run, some times. */
interface Measured {
  readonly workers: number;
  /** Of a cell. */
  readonly wait_ms: number;
  readonly rounds: readonly JobTimes[];
}

const jobs = 100;
const wait_ms = 50;

/** In turns, as the machine may have more or less to do besides. */
async function measured(workers: WaitingWorkers): Promise<Measured[]> {
  const waiting = [1, 2, 4, 8].map((workers) => ({ workers, wait_ms }));
  const runs = [{ workers: 1, wait_ms: 0 }, ...waiting].map((run) => ({
    ...run,
    rounds: [] as JobTimes[],
  }));
  for (let round = 0; round < 8; round++)
    for (const run of runs) run.rounds.push(await workers.run(jobs, run.workers, run.wait_ms));
  return runs;
}

/** In the round that was disturbed least: whatever else the machine has to do only adds to it. */
const bestOf = ({ rounds }: Measured, time: keyof JobTimes): number =>
  Math.min(...rounds.map((round) => round[time]));

/** How long it takes a worker from one job to the next, besides its work. */
const besides = (run: Measured): number => run.workers * bestOf(run, "each_ms") - run.wait_ms;

/**
 * What a job costs is what one worker measured; what workers on one machine take from each other, as two and four
 * measured it. Then these are simulated, and eight, which were not asked before.
 */
function calibrated(
  runs: readonly Measured[],
  { adding_ms, look_ms }: Pick<Costs, "adding_ms" | "look_ms">,
): Costs {
  const [idle, one, two, four, eight] = runs as [Measured, Measured, Measured, Measured, Measured];
  tellFigures(idle, one, two, four, look_ms);
  const besides_ms = besides(one);
  const lost = (run: Measured): number => (besides(run) - besides_ms) / (run.workers - 1);
  const costs: Costs = {
    ...{ besides_ms, adding_ms, look_ms },
    crowd_ms: Math.max(0, (lost(two) + lost(four)) / 2),
    redis_ms: bestOf(four, "redis_ms"),
  };
  console.log(
    `a job takes ${besides_ms.toFixed(1)} ms besides such a cell, ${costs.redis_ms.toFixed(2)} of them in Redis, ` +
      `and ${costs.crowd_ms.toFixed(2)} more for each further worker on the machine`,
  );
  console.log("ms from one job to the next on this machine: workers, measured, simulated");
  for (const run of [one, two, four, eight]) {
    const all = Array.from({ length: jobs }, () => ({ work_ms: wait_ms }));
    // All jobs were there before.
    const { took_ms } = simulate(all, run.workers, { ...costs, adding_ms: 0 }, run.workers);
    console.log(
      `  ${run.workers}  ${bestOf(run, "each_ms").toFixed(1)}  ${(took_ms / jobs).toFixed(1)}`,
    );
  }
  return costs;
}

function tellFigures(
  idle: Measured,
  one: Measured,
  two: Measured,
  four: Measured,
  look_ms: number,
): void {
  const middle = median(idle.rounds.map(({ each_ms }) => each_ms));
  console.log(
    `a job, with its history, besides its work: ${besides(idle).toFixed(1)} ms, in the middle of ${idle.rounds.length} rounds ${middle.toFixed(1)} ` +
      `(wanted: below 10); of a processor ${bestOf(idle, "worker_ms").toFixed(1)} ms in the worker, ` +
      `${bestOf(idle, "redis_ms").toFixed(2)} in Redis; a look ${look_ms.toFixed(3)} in Redis`,
  );
  const times = (run: Measured): string =>
    (bestOf(one, "each_ms") / bestOf(run, "each_ms")).toFixed(2);
  console.log(
    `cells that wait ${wait_ms} ms: 2 workers ${times(two)} × one (wanted: 1.6), 4 workers ${times(four)} ×`,
  );
}
