/** The results of a campaign, put together from what its jobs have brought back. */
import { basename, join } from "node:path";
import type { Redis } from "ioredis";
import { backends } from "../../matrix/backends.ts";
import { strategiesOn } from "../../matrix/open-backend.ts";
import { promisedAt } from "../../matrix/promise.ts";
import type { CellResult } from "../../matrix/result.ts";
import type { Suite } from "../../matrix/suite.ts";
import type { Results } from "../../reports/summary.ts";
import type { CellName } from "../cell-name.ts";
import type { Part } from "../part.ts";
import { type CampaignJob, closing, queueOf } from "./campaign-queue.ts";
import type { Campaign } from "./document.ts";
import { fetchHistory } from "./histories.ts";
import { type JobResult, job_result_schema, jobId } from "./job.ts";

/** So many jobs are asked for at the same time. */
const at_once = 32;

/** A cell of the campaign, and where its result is from. */
interface Gathered {
  readonly cell: CellResult;
  readonly from?: JobResult;
  /** When its last try began and ended. */
  readonly began_ms: number;
  readonly ended_ms: number;
}

/** @param out where the histories go */
export async function gather(
  redis: Redis,
  campaign: Campaign,
  suites: readonly Suite[],
  out: string,
): Promise<Results> {
  await using queue = closing(await queueOf(redis, campaign.name));
  const gathered: (Gathered | undefined)[] = [];
  for (let from = 0; from < campaign.cells.length; from += at_once) {
    const some = campaign.cells.slice(from, from + at_once);
    const jobs = some.map(async ({ cell }) =>
      ofJob(redis, cell, await queue.getJob(jobId(cell)), suites, out),
    );
    gathered.push(...(await Promise.all(jobs)));
  }
  const over = gathered.filter((one) => one !== undefined);
  const { seed, clients, operations } = campaign.size;
  return {
    ...{ seed, clients, operations },
    elapsed_s: elapsedS(over),
    interrupted: over.length < gathered.length,
    cells: over.map(({ cell }) => cell),
    not_run: [],
    parts: partsOf(over.flatMap(({ from }) => (from ? [from] : []))),
  };
}

async function ofJob(
  redis: Redis,
  name: CellName,
  job: CampaignJob | undefined,
  suites: readonly Suite[],
  out: string,
): Promise<Gathered | undefined> {
  // A job that failed has an end, too; one that is to be tried again has none.
  if (job?.finishedOn === undefined) return undefined;
  const times = { began_ms: job.processedOn ?? job.finishedOn, ended_ms: job.finishedOn };
  const read = job_result_schema.safeParse(job.returnvalue);
  // A job that failed first and was done then has both a reason and a result.
  if (!read.success) {
    const reason = job.failedReason ? reasonOf(job) : "What its worker brought back is no result.";
    return { cell: await withoutVerdict(name, suites, reason), ...times };
  }
  const { result, history, worker } = read.data;
  const cell = { ...result, part: worker };
  if (result.load === undefined || history === undefined)
    return { cell, from: read.data, ...times };
  const path = await historyOf(redis, history, result.load.history, out);
  const load = { ...result.load, history: path };
  return { cell: { ...cell, load }, from: read.data, ...times };
}

/** From the begin of the first cell to the end of the last. */
function elapsedS(all: readonly Gathered[]): number {
  if (all.length === 0) return 0;
  const began_ms = Math.min(...all.map(({ began_ms }) => began_ms));
  return (Math.max(...all.map(({ ended_ms }) => ended_ms)) - began_ms) / 1_000;
}

/** @returns where the history is: here, or still with its worker */
async function historyOf(
  redis: Redis,
  history: NonNullable<JobResult["history"]>,
  called: string,
  out: string,
): Promise<string> {
  if (history.at === "worker") return `${history.machine}:${history.path}`;
  const path = join(out, basename(called).replace(/\.gz$/, ""));
  await fetchHistory(redis, history.key, path);
  return path;
}

function reasonOf({ failedReason, attemptsMade, stalledCounter }: CampaignJob): string {
  return stalledCounter > 0 && attemptsMade <= stalledCounter
    ? `Its worker died or fell silent ${stalledCounter} times.`
    : `It failed ${attemptsMade} times; the last time: ${failedReason}`;
}

/** A cell that nobody could measure. */
async function withoutVerdict(
  { workload, backend, strategy, isolation, settings }: CellName,
  suites: readonly Suite[],
  reason: string,
): Promise<CellResult> {
  const entry = backends.find(({ name }) => name === backend)!;
  const suite = suites.find((suite) => suite.workload.name === workload);
  const found = suite && (await strategiesOn(suite, entry)).find(({ name }) => name === strategy);
  const declared = (found && promisedAt(found.declared, isolation)) ?? {};
  return {
    ...{ workload, backend, server: backend, strategy, isolation, declared },
    ...(settings ? { settings } : {}),
    conclusion: "no verdict",
    remarks: [reason],
  };
}

function partsOf(all: readonly JobResult[]): Part[] {
  const parts = new Map<string, Part>();
  for (const { worker, made_by } of all) {
    const cells = (parts.get(worker)?.cells ?? 0) + 1;
    parts.set(worker, { name: worker, ...made_by, cells });
  }
  return [...parts.values()];
}
