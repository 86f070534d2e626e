import { expect, test } from "vitest";
import type { Operation } from "../histories/event.ts";
import { call, show } from "./call.ts";
import { drawTimeline } from "./draw-timeline.ts";
import { few } from "./elements.ts";
import { operation as example, header as example_header } from "./example.test-support.ts";
import { named, ofKey } from "./who.ts";

/** A list in a list in a list … */
function nested(depth: number): unknown {
  let value: unknown = [];
  for (let level = 0; level < depth; level++) value = [value];
  return value;
}

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
      "client 4  |-----|           write 1",
      "client 3     |-----|        read → null",
      "client 1              |--…  write 2",
    ].join("\n"),
  );
  expect(drawTimeline([{ ...read, process: "nemesis" }], undefined, header)).toMatch(
    /^the nemesis  \|/,
  );
  expect(drawTimeline([], undefined, header)).toBe("");
});

test("of many operations those around the culprit are drawn, and how many are not is said", () => {
  const many = Array.from({ length: 3_000 }, (_, index) => ({
    ...read,
    input: index,
    invoked: 2 * index,
    returned: 2 * index + (index % 2 === 0 ? 1 : 10_000),
  }));
  const lines = drawTimeline(many, many[1_500], undefined).split("\n");
  expect(lines).toHaveLength(25);
  expect(lines.at(-1)).toBe("(2976 more operations are not drawn)");
  expect(lines.filter((line) => line.endsWith("← cannot be placed"))).toEqual([
    expect.stringMatching(/read 1500 → null/),
  ]);
  for (const line of lines) expect(line.length).toBeLessThan(200);
  expect(drawTimeline(many, undefined, undefined)).toMatch(/read 2999 → null\n\(2976 more/);
  expect(drawTimeline(many.slice(0, 25), undefined, undefined)).toMatch(
    /\n\(1 more operation is not drawn\)$/,
  );
});

test("where the operations stand in their file", () => {
  const lines = { invoked_line: 4, returned_line: 7 };
  expect(drawTimeline([{ ...read, ...lines }], undefined, undefined)).toMatch(
    /null {3}lines 4, 7$/,
  );
  expect(
    drawTimeline(
      [{ ...read, ...crashed, ...lines, returned_line: undefined }],
      undefined,
      undefined,
    ),
  ).toMatch(/read {3}line 4$/);
  expect(named({ ...read, ...lines }, undefined)).toBe("process 12's read → null (line 4)");
  expect(named(read, header)).toBe("client 3's read → null");
});

test("nothing in a history moves the cursor or the words", () => {
  const evil = "\u001b[2J\u009b1m\u202e\u2028\n";
  const operation = { ...read, f: evil, input: evil, output: { [evil]: [evil] }, key: evil };
  for (const text of [call(operation), named(operation, header), ofKey(evil, true)]) {
    expect(text).toContain("\\u001b[2J\\u009b1m\\u202e\\u2028\\n");
    // oxlint-disable-next-line no-control-regex -- that is the point
    expect(text).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u202e]/);
  }
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
  ["\u0001".repeat(50), `"${"\\u0001".repeat(4)}…${"\\u0001".repeat(4)}"`],
  ["🙂".repeat(50), `"${"🙂".repeat(13)}…${"🙂".repeat(13)}"`],
  ["\\".repeat(50), `"${"\\\\".repeat(13)}…${"\\\\".repeat(13)}"`],
  [[9007199254740993n, -0, 1 / 0, null, true], "[9007199254740993,-0,Infinity,null,true]"],
  [new Map<unknown, unknown>([["a", { b: undefined }]]), '{a: {"b":nothing}}'],
  ["z".repeat(200_000_000), `"${"z".repeat(27)}…${"z".repeat(27)}"`],
  [Array.from({ length: 1e6 }, () => 1), `[${"1,".repeat(13)}1…1${",1".repeat(12)},…]`],
  [nested(10_000), `${"[".repeat(20)}…${"]".repeat(20)}`],
])("a value in few words: %#", (value, text) => {
  expect(show(value)).toBe(text);
});

test("a few of many", () => {
  expect(few(["a", "b", "c", "d", "e"])).toBe("a, b, c, d, e");
  expect(few(["a", "b", "c", "d", "e", "f"])).toBe("a, b, c, d, e, …");
});
