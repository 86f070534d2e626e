/**
 * A campaign in a queue, with real processes: its producer is killed, a worker is killed in the middle of a cell, another
 * is stopped for a minute in the middle of one, which somebody else then does, and comes back with its own; and Redis is
 * restarted. The results are those of one process.
 */
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { JobType } from "bullmq";
import { afterAll, afterEach, beforeAll, expect, inject, test, vi } from "vitest";
import { sweep } from "../../backends/leftovers.ts";
import type { CampaignJob } from "../../campaign/queue/campaign-queue.ts";
import type { Results } from "../../reports/summary.ts";
import { Processes, type Run, shared, soon, started } from "./processes.test-support.ts";

let all: Processes;
beforeAll(async () => {
  all = await Processes.start();
});
afterEach(() => all.end());
afterAll(() => all[Symbol.asyncDispose]());

/** What must be the same, whoever has run a cell. */
const verdicts = ({ cells }: Results) =>
  cells.map(({ backend, strategy, isolation, server, conclusion, remarks, explored, load }) => ({
    ...{ backend, strategy, isolation, server, conclusion, remarks, expected: load?.expected },
    explored: [explored?.two, explored?.three, explored?.reply_lost].map(
      (one) =>
        one && [
          one.schedules,
          one.pruned,
          one.complete,
          one.outcomes,
          one.failed,
          one.failure?.token,
        ],
    ),
  }));

/** Of both queues of the campaign. */
async function jobsIn(...states: JobType[]): Promise<CampaignJob[]> {
  const queues = ["redis", "postgres"].map((backend) => all.queueNamed(`chaos@${backend}`));
  try {
    return (await Promise.all(queues.map((queue) => queue.getJobs(states)))).flat();
  } finally {
    await Promise.all(queues.map((queue) => queue.close()));
  }
}

async function jobNow({ id }: CampaignJob): Promise<CampaignJob> {
  const jobs = await jobsIn("completed", "active", "wait", "failed");
  return jobs.find((job) => job.id === id)!;
}

/** Stops one of the workers in the middle of the load of a cell. */
async function stopOne(workers: readonly Run[]): Promise<{ run: Run; job: CampaignJob }> {
  return vi.waitFor(async () => {
    for (const job of await jobsIn("active")) {
      const run = workers.find(({ child }) => job.processedBy?.endsWith(`-${child.pid}`));
      if (run === undefined || typeof job.progress !== "object" || job.data.part) continue;
      run.child.kill("SIGSTOP");
      const now = await jobNow(job);
      if (now.finishedOn === undefined) return { run, job: now };
      run.child.kill("SIGCONT"); // it was just at its end
    }
    throw new Error("nobody is in the middle of a load");
  }, soon);
}

const ways = ["incr", "get-set", "lua", "in-place", "read-write", "select-for-update"];
const what = [
  ...["--backend", "redis,postgres", "--workload", "counter", "--strategy", ways.join()],
  ...["--isolation", "RC", "--clients", "4", "--operations", "250", "--seed", "1"],
  ...["--schedules", "10"],
];

test("nothing is lost, nothing is counted twice, nothing is left behind", async () => {
  const producer = all.run("producer", "--name", "chaos", "--job-schedules", "4", ...what);
  const workers = [all.work(started), all.work(shared), all.work(shared), all.work(shared)];
  // Each cell, and two ranges of its seed.
  const there = async () =>
    expect((await jobsIn("wait", "active", "completed")).length).toBeGreaterThanOrEqual(18);
  await vi.waitFor(there, soon);
  producer.child.kill("SIGKILL");

  const killed = await stopOne(workers);
  killed.run.child.kill("SIGKILL");
  const silent = await stopOne(workers.filter((each) => each !== killed.run));
  const a_minute = sleep(60_000);
  isReadable(silent.job);
  await all.server.kill!();
  await all.server.start!();
  const one = all.raceproof("run", ...what, "--out", join(all.place, "one"), ...shared);
  const attached = all.run("chaos", "--attach", "chaos");
  const before = await vi.waitFor(async () => {
    const job = await jobNow(silent.job);
    expect(job.finishedOn).toBeDefined();
    return job;
  }, soon);
  expect(before.processedBy).not.toBe(silent.job.processedBy);
  expect(before.stalledCounter).toBeGreaterThan(0);
  await a_minute;
  silent.run.child.kill("SIGCONT");

  expect([await attached.ended, attached.said]).toEqual([0, expect.stringContaining("6 cells")]);
  expect(attached.said).not.toContain("No worker");
  const purged = all.run("purged", "--attach", "chaos");
  await vi.waitFor(() => expect(silent.run.said).toMatch(/taken it over|Missing lock/), soon);
  expect((await jobNow(silent.job)).returnvalue).toEqual(before.returnvalue);
  expect((await jobNow(killed.job)).stalledCounter).toBeGreaterThan(0);
  expect(await one.ended).toBe(0);
  const results = all.resultsAt("chaos");
  expect(verdicts(results)).toEqual(verdicts(all.resultsAt("one")));
  expect(results.parts!.reduce((sum, { cells }) => sum + cells, 0)).toBe(6);
  const subtrees = results.cells.map(({ explored }) => (explored?.two.parts ?? 1) - 1);
  expect(Math.max(...subtrees)).toBeGreaterThan(0);
  const completed = 18 + subtrees.reduce((sum, parts) => sum + parts);
  expect(await jobsIn("completed")).toHaveLength(completed);
  expect(await jobsIn("failed")).toEqual([]);
  for (const { load } of results.cells) {
    const history = join(all.place, "chaos", basename(load!.history));
    expect(readFileSync(history, "utf8")).toMatch(/^\{/);
  }

  expect(await purged.ended).toBe(0);
  expect(verdicts(all.resultsAt("purged"))).toEqual(verdicts(results));
  expect(await all.run("gone", "--attach", "chaos", "--purge").ended).toBe(0);
  await vi.waitFor(async () => expect(await all.redis.keys("*")).toEqual([]), soon);
  const left = workers.filter((each) => each !== killed.run);
  for (const { child } of left) child.kill("SIGINT");
  expect(await Promise.all(left.map(({ ended }) => ended))).toEqual([130, 130, 130]);
  await vi.waitFor(() => expect([foldersLeft(), processesLeft()]).toEqual([[], []]), soon);
  const pids = new Set(workers.map(({ child }) => child.pid));
  const { left: not_swept } = await sweep({ url: inject("servers").postgres.url });
  expect(not_swept.filter(({ mark }) => pids.has(mark.pid))).toEqual([]);
});

/** What dashboards show of a job that is under way. */
function isReadable({ id, name, data, progress }: CampaignJob): void {
  const { backend, strategy } = data.cell;
  expect(ways).toContain(strategy);
  expect(name).toBe(`counter ${strategy}`);
  expect(id).toMatch(new RegExp(`^${backend}/counter/${strategy}`));
  expect(progress).toEqual({
    ...{ progress: expect.any(Number), operations: expect.any(Number), of: 1_000 },
  });
}

const foldersLeft = (): string[] =>
  readdirSync(all.place).filter((name) => name.startsWith("raceproof_"));

/** The processes whose working folder is in our place. */
function processesLeft(): string[] {
  return readdirSync("/proc").filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readlinkSync(`/proc/${pid}/cwd`).startsWith(all.place);
    } catch {
      return false; // it is over, or someone else's
    }
  });
}
