import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Exploration } from "../../schedules/findings.ts";
import type { Subject } from "../report.ts";
import { addToPage } from "./gathered.ts";
import { dataIn } from "./html.ts";
import type { PageCell } from "./page-data.ts";
import { failureOf, lost_in_transactions, traceOf } from "./results.test-support.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "raceproof-gathered-"));
});
afterEach(() => rm(folder, { recursive: true }));

const subject = (name: string): Subject => ({
  name,
  backend: { name: "postgres", server: "PostgreSQL 18.4" },
  isolation: undefined,
  replayCommand: (token) => `replay ${token}`,
});

const nothing_found: Exploration = {
  ...{ operations: [1, 1], schedules: 6, pruned: 0, interleavings: 6, complete: true, proof: true },
  ...{ seed: undefined, outcomes: { correct: 6 }, endings: {}, failed: {}, unknown: {} },
  ...{ waited: 0, racing: 2, diverged: 0, coverage: { pairs: 0, oneOrder: [] } },
};
const found: Exploration = {
  ...nothing_found,
  proof: false,
  failure: failureOf(traceOf(lost_in_transactions)),
};

async function cells(): Promise<PageCell[]> {
  return dataIn(await readFile(join(folder, "index.html"), "utf8")).cells.slice();
}

test("explorations that end at the same time are all in the page", async () => {
  const names = ["a", "b", "c", "d", "e"];
  await Promise.all(names.map((name) => addToPage(folder, subject(name), nothing_found)));
  expect((await cells()).map(({ way, sign }) => [way, sign])).toEqual(
    names.map((name) => [name, "safe"]),
  );
});

test("one that runs again takes its own place; a failure has its story", async () => {
  await addToPage(folder, subject("withdraw"), nothing_found);
  await addToPage(folder, subject("withdraw"), found);
  const [cell, ...others] = await cells();
  expect(others).toEqual([]);
  expect(cell).toMatchObject({ sign: "wrong", word: "lost update" });
  expect(cell!.explored[0]!.story!.again!.replay).toMatch(/^replay rp2~withdraw~postgres~/);
});

test("the repairs that were tried stand below the story", async () => {
  const tried = { schedules: 6, interleavings: undefined, errors: {}, deadlocks: 0, tookMs: 1 };
  const [repair, level] = [{ wraps: true }, "REPEATABLE READ"] as const;
  await addToPage(folder, subject("withdraw"), found, [
    { ...tried, repair, result: { kind: "race", failure: found.failure! } },
    { ...tried, repair: { ...repair, level }, result: { kind: "proof" }, errors: { 40001: 2 } },
  ]);
  const [cell] = await cells();
  expect(cell!.explored[0]!.repairs).toEqual([
    {
      repair: "one transaction",
      sign: "wrong",
      gone: "no, still a race",
      errors: "",
      throughput: "",
    },
    {
      repair: "one transaction, REPEATABLE READ",
      sign: "retry",
      gone: "yes, proof: all interleavings, 6 run",
      errors: "40001",
      throughput: "",
    },
  ]);
});

test("only a proof is safe", async () => {
  const doubt = { kind: "random" } as const;
  await addToPage(folder, subject("few"), {
    ...nothing_found,
    proof: false,
    complete: false,
    doubt,
  });
  const [cell] = await cells();
  expect(cell).toMatchObject({ sign: "unknown", word: "no failure, no proof" });
  expect(cell!.explored[0]!.text).toContain(
    "no proof, because the schedules were chosen at random",
  );
});
