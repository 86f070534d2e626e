/** What came of a job: checked before anything is done with it. */
import type { Queue } from "bullmq";
import type { ExploreResult } from "../../matrix/result.ts";
import type { SearchJob } from "../join.ts";
import type { CampaignJob } from "./campaign-queue.ts";
import { type JobResult, job_result_schema } from "./job.ts";

/** A job that is over. */
export interface ReadJob {
  readonly id: string;
  /** When its last try began and ended. */
  readonly began_ms: number;
  readonly ended_ms: number;
  /** Absent when it brought back nothing, and why. */
  readonly brought?: JobResult;
  readonly reason?: string;
}

/** Undefined while it is not over, or not there yet. */
export async function readJob(queue: Queue, id: string): Promise<ReadJob | undefined> {
  const job: CampaignJob | undefined = await queue.getJob(id);
  // A job that failed has an end, too; one that is to be tried again has none.
  if (job?.finishedOn === undefined) return undefined;
  const times = { id, began_ms: job.processedOn ?? job.finishedOn, ended_ms: job.finishedOn };
  const read = job_result_schema.safeParse(job.returnvalue);
  if (read.success) return { ...times, brought: read.data };
  // A job that failed first and was done then has both a reason and a result.
  const reason = job.failedReason ? reasonOf(job) : "What its worker brought back is no result.";
  return { ...times, reason };
}

function reasonOf({ failedReason, attemptsMade, stalledCounter }: CampaignJob): string {
  return stalledCounter > 0 && attemptsMade <= stalledCounter
    ? `Its worker died or fell silent ${stalledCounter} times.`
    : `It failed ${attemptsMade} times; the last time: ${failedReason}`;
}

/**
 * A job of a search and all those that go on with it, in the order of the search. A job that somebody has removed from
 * the queue is over, without a result.
 * @returns undefined while one of them is not over
 */
export async function withFollowers(queue: Queue, job: ReadJob): Promise<ReadJob[] | undefined> {
  const all = [job];
  for (const id of job.brought?.handed_on?.jobs ?? []) {
    const next = (await readJob(queue, id)) ?? (await whyGone(queue, id));
    const followers = next && (await withFollowers(queue, next));
    if (followers === undefined) return undefined;
    all.push(...followers);
  }
  return all;
}

async function whyGone(queue: Queue, id: string): Promise<ReadJob | undefined> {
  if ((await queue.getJob(id)) !== undefined) return undefined;
  return { id, began_ms: Date.now(), ended_ms: Date.now(), reason: "It is not in the queue." };
}

/** @param exploredIn picks the search among the results of a cell */
export function searchJob(
  { id, brought, reason }: ReadJob,
  exploredIn: (result: NonNullable<JobResult["result"]>) => ExploreResult | undefined,
): SearchJob {
  if (brought === undefined) return { id, ...(reason === undefined ? {} : { reason }) };
  const { result, part, handed_on, made_by } = brought;
  const explored = part?.explored ?? (result && exploredIn(result));
  if (explored === undefined) return { id, reason: "It brought back nothing of this search." };
  return {
    id,
    done: {
      explored,
      made_by,
      handed_on: handed_on !== undefined && handed_on.covered && handed_on.jobs.length > 0,
      server: part?.server ?? result?.server ?? "",
      elapsed_s: part?.elapsed_s ?? result?.explored?.elapsed_s ?? 0,
    },
  };
}
