import { describe, expect, test } from "vitest";
import type { Operation } from "../../histories/event.ts";
import { operation as example } from "../example.test-support.ts";
import { linearizable } from "../linearizable.ts";
import { models } from "../models/index.ts";
import type { Verdict } from "../verdict.ts";
import { explain } from "./explain.ts";

type Row = readonly [f: string, input: unknown, output: unknown, invoked: number, returned: number];

/** Operations, each by its own process, on the lines 1, 2, 3, … of a file. */
const history = (rows: readonly Row[]): Operation[] =>
  rows.map(([f, input, output, invoked, returned], index) => ({
    ...example,
    ...{ process: index, f, input, output, invoked, returned },
    status: returned === Infinity ? "info" : "ok",
    invoked_line: index + 1,
  }));

const judged = (model: string, rows: readonly Row[], initial?: unknown): Verdict =>
  linearizable(model, models[model]!, initial === undefined ? {} : { initial }).check({
    header: undefined,
    operations: history(rows),
  });

const appends = Array.from(
  { length: 40 },
  (_, index): Row => ["append", `a${index};`, null, 2 * index, 2 * index + 1],
);
const long = appends.map(([, input]) => String(input)).join("");

const sentences: [string, string, readonly Row[], string][] = [
  [
    "what nobody wrote",
    "register",
    [
      ["write", 1, null, 0, 1],
      ["read", null, 2, 2, 3],
      ["write", 2, null, 4, 5],
    ],
    "process 1's read → 2 (line 2) is impossible: nobody wrote 2 before it returned; process 2's write 2 (line 3) was called only then.",
  ],
  [
    "what a compare-and-set found, though it was not there",
    "cas-register",
    [
      ["write", 1, null, 0, 1],
      ["cas", [2, 3], true, 2, 3],
    ],
    "process 1's cas [2,3] → true (line 2) is impossible: nobody wrote 2 before it returned.",
  ],
  [
    "what was there before",
    "register",
    [
      ["write", 1, null, 0, 1],
      ["write", 2, null, 2, 3],
      ["read", null, 1, 4, 5],
    ],
    "process 2's read → 1 (line 3) is impossible after process 1's write 2 (line 2) had returned: the state can only have been 2.",
  ],
  [
    "a mutex",
    "mutex",
    [
      ["acquire", null, null, 0, 1],
      ["acquire", null, null, 2, 3],
    ],
    "process 1's acquire (line 2) is impossible after process 0's acquire (line 1) had returned: the mutex can only have been held.",
  ],
  [
    "two at once that exclude each other",
    "mutex",
    [
      ["acquire", null, null, 0, 2],
      ["acquire", null, null, 1, 3],
    ],
    "process 1's acquire (line 2) is impossible together with process 0's acquire (line 1): by its return, they cannot both have happened, in whatever order.",
  ],
  [
    "a set's elements are not texts",
    "set",
    [
      ["add", "x", null, 0, 1],
      ["read", null, [], 2, 3],
    ],
    `process 1's read → [] (line 2) is impossible after process 0's add "x" (line 1) had returned: the state can only have been {"x"}.`,
  ],
  [
    "an element that was taken out before",
    "queue",
    [
      ["enqueue", 1, null, 0, 1],
      ["dequeue", null, 1, 2, 3],
      ["dequeue", null, 1, 4, 5],
    ],
    "process 2's dequeue → 1 (line 3) is impossible: 1 was enqueued only once, and process 1's dequeue → 1 (line 2) took it out, too.",
  ],
  [
    "two elements in the wrong order",
    "queue",
    [
      ["enqueue", 1, null, 0, 1],
      ["enqueue", 2, null, 2, 3],
      ["enqueue", 3, null, 4, Infinity],
      ["dequeue", null, 2, 5, 6],
    ],
    "process 3's dequeue → 2 (line 4) is impossible: process 0's enqueue 1 (line 1) cannot come before process 1's enqueue 2 (line 2), which was called only after it had returned.",
  ],
  [
    "a number beyond all increments",
    "counter",
    [
      ["add", 2, null, 0, 1],
      ["read", null, 3, 2, 3],
    ],
    "process 1's read → 3 (line 2) is impossible: whichever of the operations called before it returned had taken effect, it can only have been from 0 to 2.",
  ],
  [
    "a text with a piece that nobody brought in",
    "kv",
    [...appends, ["get", null, long.replace("a30;", "b30;"), 100, 101]],
    `process 40's get → "a0;a1;a2;a3;a4;a5;a6;a7;a8;…33;a34;a35;a36;a37;a38;a39;" (line 41) is impossible: nothing that was put or appended before it returned accounts for its character 111, "…a24;a25;a26;a27;a28;a29;b30;a31;a32;a33;a34;a35;…".`,
  ],
  [
    "a text that is not the one that can have been there",
    "kv",
    [...appends, ["get", null, long.replace("a30;a31;", "a31;a30;"), 100, 101]],
    `process 40's get → "a0;a1;a2;a3;a4;a5;a6;a7;a8;…33;a34;a35;a36;a37;a38;a39;" (line 41) is impossible: it differs from all that can have been there by its character 117 at the latest, in "…5;a26;a27;a28;a29;a31;a30;a32;a33;a34;a35;a36;a3…"; the closest has "…5;a26;a27;a28;a29;a31;a39;".`,
  ],
  [
    "a text that ends too early",
    "kv",
    [
      ["put", long, null, 0, 1],
      ["get", null, long.slice(0, -4), 2, 3],
    ],
    `process 1's get → "a0;a1;a2;a3;a4;a5;a6;a7;a8;…32;a33;a34;a35;a36;a37;a38;" (line 2) is impossible`,
  ],
];

