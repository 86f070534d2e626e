import { expect, test } from "vitest";
import type { CellResult } from "../matrix/result.ts";
import { cellOf, lost_in_transactions, resultsOf } from "./page/results.test-support.ts";
import type { Paint } from "./paint.ts";
import { summary } from "./summary.ts";

const plain = (text: string): string => text;
const paint: Paint = { bold: plain, red: plain, yellow: plain, dim: plain };
const told = (cells: readonly CellResult[], width = 80, verbose = false): string =>
  summary(resultsOf(cells), { width, verbose, paint });

const at = (isolation: CellResult["isolation"], cell: CellResult): CellResult => ({
  ...cell,
  isolation,
});
const safe = (way: string): CellResult => cellOf(way, undefined);
const lost = (way: string): CellResult => cellOf(way, lost_in_transactions);
const retried = (way: string): CellResult => {
  const cell = safe(way);
  return { ...cell, load: { ...cell.load!, failed: { "40001": 3 } } };
};
const many = ["in-place", "select-for-update", "upsert", "version-column", "advisory-lock"].flatMap(
  (way) => [at("READ COMMITTED", safe(way)), at("REPEATABLE READ", safe(way))],
);
const others = [
  at("READ COMMITTED", lost("read-write")),
  at("REPEATABLE READ", lost("read-write")),
  at("READ COMMITTED", lost("too-late")),
  at("REPEATABLE READ", retried("too-late")),
];

test("ways that come to the same stand together, the safe ones first", () => {
  expect(told([...others, ...many], 60)).toBe(`\
counter on PostgreSQL 18.4   5 of 7 safe at every level
  RC  RR
  ✓   ✓    in-place, select-for-update, upsert,
           version-column, advisory-lock
  ✗   ↻    too-late
  ✗   ✗    read-write

✓ safe   ↻ safe, but some must try again   ✗ goes wrong

14 cells: 14 as declared, 0 different, 0 without a verdict.`);
});

test.each([60, 80, 120, 200])("no line is wider than %i columns", (width) => {
  const lines = told(
    [...others, ...many, ...many.map((cell) => ({ ...cell, server: "Other 1" }))],
    width,
  );
  for (const line of lines.split("\n")) expect(line.length).toBeLessThanOrEqual(width);
});

test("a few cells are told in detail; the wide table comes on request", () => {
  const one = told([lost("read-write")]);
  expect(one).toContain(`\
  ✗ read-write at READ COMMITTED: lost update (as declared)
    interleavings: all 6; load: 20 of 20 acknowledged; 500 ops/s; p50 / p99 1.0
    / 2.0 ms`);
  expect(one).not.toContain("┌");
  expect(told([lost("read-write")], 80, true)).toContain("┌");
});

test("what data say commands no terminal", () => {
  const cell: CellResult = {
    ...lost("read-write"),
    conclusion: "different",
    remarks: ["\u001b[2J\u202e"],
  };
  const text = told([cell]);
  expect(text).toContain("␛[2J⟨202e⟩");
  expect(text).not.toContain("\u001b");
});
