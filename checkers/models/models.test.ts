/** What each model allows, written by hand: brute force and search both trust the models. */
import { describe, expect, test } from "vitest";
import type { Call } from "../model.ts";
import { models } from "./index.ts";

type Row = readonly [f: string, input?: unknown, output?: unknown];

const callOf = ([f, input = null, output]: Row): Call => ({ f, input, output });

/** Whether the calls can happen one after the other. */
function possible(name: string, rows: readonly Row[], initial?: unknown): boolean {
  const model = models[name]!(initial);
  let state: unknown = model.init;
  for (const row of rows) {
    state = model.step(state, callOf(row));
    if (state === undefined) return false;
  }
  return true;
}

const fine: [string, unknown, ...Row[]][] = [
  ["register", undefined, ["read", null, null], ["read"]],
  ["register", undefined, ["write", 1], ["read", null, 1], ["write", { a: [1] }]],
  ["register", undefined, ["write", { a: [1] }], ["read", null, { a: [1] }]],
  ["cas-register", 1, ["cas", [1, 2], true], ["read", null, 2], ["cas", [1, 3], false]],
  ["cas-register", 1, ["cas", [1, 2]], ["read", null, 2], ["cas", [1, 3], false], ["cas", [2, 4]]],
  ["register", 5, ["read", null, 5], ["read", null, null], ["read", null, 5]],
  ["counter", undefined, ["add", 2, 2], ["add", null, 3], ["add", -4, null], ["read", null, -1]],
  ["counter", 7, ["read", null, 7], ["add", 1], ["read"], ["read", null, 8]],
  ["kv", undefined, ["get", null, ""], ["put", "a"], ["append", "b"], ["get", null, "ab"], ["get"]],
  ["kv", "x", ["append", "y"], ["get", null, "xy"]],
  ["mutex", undefined, ["acquire"], ["release"], ["acquire"]],
  ["queue", undefined, ["dequeue", null, null], ["dequeue"], ["enqueue", 1], ["dequeue", null, 1]],
  ["queue", undefined, ["enqueue", [1]], ["enqueue", 2], ["dequeue", null, [1]], ["dequeue"]],
  ["queue", undefined, ["enqueue", 1], ["dequeue"], ["dequeue", null, null]],
  [
    "queue",
    undefined,
    ["enqueue", null],
    ["enqueue", 1],
    ["dequeue", null, null],
    ["dequeue", null, 1],
  ],
  [
    "queue",
    [1, null],
    ["enqueue", 2],
    ["dequeue", null, 1],
    ["dequeue", null, null],
    ["dequeue", null, 2],
  ],
  [
    "stack",
    undefined,
    ["pop", null, null],
    ["push", 1],
    ["push", 2],
    ["pop", null, 2],
    ["pop"],
    ["pop", null, null],
  ],
  ["stack", [1, 2], ["pop", null, 2], ["push", null], ["pop", null, null], ["pop", null, 1]],
  [
    "deque",
    undefined,
    ["remove-first", null, null],
    ["remove-last", null, null],
    ["add-first", 1],
    ["remove-last", null, 1],
  ],
  [
    "deque",
    undefined,
    ["add-first", 1],
    ["add-first", 2],
    ["add-last", 3],
    ["remove-first", null, 2],
    ["remove-last", null, 3],
    ["remove-first"],
  ],
  [
    "deque",
    [1, 2, 3],
    ["remove-last", null, 3],
    ["remove-first", null, 1],
    ["remove-last", null, 2],
  ],
  [
    "priority-queue",
    undefined,
    ["dequeue", null, null],
    ["enqueue", 10],
    ["enqueue", 9],
    ["dequeue", null, 9],
    ["dequeue", null, 10],
  ],
  [
    "priority-queue",
    [3, 1, 2],
    ["enqueue", 1],
    ["dequeue", null, 1],
    ["dequeue"],
    ["dequeue", null, 2],
  ],
  ["semaphore", undefined, ["acquire"], ["release"], ["acquire"]],
  ["semaphore", 3, ["acquire"], ["acquire", 2], ["release"], ["acquire", 1], ["release", 3]],
  ["multi-register", { 1: 5 }, ["txn", [["r", 1, null]], [["r", 1, 5]]]],
  [
    "multi-register",
    undefined,
    [
      "txn",
      [
        ["r", "x", null],
        ["w", "y", 1],
      ],
      [
        ["r", "x", null],
        ["w", "y", 1],
      ],
    ],
    ["txn", [["r", "y", null]], [["r", "y", 1]]],
  ],
  [
    "multi-register",
    { x: 0 },
    [
      "txn",
      [
        ["w", "x", 1],
        ["r", "x", null],
      ],
      [
        ["w", "x", 1],
        ["r", "x", 1],
      ],
    ],
    ["txn", [["w", "y", 2]]],
    ["txn", [["r", "y", null]], [["r", "y", 2]]],
  ],
  [
    "multi-register",
    { x: 0 },
    ["txn", [["r", "x", null]], [["r", "x", null]]],
    ["txn", [["r", "x", null]]],
  ],
  ["set", undefined, ["read", null, []], ["add", 1], ["add", 1], ["read", null, [1]], ["read"]],
  ["set", undefined, ["add", 1], ["add", [2]], ["read", null, [[2], 1]], ["contains", [2], true]],
  ["set", undefined, ["add", 1], ["add", 2], ["remove", 1], ["read", null, [2]]],
  ["set", undefined, ["contains", 1, false], ["contains", 1], ["add", 1], ["contains", 1, true]],
  ["set", undefined, ["add", 1, false], ["remove", 1, false], ["remove", 1, true]],
  [
    "set-with-answers",
    undefined,
    ["add", 1, true],
    ["add", 1, false],
    ["add", 1, null],
    ["add", 1],
    ["read", null, [1]],
  ],
  [
    "set-with-answers",
    undefined,
    ["remove", 1, false],
    ["add", 1, true],
    ["contains", 1, true],
    ["remove", 1, true],
    ["remove", 1, null],
  ],
];

