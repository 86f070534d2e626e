/** Campaigns that are really run, by processes that only wait: what their jobs cost. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Redis } from "ioredis";
import { purge, putCampaign, Queues } from "../campaign/queue/campaign-queue.ts";
import type { Campaign } from "../campaign/queue/document.ts";
import type { Answer, Asked } from "./waiting-worker.ts";

/** A campaign of so many cells. */
export const campaignOf = (name: string, count: number): Campaign => ({
  ...{ format: 1, name, raceproof: "bench", run: {} },
  size: {
    ...{ schedules: 6, fault_schedules: 12, clients: 5, operations: 20, seed: 1 },
    job_schedules: 1_000,
  },
  cells: Array.from({ length: count }, (_, i) => ({
    cell: {
      ...{ workload: "counter", backend: "redis", strategy: `bench-${i}` },
      ...{ isolation: null, settings: null },
    },
  })),
});

/** What a job took or used, in ms. */
export interface JobTimes {
  /** From the end of one job to the end of the next, whoever did it, when all workers are under way. */
  readonly each_ms: number;
  /** Of a processor, in a worker. */
  readonly worker_ms: number;
  /** Of a processor, in Redis. */
  readonly redis_ms: number;
}

export class WaitingWorkers implements AsyncDisposable {
  readonly #redis: Redis;
  readonly #children: readonly ChildProcess[];

  private constructor(redis: Redis, children: readonly ChildProcess[]) {
    this.#redis = redis;
    this.#children = children;
  }

  static async start(
    count: number,
    redis: Redis,
    url: string,
    folder: string,
  ): Promise<WaitingWorkers> {
    const file = join(import.meta.dirname, "waiting-worker.ts");
    const children = Array.from({ length: count }, () => fork(file));
    await Promise.all(children.map((child) => ask(child, { to: "connect", url, folder })));
    return new WaitingWorkers(redis, children);
  }

  /** Has a campaign done by some of the workers. */
  async run(jobs: number, workers: number, wait_ms: number): Promise<JobTimes> {
    const redis = this.#redis;
    const campaign = campaignOf("waiting", jobs);
    await putCampaign(redis, campaign);
    const before_ms = await usedMs(redis);
    const children = this.#children.slice(0, workers);
    await Promise.all(children.map((child) => ask(child, { to: "serve", wait_ms })));
    await using queues = await Queues.of(redis, campaign);
    while ((await queues.counts()).over < jobs) await sleep(50);
    const redis_ms = (await usedMs(redis)) - before_ms;
    const used = await Promise.all(children.map((child) => ask(child, { to: "stop" })));
    const queue = queues.for({ backend: "redis" });
    const [failed] = await queue.getJobs("failed");
    if (failed) throw new Error(`a job failed: ${failed.failedReason}`);
    const done = await queue.getJobs("completed");
    const ends_ms = done.map(({ finishedOn }) => finishedOn!).sort((a, b) => a - b);
    const begun = 2 * workers;
    await purge(redis, campaign.name);
    return {
      each_ms: (ends_ms.at(-1)! - ends_ms[begun]!) / (jobs - 1 - begun),
      worker_ms: used.reduce((sum, { used_ms }) => sum + used_ms, 0) / jobs,
      redis_ms: redis_ms / jobs,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.#children) child.disconnect();
    await Promise.all(this.#children.map((child) => once(child, "exit")));
  }
}

async function ask(child: ChildProcess, asked: Asked): Promise<Answer> {
  const answered = once(child, "message");
  child.send(asked);
  return ((await answered) as [Answer])[0];
}

/** The processor time that Redis says it has used. */
export async function usedMs(redis: Redis): Promise<number> {
  const info = await redis.info("cpu");
  const of = (name: string): number => Number(new RegExp(`${name}:([\\d.]+)`).exec(info)?.[1]);
  return 1_000 * (of("used_cpu_user") + of("used_cpu_sys"));
}