test.each(sentences)("%s: %s", (_, model, rows, sentence) => {
  const told = judged(model, rows);
  expect([told.verdict, told.minimal]).toEqual(["invalid", true]);
  expect(told.reason.slice(0, sentence.length)).toBe(sentence);
});

describe("what was said wrongly before", () => {
  test("nobody wrote 2; the state was not null, it was 1", () => {
    const told = judged("cas-register", [
      ["write", 1, null, 0, 3],
      ["cas", [1, 1], undefined, 1, Infinity],
      ["read", null, 2, 4, 5],
    ]);
    expect(told.why).toMatchObject({ kind: "never", value: 2 });
  });
});

describe("when there is no time", () => {
  const adds = Array.from(
    { length: 400 },
    (_, index): Row => ["add", index, null, index, 1_000 + index],
  );
  const operations = history([...adds, ["read", null, [], 2_000, 2_001]]);
  const make = models["set"]!;
  const told = explain(
    { all: operations, closed: operations, until: 2_001, model: make(), make },
    undefined,
    { deadline_ms: performance.now() - 1 },
  );

  test("only so much is said, told and drawn", () => {
    expect(told.sentence).toBe(
      "what happened up to the return of process 400's read → [] (line 401) is impossible; there was no time to find out why",
    );
    expect([told.minimal, told.evidence.length, told.left_out]).toEqual([false, 100, 301]);
    expect(told.evidence.at(-1)!.f).toBe("read");
    expect(told.drawing.split("\n")).toHaveLength(25);
    expect(told.drawing).toMatch(/\n\(76 more operations are not drawn\)$/);
  });

  test("what can be read off the history still is", () => {
    const late = history([...adds, ["contains", 999, true, 2_000, 2_001]]);
    const never = explain(
      { all: late, closed: late, until: 2_001, model: make(), make },
      undefined,
      { deadline_ms: performance.now() - 1 },
    );
    expect([never.minimal, never.reason.kind]).toEqual([true, "never"]);
  });
});

test("what failed is never the one that is impossible, though it returned last", () => {
  const operations = history([
    ["enqueue", 2, null, 0, 2],
    ["dequeue", null, null, 1, 4],
    ["dequeue", null, undefined, 3, 9],
    ["dequeue", null, null, 5, 6],
    ["enqueue", 3, null, 7, 8],
    ["dequeue", null, null, 10, Infinity],
  ]);
  operations[2] = { ...operations[2]!, status: "fail" };
  const told = linearizable("queue", models["queue"]!, {}).check({ header: undefined, operations });
  expect(told).toMatchObject({ verdict: "invalid", evidence: [operations[0], operations[3]] });
  expect(told.reason).toContain("process 3's dequeue → null");
});

test("what was in a container at the start is part of the reason", () => {
  const enqueued = history([
    ["dequeue", null, undefined, 0, Infinity],
    ["dequeue", null, 2, 1, 3],
    ["enqueue", 2, null, 2, 6],
    ["dequeue", null, 2, 4, 5],
  ]);
  const told = linearizable("queue", models["queue"]!, { initial: [1] }).check({
    header: undefined,
    operations: enqueued,
  });
  expect(told).toMatchObject({ verdict: "invalid", evidence: [enqueued[1], enqueued[3]] });
  expect(told.reason).toContain("process 1's dequeue → 2 (line 2) took it out, too");
  const early = judged(
    "queue",
    [
      ["dequeue", null, null, 0, 1],
      ["enqueue", 8, null, 2, 3],
      ["dequeue", null, 2, 4, 5],
      ["dequeue", null, 8, 6, 7],
      ["dequeue", null, 1, 8, 9],
    ],
    [2, 1],
  );
  expect(early.reason).toBe(
    "process 3's dequeue → 8 (line 4) cannot come before process 4's dequeue → 1 (line 5), which was called only after it had returned.",
  );
});
