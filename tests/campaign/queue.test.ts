/**
 * A campaign in a queue, with real processes: its producer is killed, a worker is killed in the middle of a cell, another
 * falls silent until its cell is done by somebody else and then comes back, and Redis is restarted. The results are
 * those of one process.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { type JobType, Queue, Worker } from "bullmq";
import { Redis } from "ioredis";
import { afterAll, afterEach, beforeAll, expect, inject, test, vi } from "vitest";
import { sweep } from "../../backends/leftovers.ts";
import type { CampaignJob } from "../../campaign/queue/campaign-queue.ts";
import type { JobData, JobResult } from "../../campaign/queue/job.ts";
import { command } from "../../command.test-support.ts";
import type { Results } from "../../reports/summary.ts";
import type { Breakable, Server } from "../../servers/server.ts";
import { startServer } from "../../servers/start.ts";

const place = mkdtempSync(join(tmpdir(), "raceproof-campaign-"));
let server: Server & Partial<Breakable>;
let redis: Redis;
beforeAll(async () => {
  server = await startServer("redis", { from: "local", settings: "durable" });
  redis = new Redis(server.url, { maxRetriesPerRequest: null });
  redis.on("error", () => undefined);
});
afterAll(async () => {
  redis.disconnect();
  await server[Symbol.asyncDispose]();
  rmSync(place, { recursive: true });
});

/** A process of raceproof, and all that it has said. */
interface Run {
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  said: string;
}

const runs: Run[] = [];
afterEach(() => {
  for (const { child } of runs) child.kill("SIGKILL");
});

const postgres = inject("servers").postgres.url;