const impossible: [string, unknown, ...Row[]][] = [
  ["register", undefined, ["read", null, 1]],
  ["register", undefined, ["write", 1], ["read", null, 2]],
  ["register", undefined, ["write", 1], ["read", null, null]],
  ["register", 5, ["read", null, 6]],
  ["cas-register", 1, ["cas", [2, 3], true]],
  ["cas-register", 1, ["cas", [2, 3]]],
  ["cas-register", 1, ["cas", [1, 3], false]],
  ["cas-register", 1, ["cas", [1, 2], true], ["read", null, 1]],
  ["counter", undefined, ["read", null, 1]],
  ["counter", undefined, ["add", 1, 2]],
  ["counter", undefined, ["add", 2], ["read", null, 1]],
  ["kv", undefined, ["get", null, "a"]],
  ["kv", undefined, ["put", "a"], ["put", "b"], ["get", null, "ab"]],
  ["mutex", undefined, ["release"]],
  ["mutex", undefined, ["acquire"], ["acquire"]],
  ["mutex", undefined, ["acquire"], ["release"], ["release"]],
  ["queue", undefined, ["dequeue", null, 1]],
  ["queue", undefined, ["enqueue", 1], ["dequeue", null, null]],
  ["queue", undefined, ["enqueue", 1], ["enqueue", 2], ["dequeue", null, 2]],
  ["queue", undefined, ["enqueue", 1], ["dequeue", null, 1], ["dequeue", null, 1]],
  ["queue", undefined, ["enqueue", null], ["enqueue", 1], ["dequeue", null, 1]],
  ["queue", [1], ["dequeue", null, null]],
  ["stack", undefined, ["pop", null, 1]],
  ["stack", undefined, ["push", 1], ["pop", null, null]],
  ["stack", undefined, ["push", 1], ["push", 2], ["pop", null, 1]],
  ["deque", undefined, ["add-first", 1], ["remove-first", null, null]],
  ["deque", undefined, ["add-first", 1], ["remove-last", null, null]],
  ["deque", undefined, ["add-first", 1], ["add-first", 2], ["remove-first", null, 1]],
  ["deque", undefined, ["add-last", 1], ["add-last", 2], ["remove-last", null, 1]],
  ["deque", undefined, ["add-first", 1], ["add-last", 2], ["remove-last", null, 1]],
  ["priority-queue", undefined, ["enqueue", 10], ["enqueue", 9], ["dequeue", null, 10]],
  ["priority-queue", undefined, ["enqueue", 1], ["dequeue", null, null]],
  ["priority-queue", [3, 1, 2], ["dequeue", null, 3]],
  ["semaphore", undefined, ["release"]],
  ["semaphore", undefined, ["acquire"], ["acquire"]],
  ["semaphore", 2, ["acquire"], ["acquire"], ["acquire"]],
  ["semaphore", 2, ["acquire", 3]],
  ["multi-register", { x: 0 }, ["txn", [[":r", ":x", null]], [[":r", ":x", 1]]]],
  ["multi-register", { 1: 5 }, ["txn", [["r", 1, null]], [["r", 1, 6]]]],
  ["multi-register", undefined, ["txn", [["r", "x", null]], [["r", "x", 1]]]],
  [
    "multi-register",
    undefined,
    ["txn", [["w", "x", 1]]],
    ["txn", [["r", "x", null]], [["r", "x", null]]],
  ],
  [
    "multi-register",
    { x: 0 },
    [
      "txn",
      [
        ["w", "x", 1],
        ["r", "x", null],
      ],
      [
        ["w", "x", 1],
        ["r", "x", 0],
      ],
    ],
  ],
  ["set-with-answers", undefined, ["add", 1, false]],
  ["set-with-answers", undefined, ["add", 1], ["add", 1, true]],
  ["set-with-answers", undefined, ["remove", 1, true]],
  ["set-with-answers", undefined, ["add", 1], ["remove", 1, false]],
  ["set-with-answers", undefined, ["add", 1], ["remove", 1], ["contains", 1, true]],
  ["set", undefined, ["read", null, [1]]],
  ["set", undefined, ["add", 1], ["read", null, []]],
  ["set", undefined, ["add", 1], ["contains", 1, false]],
  ["set", undefined, ["add", 1], ["add", 2], ["remove", 1], ["contains", 1, true]],
  ["set", undefined, ["add", 1], ["add", 2], ["remove", 1], ["contains", 2, false]],
];

