/**
 * A worker: takes jobs of one campaign after the other, the oldest first, and brings back their results.
 *
 * BullMQ sees to it that each job has one result. A worker holds a lock on its job and renews it while it lives. When
 * it dies or falls silent, the lock expires and another worker begins anew; if the first one then comes back, its
 * result is refused, because the lock is not its own any more. The result is stored in the step that ends the job.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Worker } from "bullmq";
import type { Redis } from "ioredis";
import { z } from "zod";
import type { CellResult } from "../../matrix/result.ts";
import type { MadeBy } from "../part.ts";
import { type CampaignJob, closing, countsOf, queueOf, tries_max } from "./campaign-queue.ts";
import { keepHistory } from "./histories.ts";
import { type JobData, type JobResult, job_schema } from "./job.ts";
import { documentKey, prefix, register_key } from "./keys.ts";

/** What a worker can do. */
export interface Hands {
  readonly redis: Redis;
  /** So many jobs side by side. */
  readonly concurrency: number;
  /** A worker that is silent for longer has lost its job to another. */
  readonly lost_after_ms: number;
  readonly made_by: MadeBy;
  /** Where histories stay that are too large for the queue. */
  readonly keep_in: string;
  /** Ends the worker; what it has begun goes back into the queue. */
  readonly signal: AbortSignal;
  /** A folder for what is under way. */
  readonly folder: string;
  run(data: JobData, more: CellRun): Promise<CellResult>;
  /** Tells people what is going on. */
  say(line: string): void;
}

export interface CellRun {
  /** A folder of its own, for its history. */
  readonly out: string;
  /** The result is not wanted any more. */
  readonly signal: AbortSignal;
  readonly progress: (done: number, total: number) => void;
}

const look_again_ms = 500;
const tell_progress_every_ms = 1_000;

/** Works until the signal. @throws what is wrong with the queue itself */
export async function serve(hands: Hands): Promise<void> {
  const { redis, signal } = hands;
  while (!signal.aborted) {
    const name = await nextCampaign(redis);
    if (name === undefined)
      await sleep(look_again_ms, undefined, { signal }).catch(() => undefined);
    else await serveCampaign(name, hands);
  }
}

/** The oldest in which something waits; else one with jobs under way, whose workers may die. */
async function nextCampaign(redis: Redis): Promise<string | undefined> {
  let unfinished: string | undefined;
  for (const name of await redis.zrange(register_key, "0", "-1")) {
    await using queue = closing(await queueOf(redis, name));
    const { waiting, active } = await countsOf(queue);
    if (waiting > 0) return name;
    if (active > 0) unfinished ??= name;
  }
  return unfinished;
}

async function serveCampaign(name: string, hands: Hands): Promise<void> {
  const { redis, signal } = hands;
  const { Worker } = await import("bullmq");
  const worker = new Worker<JobData, JobResult>(
    name,
    (job, token = "", lost) => doJob(job, token, lost, { name, hands }),
    {
      connection: redis,
      prefix,
      name: workerName(),
      concurrency: hands.concurrency,
      lockDuration: hands.lost_after_ms,
      stalledInterval: hands.lost_after_ms,
      maxStalledCount: tries_max - 1,
    },
  );
  listen(worker, hands);
  hands.say(`campaign ${name}`);
  await using _closing = closing(worker);
  await using queue = closing(await queueOf(redis, name));
  while (!signal.aborted) {
    await sleep(look_again_ms, undefined, { signal }).catch(() => undefined);
    const { waiting, active } = await countsOf(queue);
    if (waiting + active === 0) break;
    if ((await redis.exists(documentKey(name))) === 0) break;
  }
}

function listen(worker: Worker<JobData, JobResult>, hands: Hands): void {
  worker.on("completed", ({ id }, { result }) => hands.say(`${id}: ${result.conclusion}`));
  worker.on("failed", (job, error) => hands.say(`${job?.id}: ${error.message}`));
  // The job is another worker's by now: what was done here is dropped.
  worker.on("lockRenewalFailed", (ids) => {
    for (const id of ids) {
      hands.say(`${id}: another worker has taken it over; what was done here is dropped`);
      worker.cancelJob(id);
    }
  });
  worker.on("error", (error) => hands.say(error.message));
}

export const workerName = (): string => `${hostname()}-${process.pid}`;

interface Place {
  readonly name: string;
  readonly hands: Hands;
}

async function doJob(
  job: CampaignJob,
  token: string,
  lost: AbortSignal | undefined,
  { name, hands }: Place,
): Promise<JobResult> {
  const data = dataOf(job);
  const signal = AbortSignal.any([hands.signal, ...(lost ? [lost] : [])]);
  const out = await mkdtemp(join(hands.folder, "cell-"));
  try {
    const result = await orGiveBack(job, token, hands, () =>
      hands.run(data, { out, signal, progress: progressOf(job) }),
    );
    if (lost?.aborted) throw new Error("another worker has taken it over");
    const { load } = result;
    const at = { campaign: name, id: job.id!, token };
    const history = load && (await keepHistory(hands.redis, load.history, at, hands.keep_in));
    const { made_by } = hands;
    return { worker: workerName(), made_by, result, ...(history ? { history } : {}) };
  } finally {
    await rm(out, { recursive: true, force: true });
  }
}

/** @throws Error when it is not a job as we write it */
function dataOf(job: CampaignJob): JobData {
  const read = job_schema.safeParse(job.data);
  if (read.success) return read.data;
  throw new Error(`It is no job of raceproof's: ${z.prettifyError(read.error)}`);
}

/** A worker that is ended in the middle gives its job back: that is no failure of the job. */
async function orGiveBack<T>(
  job: CampaignJob,
  token: string,
  { signal }: Hands,
  work: () => Promise<T>,
): Promise<T> {
  try {
    const done = await work();
    if (!signal.aborted) return done;
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  const { WaitingError } = await import("bullmq");
  await job.moveToWait(token);
  throw new WaitingError();
}

/** Tells the queue, but not too often. */
function progressOf(job: CampaignJob): (done: number, total: number) => void {
  let told_ms = performance.now();
  return (done, total) => {
    if (performance.now() - told_ms < tell_progress_every_ms) return;
    told_ms = performance.now();
    // The job may be another worker's, or gone with its campaign.
    job.updateProgress({ operations: done, of: total }).catch(() => undefined);
  };
}