function raceproof(...args: string[]): Run {
  const child = spawn(process.execPath, [command, ...args], {
    env: { ...process.env, TMPDIR: place, NO_COLOR: "1" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  const run: Run = { child, ended, said: "" };
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (data) => (run.said += String(data)));
  runs.push(run);
  return run;
}

/** Where the cells of a process run: one starts its Redis, the others share one. */
const started = ["--server", "redis=local", "--server", `postgres=${postgres}`];
const shared = ["--server", `redis=${inject("servers").redis.url}`, ...started.slice(2)];
const nowhere = ["--server", "redis=redis://127.0.0.1:1"];
const worker = (servers: readonly string[], lost_after_s = 2): Run =>
  raceproof("work", "--queue", server.url, "--lost-after", String(lost_after_s), ...servers);
const run = (name: string, ...args: string[]): Run =>
  raceproof("run", "--queue", server.url, "--out", join(place, name), ...args);

const resultsAt = (name: string): Results =>
  JSON.parse(readFileSync(join(place, name, "results.json"), "utf8")) as Results;

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

/** On a machine that much else keeps busy, cells take minutes. */
const soon = { timeout: 900_000, interval: 50 };

/** The jobs of all queues of a campaign. */
async function jobsOf(name: string, ...states: JobType[]): Promise<CampaignJob[]> {
  const queues = ["redis", "postgres"].map((backend) => queueNamed(`${name}@${backend}`));
  try {
    return (await Promise.all(queues.map((queue) => queue.getJobs(states)))).flat();
  } finally {
    await Promise.all(queues.map((queue) => queue.close()));
  }
}

function queueNamed(name: string): Queue<JobData, JobResult> {
  const queue = new Queue<JobData, JobResult>(name, {
    connection: redis,
    prefix: "raceproof-campaigns",
  });
  return queue.on("error", () => undefined); // while Redis is restarted
}

/** Waits until one of these workers is in the middle of a cell. */
async function atWork(workers: readonly Run[]): Promise<{ run: Run; job: CampaignJob }> {
  return vi.waitFor(async () => {
    for (const job of await jobsOf("chaos", "active")) {
      const run = workers.find(({ child }) => job.processedBy?.endsWith(`-${child.pid}`));
      if (run && job.data.part === undefined) return { run, job };
    }
    throw new Error("nobody is at work");
  }, soon);
}

async function jobNow({ id }: CampaignJob): Promise<CampaignJob> {
  return (await jobsOf("chaos", "completed", "active", "wait", "failed")).find(
    (job) => job.id === id,
  )!;
}

test("nothing is lost, nothing is counted twice, nothing is left behind", async () => {
  const ways = ["incr", "get-set", "lua", "in-place", "read-write", "select-for-update"];
  const what = [
    ...["--backend", "redis,postgres", "--workload", "counter", "--strategy", ways.join()],
    ...["--isolation", "RC", "--clients", "4", "--operations", "250", "--seed", "1"],
    ...["--schedules", "10"],
  ];
  const producer = run("producer", "--name", "chaos", "--job-schedules", "4", ...what);
  const workers = [worker(started), worker(shared), worker(shared), worker(shared)];
  const all: JobType[] = ["wait", "active", "completed"];
  // Each cell, and two ranges of its seed.
  const jobs = async () =>
    expect((await jobsOf("chaos", ...all)).length).toBeGreaterThanOrEqual(18);
  await vi.waitFor(jobs, soon);
  producer.child.kill("SIGKILL");

  const killed = await atWork(workers);
  killed.run.child.kill("SIGKILL");
  const silent = await atWork(workers.filter((each) => each !== killed.run));
  silent.run.child.kill("SIGSTOP");
  await server.kill!();
  await server.start!();
  const one = raceproof("run", ...what, "--out", join(place, "one"), ...shared);
  const attached = run("chaos", "--attach", "chaos");
  const before = await vi.waitFor(async () => {
    const job = await jobNow(silent.job);
    expect(job.finishedOn).toBeDefined();
    return job;
  }, soon);
  expect(before.processedBy).not.toBe(silent.job.processedBy);
  silent.run.child.kill("SIGCONT");

  expect([await attached.ended, attached.said]).toEqual([0, expect.stringContaining("6 cells")]);
  const purged = run("purged", "--attach", "chaos");
  await vi.waitFor(() => expect(silent.run.said).toMatch(/taken it over|Missing lock/), soon);
  expect((await jobNow(silent.job)).returnvalue).toEqual(before.returnvalue);
  expect((await jobNow(killed.job)).stalledCounter).toBeGreaterThan(0);
  expect(await one.ended).toBe(0);
  const results = resultsAt("chaos");
  expect(verdicts(results)).toEqual(verdicts(resultsAt("one")));
  expect(results.parts!.reduce((sum, { cells }) => sum + cells, 0)).toBe(6);
  const subtrees = results.cells.map(({ explored }) => (explored?.two.parts ?? 1) - 1);
  expect(Math.max(...subtrees)).toBeGreaterThan(0);
  const completed = 18 + subtrees.reduce((sum, parts) => sum + parts);
  expect(await jobsOf("chaos", "completed")).toHaveLength(completed);
  expect(await jobsOf("chaos", "failed")).toEqual([]);
  for (const { load } of results.cells) {
    expect(readFileSync(join(place, "chaos", basename(load!.history)), "utf8")).toMatch(/^\{/);
  }

  expect(await purged.ended).toBe(0);
  expect(verdicts(resultsAt("purged"))).toEqual(verdicts(results));
  expect(await run("gone", "--attach", "chaos", "--purge").ended).toBe(0);
  await vi.waitFor(async () => expect(await redis.keys("*")).toEqual([]), soon);
  const left = workers.filter((each) => each !== killed.run);
  for (const { child } of left) child.kill("SIGINT");
  expect(await Promise.all(left.map(({ ended }) => ended))).toEqual([130, 130, 130]);
  await vi.waitFor(() => expect([foldersLeft(), processesLeft()]).toEqual([[], []]), soon);
  const pids = new Set(workers.map(({ child }) => child.pid));
  const { left: not_swept } = await sweep({ url: postgres });
  expect(not_swept.filter(({ mark }) => pids.has(mark.pid))).toEqual([]);
  for (const { said } of runs) expect(said).not.toContain(new URL(server.url).password);
});

const cells = ["--backend", "redis", "--workload", "counter", "--strategy"];

test("a job that fails once, or whose server one worker lacks, has its verdict", async () => {
  const lacking = worker(nowhere, 30);
  const able = worker(shared);
  able.child.kill("SIGSTOP");
  const producer = run("twice", "--name", "twice", ...cells, "incr");
  const fails = async () => {
    throw new Error("this machine has no disk");
  };
  const first = new Worker("twice@redis", fails, {
    ...{ connection: redis, prefix: "raceproof-campaigns", concurrency: 1 },
  });
  await once(first, "failed");
  await first.close();
  const left = /redis is left to others for 30 s: .*127\.0\.0\.1:1/;
  await vi.waitFor(() => expect(lacking.said).toMatch(left), soon);
  able.child.kill("SIGCONT");
  expect([await producer.ended, producer.said]).toEqual([
    0,
    expect.stringContaining("as declared, 0 different, 0 without a verdict"),
  ]);
  const [job] = await jobsOf("twice", "completed");
  expect(job!.attemptsMade).toBe(2);
  for (const { child, ended } of [lacking, able]) {
    child.kill("SIGINT");
    await ended;
  }
});

test("a job that nobody can do has no verdict, and the reason is told", async () => {
  const alone = worker(nowhere, 1);
  const producer = run("sad", "--name", "sad", ...cells, "incr");
  await vi.waitFor(() => expect(producer.said).toContain("campaign sad"), soon);
  const other = run("other", "--name", "sad", ...cells, "lua");
  const none = run("none", "--attach", "nobody");
  expect(await producer.ended).toBe(2);
  expect(producer.said).toMatch(
    /redis counter incr: It failed 3 times; the last time: .*127\.0\.0\.1:1/,
  );
  expect(resultsAt("sad").cells).toMatchObject([{ strategy: "incr", conclusion: "no verdict" }]);
  expect([await other.ended, other.said]).toEqual([
    2,
    "raceproof: There is another campaign sad in this queue: choose another --name, or remove it with --attach sad --purge.\n",
  ]);
  expect([await none.ended, none.said]).toEqual([
    2,
    "raceproof: There is no campaign nobody in this queue.\n",
  ]);
  const queue = queueNamed("sad@redis");
  // oxlint-disable-next-line no-unsafe-type-assertion -- what somebody else may write
  await queue.add("foreign", { cell: "rm -rf /" } as unknown as JobData, { jobId: "foreign" });
  const reason = async () => (await queue.getJob("foreign"))!.failedReason;
  await vi.waitFor(async () => expect(await reason()).toBeDefined(), soon);
  expect(await reason()).toMatch(/^It is no job of raceproof's: /);
  await queue.close();
  expect(await run("purged", "--attach", "sad", "--purge").ended).toBe(2);
  alone.child.kill("SIGINT");
  await alone.ended;
});

const foldersLeft = (): string[] =>
  readdirSync(place).filter((name) => name.startsWith("raceproof_"));

/** The processes whose working folder is in our place. */
function processesLeft(): string[] {
  return readdirSync("/proc").filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readlinkSync(`/proc/${pid}/cwd`).startsWith(place);
    } catch {
      return false; // it is over, or someone else's
    }
  });
}
