/** A campaign in the queue: made, looked at, and removed. */
import type { Job, JobsOptions, Queue } from "bullmq";
import type { Redis } from "ioredis";
import { type Campaign, campaign_schema } from "./document.ts";
import type { JobData, JobResult } from "./job.ts";
import { documentKey, prefix, register_key } from "./keys.ts";
import { type PlannedJob, plannedJobs } from "./planned.ts";

/** A job that throws this often has no verdict. */
export const tries_max = 3;

const job_options: JobsOptions = {
  attempts: tries_max,
  // What is wrong with one worker's servers may be right at another's, or a little later.
  backoff: { type: "fixed", delay: 1_000 },
};

/** So many jobs are added in one request. */
const added_at_once = 200;

/** The queue of a campaign, seen from outside. Closing it leaves the connection open. */
export async function queueOf(redis: Redis, name: string): Promise<Queue<JobData, JobResult>> {
  const { Queue } = await import("bullmq");
  const queue = new Queue<JobData, JobResult>(name, {
    connection: redis,
    prefix,
    skipMetasUpdate: true,
  });
  queue.on("error", () => undefined); // ioredis connects again; what was asked waits
  return queue;
}

/** Undefined when there is none of this name. @throws z.ZodError when it is not as we write it */
export async function readCampaign(redis: Redis, name: string): Promise<Campaign | undefined> {
  const text = await redis.get(documentKey(name));
  return text === null ? undefined : campaign_schema.parse(JSON.parse(text));
}

/**
 * Puts the campaign into the queue. Doing it again adds only what is missing: so it does not matter whether whoever did
 * it first came to the end.
 * @returns false when there is another campaign of this name
 */
export async function putCampaign(redis: Redis, campaign: Campaign): Promise<boolean> {
  const text = JSON.stringify(campaign);
  const before = await redis.set(documentKey(campaign.name), text, "NX", "GET");
  if (before !== null && before !== text) return false;
  await redis.zadd(register_key, "NX", Date.now(), campaign.name);
  await addJobs(redis, campaign);
  return true;
}

/** A job that is there already is not added again. */
export const addJobs = (redis: Redis, campaign: Campaign): Promise<void> =>
  addAll(redis, campaign.name, plannedJobs(campaign));

export async function addAll(
  redis: Redis,
  name: string,
  jobs: Iterable<PlannedJob>,
): Promise<void> {
  await using queue = closing(await queueOf(redis, name));
  let some: PlannedJob[] = [];
  const add = async (): Promise<void> => {
    await queue.addBulk(
      some.map(({ id, name, data }) => ({ name, data, opts: { ...job_options, jobId: id } })),
    );
    some = [];
  };
  for (const job of jobs) if (some.push(job) === added_at_once) await add();
  if (some.length > 0) await add();
}

/** How far it is. */
export interface Counts {
  readonly waiting: number;
  readonly active: number;
  /** With a result, or without one after the last try. */
  readonly over: number;
}

export async function countsOf(queue: Queue): Promise<Counts> {
  const all = await queue.getJobCounts(
    "wait",
    "delayed",
    "prioritized",
    "active",
    "completed",
    "failed",
  );
  const sum = (...names: string[]): number => names.reduce((n, name) => n + (all[name] ?? 0), 0);
  return {
    waiting: sum("wait", "delayed", "prioritized"),
    active: sum("active"),
    over: sum("completed", "failed"),
  };
}

/** Removes everything of the campaign. Workers that are at it find out, and drop what they have. */
export async function purge(redis: Redis, name: string): Promise<void> {
  await redis.zrem(register_key, name);
  // Without it, no worker adds anything more.
  await redis.unlink(documentKey(name));
  for await (const keys of redis.scanStream({ match: `${prefix}:${name}:*`, count: 1_000 }))
    if (keys.length > 0) await redis.unlink(...(keys as string[]));
}

/** To be closed at the end of a block. */
export const closing = <Closed extends { close(): Promise<void> }>(
  it: Closed,
): Closed & AsyncDisposable => Object.assign(it, { [Symbol.asyncDispose]: () => it.close() });

export type CampaignJob = Job<JobData, JobResult>;
