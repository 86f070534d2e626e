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
import { joinCell } from "../join.ts";
import type { Part } from "../part.ts";
import { Queues } from "./campaign-queue.ts";
import type { Campaign, PlannedCell } from "./document.ts";
import { fetchHistory } from "./histories.ts";
import { type JobResult, jobId } from "./job.ts";
import { rangesOf } from "./planned.ts";
import { type ReadJob, readJob, searchJob, withFollowers } from "./read-job.ts";

/** So many jobs are asked for at the same time. */
const at_once = 32;

/** A cell of the campaign, and the jobs that its result is from. */
interface Gathered {
  readonly cell: CellResult;
  readonly jobs: readonly ReadJob[];
}

interface Hall {
  readonly redis: Redis;
  readonly queues: Queues;
  readonly campaign: Campaign;
  readonly suites: readonly Suite[];
  /** Where the histories go. */
  readonly out: string;
}

/** @param out where the histories go */
export async function gather(
  redis: Redis,
  campaign: Campaign,
  suites: readonly Suite[],
  out: string,
): Promise<Results> {
  await using queues = await Queues.of(redis, campaign);
  const hall = { redis, queues, campaign, suites, out };
  const gathered = await atOnce(campaign.cells, (planned) => gatherCell(planned, hall));
  const over = gathered.filter((one) => one !== undefined);
  const jobs = over.flatMap(({ jobs }) => jobs);
  const { seed, clients, operations } = campaign.size;
  return {
    ...{ seed, clients, operations },
    elapsed_s: elapsedS(jobs),
    interrupted: over.length < gathered.length,
    cells: over.map(({ cell }) => cell),
    not_run: [],
    parts: partsOf(jobs.flatMap(({ brought }) => (brought ? [brought] : []))),
  };
}

async function atOnce<T, R>(all: Iterable<T>, work: (one: T) => Promise<R>): Promise<R[]> {
  const done: R[] = [];
  let some: Promise<R>[] = [];
  for (const one of all) {
    if (some.push(work(one)) < at_once) continue;
    done.push(...(await Promise.all(some)));
    some = [];
  }
  return [...done, ...(await Promise.all(some))];
}

/** @returns undefined while one of its jobs is not over */
async function gatherCell(planned: PlannedCell, hall: Hall): Promise<Gathered | undefined> {
  const { campaign } = hall;
  const queue = hall.queues.for(planned.cell);
  const own = await readJob(queue, jobId(planned.cell));
  if (own === undefined) return undefined;
  const ranges = await atOnce(rangesOf(planned, campaign.size), ({ id }) => readJob(queue, id));
  const two = await withFollowers(queue, own);
  if (two === undefined || ranges.includes(undefined)) return undefined;
  const three = [own, ...ranges.filter((range) => range !== undefined)];
  const cell = joinCell(
    await cellOf(own, planned.cell, hall),
    two.map((job) => searchJob(job, ({ explored }) => explored?.two)),
    three.map((job) => searchJob(job, ({ explored }) => explored?.three)),
  );
  return { cell, jobs: [...two, ...three.slice(1)] };
}

/** As its own job measured it. */
async function cellOf(
  { brought, reason }: ReadJob,
  name: CellName,
  { redis, suites, out }: Hall,
): Promise<CellResult> {
  const { result, history, worker } = brought ?? {};
  if (result === undefined)
    return withoutVerdict(name, suites, reason ?? "Its result is that of a part.");
  const cell = { ...result, ...(worker === undefined ? {} : { part: worker }) };
  if (result.load === undefined || history === undefined) return cell;
  const path = await historyOf(redis, history, result.load.history, out);
  return { ...cell, load: { ...result.load, history: path } };
}

/** From the begin of the first job to the end of the last. */
function elapsedS(jobs: readonly ReadJob[]): number {
  let [began_ms, ended_ms] = [Infinity, -Infinity];
  for (const job of jobs) {
    began_ms = Math.min(began_ms, job.began_ms);
    ended_ms = Math.max(ended_ms, job.ended_ms);
  }
  return jobs.length === 0 ? 0 : (ended_ms - began_ms) / 1_000;
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

/** What each worker has done. */
function partsOf(all: readonly JobResult[]): Part[] {
  const parts = new Map<string, Part>();
  for (const { worker, made_by, result } of all) {
    const { cells = 0, searches = 0 } = parts.get(worker) ?? {};
    const counts = result ? { cells: cells + 1, searches } : { cells, searches: searches + 1 };
    parts.set(worker, { name: worker, ...made_by, ...counts });
  }
  return [...parts.values()];
}
