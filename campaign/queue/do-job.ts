/** A worker does one job: it checks what it is, has it measured, and brings back the result. */
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { CellResult } from "../../matrix/result.ts";
import type { Left } from "../../schedules/search/branch.ts";
import type { CampaignJob } from "./campaign-queue.ts";
import { handOn } from "./hand-on.ts";
import { type Hands, type Measured, workerName } from "./hands.ts";
import { keepHistory } from "./histories.ts";
import {
  type ExploredPart,
  type HandedOn,
  type JobData,
  type JobResult,
  job_schema,
} from "./job.ts";
import { lackedKey, partsOfName } from "./keys.ts";

/** Of a job, as BullMQ gives it to its worker. */
export interface Held {
  readonly job: CampaignJob;
  /** Of its lock. */
  readonly token: string;
  /** Another worker has taken it over. */
  readonly lost: AbortSignal | undefined;
  /** The name of its queue. */
  readonly queue: string;
  /** Asked when it could not be done. */
  isForOthers(error: unknown): Promise<boolean>;
}

const tell_progress_every_ms = 1_000;

export async function doJob(held: Held, hands: Hands): Promise<JobResult> {
  const { job, lost } = held;
  const data = dataOf(job);
  const signal = AbortSignal.any([hands.signal, ...(lost ? [lost] : [])]);
  const out = await mkdtemp(join(hands.folder, "cell-"));
  try {
    const measured = await orGiveBack(held, hands, () =>
      hands.run(data, { out, signal, progress: progressOf(job) }),
    );
    if (lost?.aborted) throw new Error("another worker has taken it over");
    const { made_by, redis } = hands;
    const { campaign, backend } = partsOfName(held.queue);
    // It need not be waited for: whoever looks for it later comes after it.
    redis.unlink(lackedKey(campaign, backend)).catch(() => undefined);
    return { worker: workerName(), made_by, ...(await broughtBack(measured, held, hands)) };
  } finally {
    await rm(out, { recursive: true, force: true });
  }
}

/** What goes into the queue besides: the history, and what is left of a search. */
async function broughtBack(
  measured: Measured,
  { job, token, queue }: Held,
  { redis, keep_in }: Hands,
): Promise<Omit<JobResult, "worker" | "made_by">> {
  const { campaign } = partsOfName(queue);
  const handsOn = async (left: Left | undefined): Promise<{ handed_on?: HandedOn }> =>
    left ? { handed_on: await handOn(redis, campaign, job, left) } : {};
  if (isPart(measured)) {
    const { left, ...explored } = measured.explored;
    return { part: { ...measured, explored }, ...(await handsOn(left)) };
  }
  const { load } = measured;
  const at = { campaign, id: job.id!, token };
  const history = load && (await keepHistory(redis, load.history, at, keep_in));
  const { left } = measured.explored?.two ?? {};
  return {
    result: withoutLeft(measured),
    ...(history ? { history } : {}),
    ...(await handsOn(left)),
  };
}

const isPart = (measured: Measured): measured is ExploredPart => !("conclusion" in measured);

function withoutLeft(result: CellResult): CellResult {
  if (result.explored?.two.left === undefined) return result;
  const { left: _, ...two } = result.explored.two;
  return { ...result, explored: { ...result.explored, two } };
}

/** @throws Error when it is not a job as we write it */
function dataOf(job: CampaignJob): JobData {
  const read = job_schema.safeParse(job.data);
  if (read.success) return read.data;
  throw new Error(`It is no job of raceproof's: ${z.prettifyError(read.error)}`);
}

/**
 * A worker that is ended in the middle gives its job back, and so does one that has no server for it: that is no
 * failure of the job.
 */
async function orGiveBack<T>(held: Held, hands: Hands, work: () => Promise<T>): Promise<T> {
  const { job, token } = held;
  const { signal } = hands;
  try {
    const done = await work();
    if (!signal.aborted) return done;
  } catch (error) {
    if (!signal.aborted && !(await held.isForOthers(error))) throw error;
  }
  const { WaitingError } = await import("bullmq");
  await job.moveToWait(token);
  throw new WaitingError();
}

/** Tells the queue: at once, and then not too often. */
function progressOf(job: CampaignJob): (done: number, total: number) => void {
  let told_ms = -Infinity;
  const what = job.data.part === undefined ? "operations" : "schedules";
  return (done, total) => {
    if (performance.now() - told_ms < tell_progress_every_ms) return;
    told_ms = performance.now();
    // Bull Board draws the number of this name. The job may be another worker's, or gone with its campaign.
    const progress = Math.round((100 * done) / total);
    job.updateProgress({ progress, [what]: done, of: total }).catch(() => undefined);
  };
}
