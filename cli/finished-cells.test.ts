import { appendFile, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Cell } from "../matrix/cell.ts";
import type { CellResult } from "../matrix/result.ts";
import { FinishedCells, seedToResume } from "./finished-cells.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "raceproof-finished-"));
});
afterEach(() => rm(folder, { recursive: true }));

const head = { version: "1", seed: 7, clients: 5, strategy: undefined };
const name = { workload: "counter", backend: "redis", strategy: "incr", isolation: null };
const cell = (over: Partial<CellResult> = {}): CellResult & Cell =>
  ({
    ...name,
    server: "Redis 8",
    declared: {},
    conclusion: "as declared",
    remarks: [],
    ...over,
  }) as CellResult & Cell;

test("what is finished is kept, also when the run was killed in the middle of a line", async () => {
  const run = FinishedCells.begin(folder, head);
  run.add(cell(), null);
  run.add(cell({ strategy: "lua", interrupted: true }), null);
  await appendFile(join(folder, ".finished"), '{"disturbed":null,"cell":{"work');
  expect(seedToResume(folder)).toBe(7);
  const next = FinishedCells.resume(folder, head);
  expect(next.find(cell(), null)).toMatchObject(name);
  expect(next.find(cell({ strategy: "lua" }), null)).toBeUndefined();
  next.add(cell({ strategy: "lua" }), null);
  expect(FinishedCells.resume(folder, head).find(cell({ strategy: "lua" }), null)).toBeDefined();
  next.end();
  expect(await readdir(folder)).toEqual([]);
});

test("another version of the server, and another run, are not gone on with", () => {
  FinishedCells.begin(folder, head).add(cell(), "durable");
  const next = FinishedCells.resume(folder, head);
  expect(next.find(cell(), "durable")).toBeDefined();
  expect(next.find(cell(), null)).toBeUndefined();
  expect(next.find(cell({ server: "Redis 8.1" }), "durable")).toBeUndefined();
  expect(() => FinishedCells.resume(folder, { ...head, clients: 6 })).toThrow(
    `--resume: the run in ${folder} had clients 5, not 6; give the same, or leave out --resume to begin anew.`,
  );
  expect(() => FinishedCells.resume(folder, { ...head, strategy: "incr" })).toThrow(
    /had strategy not given, not incr;/,
  );
});

test("where nothing was interrupted there is nothing to go on with", () => {
  expect(() => seedToResume(folder)).toThrow(
    `--resume: there is no interrupted run in ${folder}; name its folder with --out.`,
  );
});
