import { expect, test } from "vitest";
import type { Operation } from "../histories/event.ts";
import { call, show } from "./call.ts";
import { drawTimeline } from "./draw-timeline.ts";
import { few } from "./elements.ts";
import { operation as example, header as example_header } from "./example.test-support.ts";

const read: Operation = { ...example, process: 12, invoked: 7, returned: 9 };
const crashed = { status: "info", output: undefined, returned: Infinity } as const;
const header = { ...example_header, clients: 10 };

test("a timeline has the order of the events, not their distances", () => {
  const write: Operation = { ...read, process: 3, f: "write", input: 1, invoked: 2, returned: 8 };
  const lost: Operation = { ...write, process: 0, input: 2, invoked: 100, ...crashed };
  const operations = [write, read, lost];
  expect(drawTimeline(operations, read, undefined)).toBe(
    [
      "process 3   |-----|           write 1",
      "process 12     |-----|        read → null   ← cannot be placed",
      "process 0               |--…  write 2",
    ].join("\n"),
  );
  expect(drawTimeline(operations, undefined, header)).toBe(
    [
      "client 3  |-----|           write 1",
      "client 2     |-----|        read → null",
      "client 0              |--…  write 2",
    ].join("\n"),
  );
  expect(drawTimeline([{ ...read, process: "nemesis" }], undefined, header)).toMatch(
    /^the nemesis  \|/,
  );
  expect(drawTimeline([], undefined, header)).toBe("");
});

test.each([
  ["read → 5", { output: 5 }],
  ["read → null", {}],
  ["read", { ...crashed }],
  ["get → null", { f: "get" }],
  ["dequeue → null", { f: "dequeue" }],
  ["add 1", { f: "add", input: 1 }],
  ["add 1", { f: "add", input: 1, output: 1 }],
  ["add 1 → 7", { f: "add", input: 1, output: 7 }],
  ["add", { f: "add", input: undefined }],
  ["add 1", { f: "add", input: 1, output: 7, status: "fail" }],
  ["cas [1,2] → false", { f: "cas", input: [1, 2], output: false }],
] as const)("%s", (text, change) => {
  expect(call({ ...read, ...change })).toBe(text);
});

test.each([
  [new Set(["a", 1]), '{"a",1}'],
  [undefined, "nothing"],
  ["x".repeat(58), `"${"x".repeat(58)}"`],
  [`${"x".repeat(40)}${"y".repeat(40)}`, `"${"x".repeat(27)}…${"y".repeat(27)}"`],
])("a value in few words: %j", (value, text) => {
  expect(show(value)).toBe(text);
});

test("a few of many", () => {
  expect(few(["a", "b", "c", "d", "e"])).toBe("a, b, c, d, e");
  expect(few(["a", "b", "c", "d", "e", "f"])).toBe("a, b, c, d, e, …");
});
