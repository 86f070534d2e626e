import { expect, test } from "vitest";
import type { Operation } from "../histories/event.ts";
import { operation } from "./example.test-support.ts";
import { split } from "./split.ts";

const op = (f: string, input: unknown, output: unknown): Operation => ({
  ...operation,
  f,
  input,
  output,
});
const add_1 = op("add", 1, null);
const add_2 = op("add", 2, null);
const has_1 = op("contains", 1, true);

test("a set is judged element by element", () => {
  expect(split("set", [add_1, add_2, has_1])).toEqual([[add_1, has_1], [add_2]]);
});

test("what failed did not happen, and a whole read that crashed tells nothing", () => {
  const failed = { ...add_2, status: "fail" } as const;
  const crashed = { ...op("read", null, null), status: "info" } as const;
  expect(split("set", [add_1, failed, crashed])).toEqual([[add_1]]);
});

test("somebody has read the whole set, or the model is another: it stays whole", () => {
  const whole = [add_1, add_2, op("read", null, [1, 2])];
  expect(split("set", whole)).toEqual([whole]);
  expect(split("counter", [add_1, add_2])).toEqual([[add_1, add_2]]);
});
