import { expect, test } from "vitest";
import type { CellResult } from "../matrix/result.ts";
import { cellOf } from "../reports/page/results.test-support.ts";
import { partsText } from "../reports/parts.ts";
import type { NotRun } from "../reports/summary.ts";
import type { CellName } from "./cell-name.ts";
import { merge, type ShardResults } from "./merge.ts";

const name = (strategy: string, backend = "postgres"): CellName => ({
  ...{ workload: "counter", backend, strategy, isolation: "READ COMMITTED", settings: null },
});
const cell = (strategy: string, over: Partial<CellResult> = {}): CellResult => ({
  ...cellOf(strategy, undefined),
  ...over,
});
const whole = [[name("a"), name("b")], [name("c")]];

interface Over {
  readonly folder?: string;
  readonly of?: number;
  readonly seed?: number;
  readonly whole?: readonly CellName[][];
  readonly not_run?: readonly NotRun[];
  readonly interrupted?: boolean;
  readonly node?: string;
}

const shard = (number: number, cells: readonly CellResult[], over: Over = {}): ShardResults => ({
  folder: over.folder ?? `part-${number}`,
  results: {
    ...{ seed: 7, clients: 2, operations: 10, elapsed_s: number },
    interrupted: over.interrupted ?? false,
    cells,
    not_run: over.not_run ?? [],
    made_by: { raceproof: "1.0.0", node: over.node ?? "v22.0.0" },
    shard: { number, of: over.of ?? 2, run: { seed: over.seed ?? 7 }, whole: over.whole ?? whole },
  },
});
const first = shard(1, [cell("a"), cell("b")]);
const second = shard(2, [cell("c")]);

test("all shards, in any order, are the whole, and each cell says whose it is", () => {
  const result = merge([second, first]);
  expect(result.cells.map(({ strategy, part }) => [strategy, part])).toEqual([
    ["a", "shard 1 of 2"],
    ["b", "shard 1 of 2"],
    ["c", "shard 2 of 2"],
  ]);
  expect(result).toMatchObject({ seed: 7, elapsed_s: 2, interrupted: false, not_run: [] });
  expect(result).not.toHaveProperty("shard");
  expect(partsText(result)).toEqual([
    "Put together from 2 parts, with so many cells: shard 1 of 2 (2), shard 2 of 2 (1).",
  ]);
});

test.each<[string, ShardResults[], string]>([
  ["a gap", [first], "shard 2 of 2 is missing, with postgres counter c READ COMMITTED."],
  [
    "the same shard twice",
    [first, second, shard(1, [cell("a"), cell("b")], { folder: "again" })],
    "part-1 and again are both shard 1 of 2: they overlap.",
  ],
  [
    "a later shard twice",
    [first, second, shard(2, [cell("c")], { folder: "again" })],
    "part-2 and again are both shard 2 of 2: they overlap.",
  ],
  [
    "a cell that is another shard's",
    [first, shard(2, [cell("c"), cell("a")])],
    "part-2 (shard 2 of 2) has postgres counter a READ COMMITTED twice, or it is another shard's: they overlap.",
  ],
  [
    "a cell that is not there",
    [shard(1, [cell("a")]), second],
    "part-1 (shard 1 of 2) has no result of postgres counter b READ COMMITTED.",
  ],
  [
    "other seeds",
    [first, shard(2, [cell("c")], { seed: 8 })],
    "part-1 (shard 1 of 2) and part-2 (shard 2 of 2) are of different runs: seed 7, and 8.",
  ],
  [
    "other cuts",
    [first, shard(2, [cell("b"), cell("c")], { whole: [[name("a")], [name("b"), name("c")]] })],
    "part-1 (shard 1 of 2) and part-2 (shard 2 of 2) divide the cells differently: postgres counter b READ COMMITTED is in shard 1, and in shard 2. Give all shards the same --times.",
  ],
  [
    "other numbers of shards",
    [first, shard(2, [cell("c")], { of: 3 })],
    "part-1 (shard 1 of 2) and part-2 (shard 2 of 3) are of different divisions.",
  ],
  [
    "a shard that was broken off",
    [first, shard(2, [], { interrupted: true })],
    "part-2 (shard 2 of 2) was interrupted: the same command with --resume finishes it.",
  ],
])("refuses %s", (_, parts, sentence) => {
  expect(() => merge(parts)).toThrow(sentence);
});

test("what could not run, and says why, is no gap", () => {
  const not_run = [{ backend: "postgres", state: "not run", reason: "no space" }] as const;
  const { cells, not_run: told } = merge([shard(1, [], { not_run }), shard(2, [], { not_run })]);
  expect([cells, told]).toEqual([[], not_run]);
});

test("MariaDB may have answered where MySQL was asked for", () => {
  const asked = [[name("a", "mysql")], [name("c", "mysql")]];
  const answered = { backend: "mariadb", server: "MariaDB 11.8" };
  const parts = ["a", "c"].map((way, i) => shard(i + 1, [cell(way, answered)], { whole: asked }));
  expect(merge(parts).cells).toHaveLength(2);
});

test("other versions are told apart", () => {
  const other = shard(2, [cell("c", { server: "PostgreSQL 17.2" })], { node: "v24.1.0" });
  expect(partsText(merge([first, other]))[1]).toBe(
    "Not all was measured with the same versions: Node v22.0.0 (shard 1 of 2) and v24.1.0 (shard 2 of 2); " +
      "postgres PostgreSQL 18.4 (shard 1 of 2) and PostgreSQL 17.2 (shard 2 of 2).",
  );
});
