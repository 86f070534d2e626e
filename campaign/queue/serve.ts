/**
 * A worker: takes jobs from one queue after the other, those of the oldest campaign first, and brings back their
 * results.
 *
 * BullMQ sees to it that each job has one result. A worker holds a lock on its job and renews it while it lives. When
 * it dies or falls silent, the lock expires and another worker begins anew; if the first one then comes back, its
 * result is refused, because the lock is not its own any more. The result is stored in the step that ends the job.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Worker } from "bullmq";
import type { Redis } from "ioredis";
import { closing, countsOf, queueOf, tries_max } from "./campaign-queue.ts";
import { doJob } from "./do-job.ts";
import { type Hands, workerName } from "./hands.ts";
import type { JobData, JobResult } from "./job.ts";
import { documentKey, partsOfName, prefix, register_key } from "./keys.ts";
import { Lacking } from "./lacking.ts";

const look_again_ms = 500;

/** Works until the signal. @throws what is wrong with the queue itself */
export async function serve(hands: Hands): Promise<void> {
  const { redis, signal } = hands;
  const lacking = new Lacking(hands);
  while (!signal.aborted) {
    const name = await nextQueue(redis, lacking);
    if (name === undefined)
      await sleep(look_again_ms, undefined, { signal }).catch(() => undefined);
    else await serveQueue(name, hands, lacking);
  }
}

/** The oldest in which something waits; else one with jobs under way, whose workers may die. */
async function nextQueue(redis: Redis, lacking: Lacking): Promise<string | undefined> {
  let unfinished: string | undefined;
  for (const name of await redis.zrange(register_key, "0", "-1")) {
    if (lacking.leaves(name)) continue;
    await using queue = closing(await queueOf(redis, name));
    const { waiting, active } = await countsOf(queue);
    if (waiting > 0) return name;
    if (active > 0) unfinished ??= name;
  }
  return unfinished;
}

async function serveQueue(name: string, hands: Hands, lacking: Lacking): Promise<void> {
  const { redis, signal } = hands;
  await using worker = closing(await workerOf(name, hands, lacking));
  listen(worker, hands);
  const { campaign, backend } = partsOfName(name);
  hands.say(`campaign ${campaign}: ${backend}`);
  await using queue = closing(await queueOf(redis, name));
  while (!signal.aborted && !lacking.leaves(name)) {
    await sleep(look_again_ms, undefined, { signal }).catch(() => undefined);
    const { waiting, active } = await countsOf(queue);
    if (waiting + active === 0) break;
    if ((await redis.exists(documentKey(campaign))) === 0) break;
  }
}

async function workerOf(
  name: string,
  hands: Hands,
  lacking: Lacking,
): Promise<Worker<JobData, JobResult>> {
  const { Worker } = await import("bullmq");
  const { redis, lost_after_ms } = hands;
  const isForOthers = async (error: unknown): Promise<boolean> => {
    const is_for_others = await lacking.isForOthers(error, name);
    // Else it would take the same job again at once.
    if (is_for_others) await worker.pause(true);
    return is_for_others;
  };
  const worker = new Worker<JobData, JobResult>(
    name,
    (job, token = "", lost) => doJob({ job, token, lost, queue: name, isForOthers }, hands),
    {
      connection: redis,
      prefix,
      name: workerName(),
      concurrency: hands.concurrency,
      lockDuration: lost_after_ms,
      stalledInterval: lost_after_ms,
      maxStalledCount: tries_max - 1,
    },
  );
  return worker;
}

function listen(worker: Worker<JobData, JobResult>, hands: Hands): void {
  worker.on("completed", ({ id }, { result, part, handed_on }) => {
    const cut = handed_on ? "; the rest of its search is jobs of its own" : "";
    const said = part ? `${part.explored.schedules} schedules` : result?.conclusion;
    hands.say(`${id}: ${result && cut ? "begun" : said}${cut}`);
  });
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
