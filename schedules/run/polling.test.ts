import { expect, test } from "vitest";
import type { TraceStep } from "../trace.ts";
import { Polling, type Question } from "./polling.ts";

/** `1 get → 0` is a step of client 1. */
const steps = (...rows: string[]): TraceStep[] =>
  rows.map((row) => {
    const [statement = "", reply = "OK"] = row.slice(2).split(" → ");
    return {
      client: Number(row[0]),
      operation: 1,
      statement,
      kind: "write",
      keys: undefined,
      reply,
    };
  });

const times = (count: number, row: string): string[] => Array.from({ length: count }, () => row);

const lock: Question = {
  client: 1,
  operation: 1,
  statement: "lock",
  kind: "write",
  slept_after: [],
};

test("plain code may ask the same a few times, also after a sleep", () => {
  const polling = new Polling();
  const asked = steps("2 set", ...times(3, "1 lock → nil"));
  expect(polling.judge(lock, asked)).toBe("no");
  expect(polling.judge({ ...lock, slept_after: [3] }, asked)).toBe("no");
});

test("a loop with sleeps is found out in its second round, and known from then on", () => {
  const polling = new Polling();
  const asked = steps("2 set", "1 get", "1 lock → nil", "1 lock → nil");
  expect(polling.judge({ ...lock, slept_after: [2, 3] }, asked)).toBe("found out");
  const once = steps("2 set", "1 lock → nil");
  expect(polling.judge({ ...lock, slept_after: [1] }, once)).toBe("polls");
  expect(polling.judge(lock, once)).toBe("no");
  // It slept before it asked the first time.
  expect(polling.judge({ ...lock, slept_after: [0] }, once)).toBe("no");
});

test("a loop without sleeps is one after ten same replies", () => {
  const polling = new Polling();
  expect(polling.judge(lock, steps(...times(9, "1 lock → nil")))).toBe("no");
  const counts = Array.from({ length: 20 }, (_, i) => `1 lock → ${i}`);
  expect(polling.judge(lock, steps(...counts))).toBe("no");
  expect(polling.judge(lock, steps(...times(10, "1 lock → nil")))).toBe("found out");
  expect(polling.judge(lock, steps(...times(2, "1 lock → nil")))).toBe("polls");
});

test("once somebody else has moved the answer may be another", () => {
  const polling = new Polling();
  polling.judge(lock, steps(...times(10, "1 lock → nil")));
  expect(polling.judge(lock, steps(...times(5, "1 lock → nil"), "2 unlock"))).toBe("no");
  const waited = steps("2 get", ...times(3, "1 lock → nil"));
  const goes_on = waited.map((step, row) => (row === 0 ? { ...step, releasedBy: 3 } : step));
  expect(polling.judge(lock, goes_on)).toBe("no");
});

test("the edges of transactions and other operations do not count", () => {
  const polling = new Polling();
  const begun = steps(...times(20, "1 begin"));
  expect(polling.judge({ ...lock, statement: "begin", kind: "begin" }, begun)).toBe("no");
  expect(polling.judge({ ...lock, operation: 2 }, steps(...times(20, "1 lock → nil")))).toBe("no");
});
