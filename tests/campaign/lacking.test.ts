/** Workers that cannot do a job: it goes to others, or has no verdict; and whoever watches is told what it waits for. */
import { once } from "node:events";
import { Worker } from "bullmq";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import type { JobData } from "../../campaign/queue/job.ts";
import { nowhere, Processes, shared, soon } from "./processes.test-support.ts";

let all: Processes;
beforeAll(async () => {
  all = await Processes.start();
});
afterEach(() => all.end());
afterAll(() => all[Symbol.asyncDispose]());

const cells = ["--backend", "redis", "--workload", "counter", "--strategy"];

test("a job that fails once, or whose server one worker lacks, has its verdict", async () => {
  const producer = all.run("twice", "--name", "twice", ...cells, "incr");
  await vi.waitFor(() => expect(producer.said).toContain("No worker is there; 1 job waits"), soon);
  const fails = async () => {
    throw new Error("this machine has no disk");
  };
  const first = new Worker("twice@redis", fails, {
    ...{ connection: all.redis, prefix: "raceproof-campaigns", concurrency: 1 },
  });
  await once(first, "failed");
  await first.close();
  const lacking = all.work(nowhere, "--lost-after", "900");
  const left = /redis is left to others for 900 s: .*127\.0\.0\.1:1/;
  await vi.waitFor(() => expect(lacking.said).toMatch(left), soon);
  const waits = "No worker has redis; 1 job waits for one that has.";
  await vi.waitFor(() => expect(producer.said).toContain(waits), soon);
  const able = all.work(shared);
  expect([await producer.ended, producer.said]).toEqual([
    0,
    expect.stringContaining("as declared, 0 different, 0 without a verdict"),
  ]);
  expect(producer.said.split("No worker has")).toHaveLength(2);
  const queue = all.queueNamed("twice@redis");
  const [job] = await queue.getJobs("completed");
  await queue.close();
  expect(job!.attemptsMade).toBe(2);
  for (const { child, ended } of [lacking, able]) {
    child.kill("SIGINT");
    await ended;
  }
});

test("a job that nobody can do has no verdict, and the reason is told", async () => {
  const alone = all.work(nowhere, "--lost-after", "1");
  const producer = all.run("sad", "--name", "sad", ...cells, "incr");
  await vi.waitFor(() => expect(producer.said).toContain("campaign sad"), soon);
  const other = all.run("other", "--name", "sad", ...cells, "lua");
  const none = all.run("none", "--attach", "nobody");
  expect(await producer.ended).toBe(2);
  expect(producer.said).toContain("redis counter incr: It failed 3 times;");
  const reason_told = /^It failed 3 times; the last time: .*127\.0\.0\.1:1/;
  const remarks = [expect.stringMatching(reason_told)];
  expect(all.resultsAt("sad").cells).toMatchObject([
    { strategy: "incr", conclusion: "no verdict", remarks },
  ]);
  expect([await other.ended, other.said]).toEqual([
    2,
    "raceproof: There is another campaign sad in this queue: choose another --name, or remove it with --attach sad --purge.\n",
  ]);
  expect([await none.ended, none.said]).toEqual([
    2,
    "raceproof: There is no campaign nobody in this queue.\n",
  ]);
  const queue = all.queueNamed("sad@redis");
  // oxlint-disable-next-line no-unsafe-type-assertion -- what somebody else may write
  await queue.add("foreign", { cell: "rm -rf /" } as unknown as JobData, { jobId: "foreign" });
  const reason = async () => (await queue.getJob("foreign"))!.failedReason;
  await vi.waitFor(async () => expect(await reason()).toBeDefined(), soon);
  expect(await reason()).toMatch(/^It is no job of raceproof's: /);
  await queue.close();
  expect(await all.run("purged", "--attach", "sad", "--purge").ended).toBe(2);
  alone.child.kill("SIGINT");
  await alone.ended;
});
