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
import { type Job, Queue, Worker } from "bullmq";
import { Redis } from "ioredis";
import { afterAll, afterEach, beforeAll, expect, inject, test, vi } from "vitest";
import { sweep } from "../../backends/leftovers.ts";
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

const own = ["--server", "redis=local", "--server", `postgres=${postgres}`];
const worker = (servers: readonly string[] = own): Run =>
  raceproof("work", "--queue", server.url, "--lost-after", "3", ...servers);
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

/** Waits until one of these workers is in the middle of a cell. */
async function atWork(queue: Queue, workers: readonly Run[]): Promise<{ run: Run; job: Job }> {
  return vi.waitFor(async () => {
    for (const job of await queue.getJobs(["active"])) {
      if (job.data.part !== undefined) continue;
      const run = workers.find(({ child }) => job.processedBy?.endsWith(`-${child.pid}`));
      if (run) return { run, job };
    }
    throw new Error("nobody is at work");
  }, soon);
}

test("nothing is lost, nothing is counted twice, nothing is left behind", async () => {
  const ways = ["incr", "get-set", "lua", "in-place", "read-write", "select-for-update"];
  const what = [
    ...["--backend", "redis,postgres", "--workload", "counter", "--strategy", ways.join()],
    ...["--isolation", "RC", "--clients", "4", "--operations", "250", "--seed", "1"],
    ...["--schedules", "10"],
  ];
  const one = raceproof("run", ...what, "--out", join(place, "one"), ...own);
  const producer = run("producer", "--name", "chaos", "--job-schedules", "4", ...what);
  await vi.waitFor(() => expect(producer.said).toContain("campaign chaos"), soon);
  await using queue = queueNamed("chaos");
  // Each cell, and two ranges of its seed.
  await vi.waitFor(async () => expect((await queue.getJobCounts("wait"))["wait"]).toBe(18), soon);
  producer.child.kill("SIGKILL");

  const workers = [worker(), worker(), worker(), worker()];
  const killed = await atWork(queue, workers);
  killed.run.child.kill("SIGKILL");
  const silent = await atWork(
    queue,
    workers.filter((each) => each !== killed.run),
  );
  silent.run.child.kill("SIGSTOP");
  await server.kill!();
  await server.start!();
  const whenDone = async (): Promise<Job> => {
    const job = (await queue.getJob(silent.job.id!)) as Job;
    expect(job.finishedOn).toBeDefined();
    return job;
  };
  const { processedBy } = await vi.waitFor(whenDone, soon);
  expect(processedBy).not.toBe(silent.job.processedBy);
  const { returnvalue: before } = await whenDone();
  silent.run.child.kill("SIGCONT");

  const attached = run("chaos", "--attach", "chaos");
  expect([await attached.ended, attached.said]).toEqual([0, expect.stringContaining("6 cells")]);
  await vi.waitFor(() => expect(silent.run.said).toMatch(/taken it over|Missing lock/), soon);
  expect(await one.ended).toBe(0);
  const results = resultsAt("chaos");
  expect(verdicts(results)).toEqual(verdicts(resultsAt("one")));
  expect(results.parts!.reduce((sum, { cells }) => sum + cells, 0)).toBe(6);
  expect((await whenDone()).returnvalue).toEqual(before);
  const shared = results.cells.map(({ explored }) => explored?.two.parts ?? 0);
  expect(shared.filter((parts) => parts > 1).length).toBeGreaterThan(0);
  const subtrees = shared.reduce((sum, parts) => sum + Math.max(0, parts - 1), 0);
  const counts = await queue.getJobCounts("completed", "failed");
  expect(counts).toEqual({ completed: 18 + subtrees, failed: 0 });
  expect((await queue.getJob(killed.job.id!))!.stalledCounter).toBeGreaterThan(0);
  for (const { load } of results.cells) {
    expect(readFileSync(join(place, "chaos", basename(load!.history)), "utf8")).toMatch(/^\{/);
  }

  const purged = run("purged", "--attach", "chaos", "--purge");
  expect(await purged.ended).toBe(0);
  expect(verdicts(resultsAt("purged"))).toEqual(verdicts(results));
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

test("a cell that fails three times has no verdict, and the reason is told", async () => {
  const what = ["--name", "sad", "--backend", "redis", "--workload", "counter"];
  const producer = run("sad", ...what, "--strategy", "incr");
  const at_nothing = worker(["--server", "redis=redis://127.0.0.1:1"]);
  expect(await producer.ended).toBe(2);
  expect(producer.said).toMatch(
    /redis counter incr: It failed 3 times; the last time: .*127\.0\.0\.1:1/,
  );
  expect(resultsAt("sad").cells).toMatchObject([{ strategy: "incr", conclusion: "no verdict" }]);
  const other = run("other", ...what, "--strategy", "lua");
  expect([await other.ended, other.said]).toEqual([
    2,
    "raceproof: There is another campaign sad in this queue: choose another --name, or remove it with --attach sad --purge.\n",
  ]);
  await using queue = queueNamed("sad");
  await queue.add("foreign", { cell: "rm -rf /" }, { jobId: "foreign" });
  const refused = async () => expect((await queue.getJob("foreign"))!.failedReason).toBeDefined();
  await vi.waitFor(refused, soon);
  expect((await queue.getJob("foreign"))!.failedReason).toMatch(/^It is no job of raceproof's: /);
  expect(await run("purged", "--attach", "sad", "--purge").ended).toBe(2);
  const none = run("none", "--attach", "sad");
  expect([await none.ended, none.said]).toEqual([
    2,
    "raceproof: There is no campaign sad in this queue.\n",
  ]);
  at_nothing.child.kill("SIGINT");
  await at_nothing.ended;
});

test("a cell that fails once is done again, and has its verdict", async () => {
  const producer = run("twice", "--name", "twice", "--backend", "redis", "--strategy", "incr");
  const fails = async () => {
    throw new Error("this machine has no disk");
  };
  const first = new Worker("twice", fails, { connection: redis, prefix: "raceproof-campaigns" });
  await once(first, "failed");
  await first.close();
  const second = worker();
  expect([await producer.ended, producer.said]).toEqual([
    0,
    expect.stringContaining("as declared, 0 different, 0 without a verdict"),
  ]);
  second.child.kill("SIGINT");
  await second.ended;
});

function queueNamed(name: string): Queue & AsyncDisposable {
  const queue = new Queue(name, { connection: redis, prefix: "raceproof-campaigns" });
  queue.on("error", () => undefined); // while Redis is restarted
  return Object.assign(queue, { [Symbol.asyncDispose]: () => queue.close() });
}

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
