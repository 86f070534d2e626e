/** A campaign in the queue: made, looked at, and removed. */
import type { Job, JobsOptions, Queue } from "bullmq";
import type { Redis } from "ioredis";
import type { CellName } from "../cell-name.ts";
import { type Campaign, campaign_schema } from "./document.ts";
import type { JobData, JobResult } from "./job.ts";
import { documentKey, partsOfName, prefix, queueName, register_key } from "./keys.ts";
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

/** A queue of a campaign, seen from outside. Closing it leaves the connection open. */
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

/** The queues of a campaign, by their backends. */
export class Queues implements AsyncDisposable {
  readonly #all: ReadonlyMap<string, Queue<JobData, JobResult>>;

  private constructor(all: ReadonlyMap<string, Queue<JobData, JobResult>>) {
    this.#all = all;
  }

  static async of(redis: Redis, { name, cells }: Campaign): Promise<Queues> {
    const all = new Map<string, Queue<JobData, JobResult>>();
    for (const backend of backendsOf(cells))
      all.set(backend, await queueOf(redis, queueName(name, backend)));
    return new Queues(all);
  }

  /** The one with the jobs of a cell of the campaign. */
  for({ backend }: Pick<CellName, "backend">): Queue<JobData, JobResult> {
    return this.#all.get(backend)!;
  }

  /** Of each backend. */
  async each(): Promise<[backend: string, Counts][]> {
    return Promise.all(
      [...this.#all].map(
        async ([backend, queue]): Promise<[string, Counts]> => [backend, await countsOf(queue)],
      ),
    );
  }

  async counts(): Promise<Counts> {
    const sum = { waiting: 0, active: 0, over: 0 };
    for (const [, counts] of await this.each())
      for (const state of ["waiting", "active", "over"] as const) sum[state] += counts[state];
    return sum;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#all.values()].map((queue) => queue.close()));
  }
}

const backendsOf = (cells: Campaign["cells"]): ReadonlySet<string> =>
  new Set(cells.map(({ cell }) => cell.backend));

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
  const now = Date.now();
  for (const backend of backendsOf(campaign.cells))
    await redis.zadd(register_key, "NX", now, queueName(campaign.name, backend));
  await addJobs(redis, campaign);
  return true;
}

/** A job that is there already is not added again. */
export async function addJobs(redis: Redis, campaign: Campaign): Promise<void> {
  await using queues = await Queues.of(redis, campaign);
  let some: PlannedJob[] = [];
  const add = async (): Promise<void> => {
    const [first] = some;
    if (first) await addAll(queues.for(first.data.cell), some);
    some = [];
  };
  for (const job of plannedJobs(campaign)) {
    const is_of_another_queue = some[0] && some[0].data.cell.backend !== job.data.cell.backend;
    if (some.length === added_at_once || is_of_another_queue) await add();
    some.push(job);
  }
  await add();
}

/** Adds jobs in one request. */
export async function addAll(queue: Queue, jobs: readonly PlannedJob[]): Promise<void> {
  await queue.addBulk(
    jobs.map(({ id, name, data }) => ({ name, data, opts: { ...job_options, jobId: id } })),
  );
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
  const queues = await redis.zrange(register_key, "0", "-1");
  const own = queues.filter((queue) => partsOfName(queue).campaign === name);
  if (own.length > 0) await redis.zrem(register_key, ...own);
  // Without it, no worker adds anything more.
  await redis.unlink(documentKey(name));
  for await (const keys of redis.scanStream({ match: `${prefix}:${name}[:@]*`, count: 1_000 }))
    if (keys.length > 0) await redis.unlink(...(keys as string[]));
}

/** To be closed at the end of a block. */
export const closing = <Closed extends { close(): Promise<void> }>(
  it: Closed,
): Closed & AsyncDisposable => Object.assign(it, { [Symbol.asyncDispose]: () => it.close() });

export type CampaignJob = Job<JobData, JobResult>;
