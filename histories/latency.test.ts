import { expect, test } from "vitest";
import type { Operation } from "./event.ts";
import { latency } from "./latency.ts";

const took = (ms: number, status: Operation["status"] = "ok"): Operation => ({
  process: 0,
  f: "add",
  key: "k",
  input: 1,
  status,
  output: null,
  error: undefined,
  invoked: 0,
  returned: 1,
  invoked_ns: 5e6,
  returned_ns: 5e6 + ms * 1e6,
});

test("half of them took at most the median, whatever their order", () => {
  expect(latency([took(30), took(10), took(20)]).p50_ms).toBe(20);
  expect(latency([took(30), took(10)]).p50_ms).toBe(10);
});

test("99 of 100 took at most the 99th percentile", () => {
  const hundred = Array.from({ length: 100 }, (_, n) => took(n + 1));
  expect(latency(hundred)).toEqual({ p50_ms: 50, p99_ms: 99 });
  expect(latency([...hundred, took(1000)]).p99_ms).toBe(100);
});

test("only what was acknowledged has a latency", () => {
  expect(latency([took(7), took(1, "fail"), took(900, "info")])).toEqual({ p50_ms: 7, p99_ms: 7 });
  expect(latency([took(1, "fail")])).toEqual({ p50_ms: null, p99_ms: null });
});
