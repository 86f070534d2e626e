/** `raceproof run --queue`: the cells go to workers on other machines, and come back as one result. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Redis } from "ioredis";
import { withoutPassword } from "../backends/without-password.ts";
import type { RunHead } from "../campaign/part.ts";
import {
  addJobs,
  purge,
  putCampaign,
  Queues,
  readCampaign,
} from "../campaign/queue/campaign-queue.ts";
import { connectToQueue } from "../campaign/queue/connect.ts";
import type { Campaign, CellSize } from "../campaign/queue/document.ts";
import { gather } from "../campaign/queue/gather.ts";
import { plannedCount } from "../campaign/queue/planned.ts";
import { tellerOfUnserved } from "../campaign/queue/unserved.ts";
import { StatusLine } from "../reports/status-line.ts";
import { suites } from "../suites/suites.ts";
import { BadUsage } from "./bad-usage.ts";
import { cellsOfPass } from "./cells-of.ts";
import { exitCode } from "./exit-code.ts";
import type { Pass } from "./faults.ts";
import { giveResults } from "./give-results.ts";
import { interruption } from "./interruption.ts";
import { ownVersion } from "./own-version.ts";
import type { QueueFlags } from "./queue-flags.ts";
import { reportersOf } from "./reporters.ts";
import { claimOut } from "./results.ts";

/** What a new campaign is to run. */
export interface ToRun {
  readonly passes: readonly Pass[];
  readonly size: CellSize;
  readonly head: RunHead;
}

/** Puts a new campaign into the queue and watches it. */
export async function runInQueue(flags: QueueFlags, toRun: ToRun): Promise<void> {
  const name = flags.name!;
  const cells = await plannedCells(toRun.passes);
  if (cells.length === 0) throw new BadUsage("There is no cell to run.");
  const run = JSON.parse(JSON.stringify(toRun.head)) as RunHead;
  const campaign: Campaign = {
    ...{ format: 1, name, raceproof: ownVersion(), run, size: toRun.size, cells },
  };
  await withQueue(flags, async (redis) => {
    if (!(await putCampaign(redis, campaign)))
      throw new BadUsage(
        `There is another campaign ${name} in this queue: choose another --name, or remove it with --attach ${name} --purge.`,
      );
    await watch(redis, campaign, flags);
  });
}

async function plannedCells(passes: readonly Pass[]): Promise<Campaign["cells"]> {
  const all = await Promise.all(
    passes.map(async (pass) =>
      (await cellsOfPass(pass)).map((cell) => ({
        cell,
        ...(pass.disturb ? { faults: { ...pass.disturb, kinds: [...pass.disturb.kinds] } } : {}),
      })),
    ),
  );
  return all.flat();
}

/** `--attach`: shows the progress of a campaign and takes its results. */
export async function attach(flags: QueueFlags): Promise<void> {
  const name = flags.attach!;
  await withQueue(flags, async (redis) => {
    const campaign = await readCampaign(redis, name);
    if (campaign === undefined) throw new BadUsage(`There is no campaign ${name} in this queue.`);
    // Whoever made it may have died before all jobs were in.
    await addJobs(redis, campaign);
    await watch(redis, campaign, flags);
  });
}

async function withQueue(flags: QueueFlags, work: (redis: Redis) => Promise<void>): Promise<void> {
  const redis = await connectToQueue(flags.queue!);
  try {
    await work(redis);
  } finally {
    redis.disconnect();
  }
}

const look_again_ms = 300;

/** Until all is over, or somebody interrupts it: the campaign goes on without us. */
async function watch(redis: Redis, campaign: Campaign, flags: QueueFlags): Promise<void> {
  const { name, cells } = campaign;
  const planned = plannedCount(campaign);
  const reporters = reportersOf(flags);
  await using _out = await claimOut(flags.out);
  using interrupted = interruption();
  const { signal } = interrupted;
  const status = new StatusLine();
  status.say(`campaign ${name}, ${cells.length} cells; seed ${campaign.size.seed}`);
  const began = performance.now();
  {
    await using queues = await Queues.of(redis, campaign);
    const tellUnserved = tellerOfUnserved(redis, queues, name, (line) => status.say(line));
    while (!signal.aborted && !flags.purge) {
      const { waiting, active, over } = await queues.counts();
      const all = waiting + active + over;
      // What is left of a search is in the queue before its job is over.
      if (over >= planned && over === all) break;
      const what = `campaign ${name}: jobs, ${active} under way`;
      status.show(what, over, Math.max(all, planned), undefined, began);
      await tellUnserved();
      await sleep(look_again_ms, undefined, { signal }).catch(() => undefined);
    }
  }
  status.clear();
  const results = await gather(redis, campaign, suites, flags.out);
  if (flags.purge) await purge(redis, name);
  else if (results.interrupted)
    status.say(
      `The campaign goes on without us; raceproof run --queue ${withoutPassword(flags.queue!)} --attach ${name} takes its results.`,
    );
  process.exitCode = interrupted.exit_code ?? (results.interrupted ? 2 : exitCode(results));
  await giveResults(results, flags.out, reporters);
}
