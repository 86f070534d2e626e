import { expect, test } from "vitest";
import { compareRuns } from "./renaming.ts";
import type { Trace, TraceStep } from "./trace.ts";

type Row = readonly [kind: TraceStep["kind"], statement: string, reply: string];

/** A run of one client with these steps, which answers `output`. */
const run = (rows: readonly Row[], output?: unknown): Trace => ({
  operations: [1],
  choices: [],
  faults: [],
  steps: rows.map(([kind, statement, reply]) => ({
    client: 1,
    operation: 1,
    statement,
    kind,
    keys: undefined,
    reply,
  })),
  results: [{ client: 1, operation: 1, status: "ok", output }],
  ending: { kind: "ended" },
});

const ordering = (id: number, used = id, read = id): Trace =>
  run([
    ["write", "INSERT INTO purchase (buyer) VALUES ('b') RETURNING id", `id = ${id}`],
    ["write", `UPDATE purchase SET paid = true WHERE id = ${used}`, "1 row changed"],
    ["read", "SELECT max(id) FROM purchase", `max = ${read}`],
  ]);

test("serial numbers are the same up to renaming, and every pair gives the same text", () => {
  const [first, second] = [
    compareRuns(ordering(23), ordering(25)),
    compareRuns(ordering(7), ordering(9)),
  ];
  expect(first.same).toBe(true);
  expect(first).toEqual(second);
  expect(first).toMatchObject({ text: expect.stringContaining("WHERE id = <1>") });
});

test("who uses another value than the one that was made does something else", () => {
  expect(compareRuns(ordering(23), ordering(25, 24)).same).toBe(false);
  expect(compareRuns(ordering(23, 22), ordering(25, 25)).same).toBe(false);
});

test("who finds another value than the one that was made finds something else", () => {
  expect(compareRuns(ordering(23), ordering(25, 25, 24)).same).toBe(false);
});

test("two that are different in one run are different in the other", () => {
  const two = (a: number, b: number): Trace =>
    run([
      ["write", "INSERT INTO x DEFAULT VALUES RETURNING id", `id = ${a}`],
      ["write", "INSERT INTO x DEFAULT VALUES RETURNING id", `id = ${b}`],
      ["read", `SELECT v FROM x WHERE id = ${a}`, "v = 0"],
    ]);
  expect(compareRuns(two(1, 2), two(3, 4)).same).toBe(true);
  expect(compareRuns(two(3, 4), two(5, 5)).same).toBe(false);
  expect(compareRuns(two(3, 3), two(5, 6)).same).toBe(false);
});

test("two sequences may be at the same number in one run and not in the other", () => {
  const both = (order: number, item: number): Trace =>
    run([
      ["write", "INSERT INTO purchase DEFAULT VALUES RETURNING id", `id = ${order}`],
      ["write", "INSERT INTO item DEFAULT VALUES RETURNING id", `id = ${item}`],
      ["write", `UPDATE item SET purchase = ${order} WHERE id = ${item}`, "1 row changed"],
    ]);
  expect(compareRuns(both(3, 3), both(5, 6)).same).toBe(true);
  expect(compareRuns(both(3, 4), both(5, 7)).same).toBe(true);
});

test("what an operation answers is an outcome: 40 is not 60", () => {
  const answering = (v: number): Trace => run([["read", "SELECT 1", "1"]], v);
  expect(compareRuns(answering(40), answering(60)).same).toBe(false);
  const made = (id: number): Trace =>
    run([["write", "INSERT INTO x DEFAULT VALUES RETURNING id", `id = ${id}`]], { id });
  expect(compareRuns(made(40), made(60)).same).toBe(true);
});

test("random tokens are the same up to renaming; words of a language are not", () => {
  const locking = (token: string, answer: string): Trace =>
    run([
      ["write", `SET lock ${token} NX`, answer],
      ["write", `EVAL unlock ${token}`, "1"],
    ]);
  expect(compareRuns(locking("x7Qf2k", "OK"), locking("b19mZz", "OK")).same).toBe(true);
  expect(compareRuns(locking("x7Qf2k", "OK"), locking("b19mZz", "nil")).same).toBe(false);
  expect(compareRuns(locking("waiting", "OK"), locking("running", "OK")).same).toBe(false);
});

test("a number inside a word is a number", () => {
  const keyed = (n: number): Trace =>
    run([
      ["write", "INCR orders", String(n)],
      ["write", `SET order-${n} paid`, "OK"],
    ]);
  expect(compareRuns(keyed(8), keyed(11)).same).toBe(true);
});

test("the first line that differs is told", () => {
  const [one, two] = [
    run([["read", "SELECT 1", "1"]]),
    run([["write", "UPDATE x SET v = v", "1 row changed"]]),
  ];
  expect(compareRuns(one, two)).toMatchObject({ one: expect.stringContaining("SELECT 1") });
});
