/**
 * What is left of a search becomes jobs before the job that left it is over: so when nothing waits and nothing is under
 * way, the campaign is at its end. If a worker dies in between, another one does the job again. Then it leaves the same,
 * and the jobs are there already; or the server did something else, and what the first one left is done for nothing.
 */

import type { Redis } from "ioredis";
import type { Left } from "../../schedules/search/branch.ts";
import { divided } from "../../schedules/search/branch.ts";
import { addAll, type CampaignJob, closing, purge, queueOf } from "./campaign-queue.ts";
import { type HandedOn, type JobData, jobId, subtreeId } from "./job.ts";
import { documentKey, partsKey, queueName } from "./keys.ts";
import { nameOf } from "./planned.ts";

/** A job divides what it leaves among so many. */
export const children_max = 8;

/** What one process explores at most. */
const schedules_of_one_process = 20_000;
/** The most parts of one search, so that one without an end does not go on for ever. */
const parts_min = 1_000;

/**
 * Only jobs that ran all the schedules they may leave something, and each leaves a few jobs: so before a search has too
 * many parts, more was explored than one process would have.
 */
export const partsMax = (job_schedules: number): number =>
  Math.max(parts_min, Math.ceil((children_max * schedules_of_one_process) / job_schedules));

export async function handOn(
  redis: Redis,
  campaign: string,
  { id, data }: Pick<CampaignJob, "id" | "data">,
  { branches, covered }: Left,
): Promise<HandedOn> {
  const { cell, size } = data;
  const jobs = divided(branches, children_max).map((branches, i) => {
    const part = { search: "two", branches } as const;
    const of_part: JobData = { cell, size, part };
    return { id: subtreeId(id!, i + 1, part), name: `${nameOf(cell)}, a subtree`, data: of_part };
  });
  const key = partsKey(campaign, jobId(cell));
  await redis.sadd(key, ...jobs.map(({ id }) => id));
  const is_too_much = (await redis.scard(key)) > partsMax(size.job_schedules);
  await using queue = closing(await queueOf(redis, queueName(campaign, cell.backend)));
  if (!is_too_much) await addAll(queue, jobs);
  // It may have been removed meanwhile.
  if ((await redis.exists(documentKey(campaign))) === 0) await purge(redis, campaign);
  return { jobs: is_too_much ? [] : jobs.map(({ id }) => id), covered };
}
