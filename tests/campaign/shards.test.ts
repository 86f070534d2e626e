/** A run in shards, each a process of its own, ends like the run in one process. */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { command } from "../../command.test-support.ts";
import { backends } from "../../matrix/backends.ts";
import { strategyNames } from "../../matrix/open-backend.ts";
import type { Results } from "../../reports/summary.ts";
import { suites } from "../../suites/suites.ts";

const servers = inject("servers");
const env = {
  ...process.env,
  NO_COLOR: "1",
  RACEPROOF_REDIS_URL: servers.redis.url,
  RACEPROOF_DYNAMODB_ENDPOINT: servers.dynamodb.url,
};
const what = ["--backend", "redis,dynamodb", "--workload", "counter", "--strategy"];
const ways = [...what, "incr,get-set,add,conditional-put"];

let folder: string;
const at = (name: string): string => join(folder, name);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "raceproof-shards-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function raceproof(...args: string[]) {
  const ended = promisify(execFile)(process.execPath, [command, ...args], { env });
  return ended.then(
    ({ stdout }) => ({ code: 0, stdout, stderr: "" }),
    ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({
      code,
      stdout,
      stderr,
    }),
  );
}

async function resultsAt(name: string): Promise<Results> {
  return JSON.parse(await readFile(join(at(name), "results.json"), "utf8")) as Results;
}

/** What must be the same, however the cells were shared out: all but times, and how a load happened to go. */
const verdicts = ({ cells }: Results) =>
  cells.map(({ backend, strategy, server, conclusion, remarks, explored, load }) => ({
    ...{ backend, strategy, server, conclusion, remarks, expected: load?.expected },
    explored: [explored?.two, explored?.three, explored?.reply_lost].map(
      (one) => one && [one.schedules, one.complete, one.outcomes, one.failed, one.failure?.token],
    ),
  }));

test("two shards and merge give what one process gives", async () => {
  const ended = await Promise.all([
    raceproof("run", ...ways, "--seed", "1", "--out", at("one")),
    raceproof("run", ...ways, "--shard", "1/2", "--out", at("1")),
    raceproof("run", ...ways, "--shard", "2/2", "--out", at("2")),
  ]);
  expect(ended.map(({ code }) => code)).toEqual([0, 0, 0]);
  const gap = await raceproof("merge", at("2"), "--out", at("whole"));
  expect([gap.code, gap.stdout]).toEqual([2, ""]);
  expect(gap.stderr).toMatch(/^raceproof: shard 1 of 2 is missing, with redis counter .*\n$/);
  const whole = await raceproof(
    ...["merge", at("2"), at("1"), "--out", at("whole"), "--reporter", "default,junit"],
  );
  expect([whole.code, whole.stderr]).toEqual([0, ""]);
  expect(whole.stdout).toMatch(/Put together from 2 parts, [^]*\n\n4 cells: 4 as declared/);
  const results = await resultsAt("whole");
  expect(verdicts(results)).toEqual(verdicts(await resultsAt("one")));
  for (const { load } of results.cells) {
    const name = basename(load!.history);
    expect(load!.history).toBe(join(at("whole"), name));
    expect((await readFile(load!.history, "utf8")).length).toBeGreaterThan(1000);
  }
  const junit = join(at("whole"), "junit.xml");
  expect(await readFile(junit, "utf8")).toContain('tests="2"');
  await rm(junit);
  const again = await raceproof("report", at("whole"), "--json", "--reporter", "junit");
  expect([again.code, again.stderr]).toEqual([0, ""]);
  expect(verdicts(JSON.parse(again.stdout) as Results)).toEqual(verdicts(results));
  expect(await readFile(junit, "utf8")).toContain('tests="2"');
  const own = await raceproof("merge", at("1"), at("2"), "--out", at("1"));
  expect(own.stderr).toMatch(/holds a shard; name another folder with --out\.\n$/);
});

test.each([
  [["3"], /--shard takes a part of a whole, such as 2\/5, not "3"/],
  [["4/3"], /--shard takes a part/],
  [["1/50"], /--shard 1\/50: there are only 4 cells to share out/],
  [["1/2", "--times", "nowhere"], /nowhere\/results.json holds no results .*it is not there/],
])("--shard %j cannot be", async (shard, sentence) => {
  const { code, stdout, stderr } = await raceproof("run", ...ways, "--shard", ...shard);
  expect([code, stdout]).toEqual([2, ""]);
  expect(stderr).toMatch(sentence);
});

test("a product that may answer in place of another has the same strategies, so the same cells", async () => {
  for (const entry of backends)
    for (const other of entry.or ?? []) {
      if (!backends.some(({ name }) => name === other)) continue;
      for (const suite of suites)
        expect(await strategyNames(suite, { name: other })).toEqual(
          await strategyNames(suite, entry),
        );
    }
});
