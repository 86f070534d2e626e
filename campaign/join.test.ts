import { expect, test } from "vitest";
import type { ExploreResult } from "../matrix/result.ts";
import { cellOf } from "../reports/page/results.test-support.ts";
import { type ExploredByJob, joinCell, type SearchJob } from "./join.ts";

const made_by = { raceproof: "1.0.0", node: "v22.0.0" };
const explored = (over: Partial<ExploreResult> = {}): ExploreResult => ({
  ...{ clients: 2, schedules: 10, pruned: 1, complete: true },
  ...{ outcomes: { correct: 10 }, failed: {}, ...over },
});
const begun = explored({ complete: false });

const job = (
  id: string,
  explored: ExploreResult | undefined,
  over: Partial<ExploredByJob> = {},
): SearchJob =>
  explored === undefined
    ? { id, reason: "It failed 3 times." }
    : { id, done: { explored, made_by, handed_on: false, server: "X 1", elapsed_s: 1, ...over } };

const cell = cellOf("read-write", undefined);
const root = job("cell", begun, { handed_on: true });
const join = (...others: SearchJob[]) => joinCell(cell, [root, ...others], []);

test("all parts together are a proof, and it says from how many", () => {
  const { explored: all, ...of } = join(job("1", explored()), job("2", explored()));
  expect(all?.two).toEqual({
    ...{ clients: 2, schedules: 30, pruned: 3, complete: true, parts: 3 },
    ...{ outcomes: { correct: 30 }, failed: {} },
  });
  expect(of.conclusion).toBe("as declared");
});

test.each<[string, SearchJob, string[]]>([
  [
    "is missing",
    job("2", undefined),
    ["Of its 3 parts 1 brought back nothing: 2: It failed 3 times."],
  ],
  ["left out something", job("2", begun), ["Not all interleavings were run, only 30."]],
  [
    "is of another Node",
    job("2", explored(), { made_by: { ...made_by, node: "v24.1.0" } }),
    [
      "Its parts were measured with different versions, so they are no whole: Node v22.0.0 and v24.1.0.",
    ],
  ],
  [
    "is of another server",
    job("2", explored(), { server: "X 2" }),
    ["Its parts were measured with different versions, so they are no whole: X 1 and X 2."],
  ],
])("no proof when a part %s", (_, part, remarks) => {
  const told = join(job("1", explored()), part);
  expect(told).toMatchObject({ conclusion: "no verdict", remarks });
  expect(told.explored?.two.complete).toBe(false);
});

const failure = (token: string, foundAfter: number) =>
  // oxlint-disable-next-line no-unsafe-type-assertion -- only these are looked at
  ({ kind: "lost update", message: "1 is lost.", token, foundAfter }) as NonNullable<
    ExploreResult["failure"]
  >;
const racy = (token: string): ExploreResult =>
  explored({ outcomes: { correct: 7, "lost update": 3 }, failure: failure(token, 4) });

test("a race stays a race when another part is missing; the first in the order of the search is told", () => {
  const told = join(job("1", undefined), job("2", racy("first")), job("3", racy("second")));
  expect(told.conclusion).toBe("different");
  expect(told.remarks).toEqual([
    expect.stringMatching(/^Not declared: lost update: /),
    "Of its 4 parts 1 brought back nothing: 1: It failed 3 times.",
  ]);
  expect(told.explored?.two.failure).toMatchObject({ token: "first", foundAfter: 14 });
});

test("what a part has not found is not said of a whole with gaps", () => {
  const declared = {
    ...cell,
    declared: { shows: ["lost update", "same number twice"], fails: ["40001"] },
  };
  const told = joinCell(declared, [root, job("1", racy("t")), job("2", undefined)], []);
  expect(told.conclusion).toBe("no verdict");
});

test("ranges of a seed are added up, also when the cell's own job failed", () => {
  const three = explored({ clients: 3, complete: false, seed: 7 });
  const own = job("cell", undefined);
  const told = joinCell(cell, [own], [own, job("three/11-20", three), job("three/21-30", three)]);
  expect(told.explored?.three).toMatchObject({ clients: 3, schedules: 20, seed: 7, parts: 3 });
  const remarks = ["Of its 3 parts 1 brought back nothing: cell: It failed 3 times."];
  expect(told).toMatchObject({ conclusion: "no verdict", remarks });
});