describe("what can happen", () => {
  test.each(fine)("%s, from %j: %j …", (name, initial, ...rows) => {
    expect(possible(name, rows, initial)).toBe(true);
  });
});

describe("what cannot", () => {
  test.each(impossible)("%s, from %j: %j …", (name, initial, ...rows) => {
    expect(possible(name, rows.slice(0, -1), initial)).toBe(true);
    expect(possible(name, rows, initial)).toBe(false);
  });
});

const unreadable: [string, Row, string][] = [
  ["register", ["add", 1], 'A register has no operation "add".'],
  ["register", ["cas", 7], "A cas needs [from, to] for its input."],
  ["register", ["cas", [7]], "A cas needs [from, to] for its input."],
  ["counter", ["write", 1], 'A counter has no operation "write".'],
  ["kv", ["write", "a"], 'A key-value store has no operation "write".'],
  ["mutex", ["lock"], 'A mutex has no operation "lock".'],
  ["queue", ["push", 1], 'A queue has no operation "push".'],
  ["stack", ["enqueue", 1], 'A stack has no operation "enqueue".'],
  ["deque", ["push", 1], 'A deque has no operation "push".'],
  ["priority-queue", ["push", 1], 'A priority queue has no operation "push".'],
  ["priority-queue", ["enqueue", "a"], 'An item of a priority queue must be a number, not "a".'],
  ["semaphore", ["lock"], 'A semaphore has no operation "lock".'],
  ["multi-register", ["read"], 'A multi-register has no operation "read".'],
  [
    "multi-register",
    ["txn", ["x"]],
    'A txn is a list like [["r", "x", null], ["w", "y", 1]], not ["x"].',
  ],
  ["set-with-answers", ["push", 1], 'A set has no operation "push".'],
  ["set", ["push", 1], 'A set has no operation "push".'],
  ["set", ["read", null, 1], "A read of a set must answer a list."],
];

test.each(unreadable)("%s says what it does not know: %j", (name, row, message) => {
  expect(() => possible(name, [row])).toThrow(message);
});

test.each(["queue", "stack", "deque", "priority-queue"])("%s starts with a list", (name) => {
  expect(models[name]!().init).toEqual([]);
  expect(() => models[name]!(5)).toThrow(
    "What this starts with must be a list of items, like [1, 2], not 5.",
  );
});

/** What a call is to the search: "o" observes, "w" overwrites, "-" neither. */
const hints: [string, string, Row][] = [
  ["register", "o", ["read", null, 1]],
  ["register", "o", ["cas", [1, 2], false]],
  ["register", "-", ["cas", [1, 2], true]],
  ["register", "w", ["write", false, false]],
  ["counter", "o", ["read", null, 1]],
  ["counter", "-", ["add", 1]],
  ["kv", "o", ["get", null, "a"]],
  ["kv", "w", ["put", "a"]],
  ["kv", "-", ["append", "a"]],
  ["mutex", "-", ["acquire"]],
  ["queue", "-", ["dequeue", null, null]], // it may have taken an item that is null
  ["multi-register", "o", ["txn", [[":r", ":x", null]]]],
  ["multi-register", "o", ["txn", [["r", "x", null]], [["r", "x", 1]]]],
  [
    "multi-register",
    "-",
    [
      "txn",
      [
        ["r", "x", null],
        ["w", "x", 1],
      ],
    ],
  ],
  ["set-with-answers", "o", ["add", 1, false]],
  ["set-with-answers", "o", ["remove", 1, false]],
  ["set-with-answers", "o", ["contains", 1, true]],
  ["set-with-answers", "-", ["add", 1, true]],
  ["set-with-answers", "-", ["add", 1, null]],
  ["queue", "-", ["dequeue", null, 1]],
  ["queue", "-", ["enqueue", 1, null]],
  ["set", "o", ["read", null, [1]]],
  ["set", "o", ["contains", 1, true]],
  ["set", "-", ["add", 1]],
  ["set", "-", ["remove", 1]],
];

test.each(hints)("%s tells the search: %s %j", (name, hint, row) => {
  const model = models[name]!();
  const call = callOf(row);
  const observes = model.observes?.(call) ?? false;
  const overwrites = model.overwrites?.(call) ?? false;
  expect([observes, overwrites]).toEqual([hint === "o", hint === "w"]);
});

test("a text that is to be read must start with what is there", () => {
  const model = models["kv"]!();
  const reached = ["ab", "abc", "b", undefined].map((output) =>
    model.reaches?.("ab", callOf(["get", null, output])),
  );
  expect(reached).toEqual([true, true, false, true]);
});

test("each goes by its name", () => {
  const names = Object.entries(models).map(([name, make]) => [name, make().name]);
  const expected = Object.keys(models).map((name) => [name, name.replace("cas-", "")]);
  expect(names).toEqual(expected);
});
