import { expect, test } from "vitest";
import type { Operation } from "./event.ts";
import { overlapping } from "./overlap.ts";

const operation = (invoked: number, returned: number): Operation => ({
  process: 0,
  f: "add",
  key: "a",
  input: 1,
  status: returned === Infinity ? "info" : "ok",
  output: null,
  error: undefined,
  invoked,
  returned,
  invoked_ns: invoked,
  returned_ns: returned,
});

test("one after the other do not overlap", () => {
  expect(overlapping([operation(0, 1), operation(2, 3), operation(4, 5)])).toBe(0);
});

test("both of a pair count, also when one lies inside the other", () => {
  expect(overlapping([operation(0, 2), operation(1, 3), operation(4, 5)])).toBe(2);
  expect(overlapping([operation(0, 9), operation(1, 2), operation(3, 4)])).toBe(3);
});

test("an operation of unknown fate overlaps with nothing", () => {
  expect(overlapping([operation(0, Infinity), operation(1, 2), operation(3, 4)])).toBe(0);
});
