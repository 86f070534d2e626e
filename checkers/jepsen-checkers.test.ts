import { describe, expect, test } from "vitest";
import type { Header, Operation } from "../histories/event.ts";
import { header as example_header } from "./example.test-support.ts";
import { checkerFor } from "./select.ts";

/** Operations one after the other, or with times of their own; `status` is ok unless told. */
type Row = Partial<Operation> & Pick<Operation, "f">;

function history(rows: readonly Row[]): Operation[] {
  return rows.map((row, index) => {
    const invoked = row.invoked ?? 2 * index;
    const status = row.status ?? "ok";
    const returned = status === "info" ? Number.POSITIVE_INFINITY : (row.returned ?? invoked + 1);
    return {
      process: index,
      key: "",
      input: null,
      output: status === "ok" ? null : undefined,
      error: undefined,
      invoked_ns: 0,
      returned_ns: 0,
      ...row,
      invoked,
      status,
      returned,
    };
  });
}

const add = (input: unknown, more: Partial<Operation> = {}): Row => ({ f: "add", input, ...more });
const read = (output: unknown, more: Partial<Operation> = {}): Row => ({
  f: "read",
  output,
  ...more,
});
const put = (input: unknown, more: Partial<Operation> = {}): Row => ({
  f: "enqueue",
  input,
  ...more,
});
const take = (output: unknown): Row => ({ f: "dequeue", output });
const update = (from: unknown, to: unknown): Row => ({ f: "update", output: [from, to] });
const info = { status: "info" } as const;

type Case = [string, string, Row[], string, RegExp, Record<string, number>];

const cases: Case[] = [
  [
    "set-at-rest",
    "all there, also a crashed one",
    [add(1), add(2, info), read([1, 2])],
    "valid",
    /All 1 /,
    { recovered: 1 },
  ],
  ["set-at-rest", "lost", [add(1), add([2]), read([1])], "invalid", /lost: \[2\]\.$/, { lost: 1 }],
  [
    "set-at-rest",
    "unexpected",
    [add(1), read([1, 9])],
    "invalid",
    /nobody added: 9\.$/,
    { unexpected: 1 },
  ],
  [
    "set-at-rest",
    "an add during the read may be missing",
    [add(1, { returned: 3 }), read([], { invoked: 2, returned: 4 })],
    "valid",
    /All 0 /,
    { lost: 0 },
  ],
  ["set-at-rest", "no read", [add(1)], "unknown", /No read/, {}],
  [
    "set-at-rest",
    "read though its add failed",
    [add(1, { status: "fail" }), add(2), read([1, 2])],
    "invalid",
    /nobody added: 1\.$/,
    { attempted: 2, unexpected: 1, recovered: 0 },
  ],
  [
    "total-queue",
    "came out though its enqueue failed, but not if another one crashed",
    [put(1, { status: "fail" }), put(2, { status: "fail" }), put(2, info), take(1), take(2)],
    "invalid",
    /nobody put in: 1\.$/,
    { attempted: 3, unexpected: 1, duplicated: 0 },
  ],
  [
    "set-at-rest",
    "a failed add need not be there, a crashed read says nothing",
    [add(1, { status: "fail" }), add(2), read([2]), read([], info)],
    "valid",
    /All 1 /,
    { attempted: 2, acknowledged: 1, lost: 0, recovered: 0 },
  ],
  [
    "set-at-rest",
    "what is added after the read was not there to be read, and a read adds nothing",
    [add(1), read([1, 2, null]), add(2)],
    "invalid",
    /nobody added: 2, null\.$/,
    { attempted: 1, unexpected: 2, recovered: 0 },
  ],
  [
    "set-at-rest",
    "all keys together",
    ["a", "b"].flatMap((key) => [
      add(1, { key }),
      add(2, { key }),
      add(3, { key, ...info }),
      read([1, 3, 9], { key }),
    ]),
    "invalid",
    /lost: 2 \(key a\)\.$/,
    { attempted: 6, acknowledged: 4, lost: 2, unexpected: 2, recovered: 2 },
  ],
  [
    "set-full",
    "stable",
    [add(1), read([1]), add(2), read([2, 1])],
    "valid",
    /All 2 /,
    { stable: 2, stale: 0 },
  ],
  [
    "set-full",
    "stale is told, but no fault",
    [add(1), read([]), read([1])],
    "valid",
    /All 1 /,
    { stale: 1 },
  ],
  [
    "set-full",
    "lost",
    [add(1), add(2), read([1, 2]), read([2])],
    "invalid",
    /lost: 1\.$/,
    { lost: 1, stable: 1 },
  ],
  [
    "set-full",
    "lost though its add crashed, since it was read",
    [add(1, info), add(2), read([1, 2]), read([2])],
    "invalid",
    /lost: 1\.$/,
    { lost: 1 },
  ],
  [
    "set-full",
    "crashed and never read",
    [add(1, info), add(2), read([2])],
    "valid",
    /All 1 /,
    { never_read: 1 },
  ],
  ["set-full", "a duplicate", [add(1), read([1, 1])], "invalid", /twice: 1\.$/, { duplicates: 1 }],
  ["set-full", "no read", [add(1)], "unknown", /No element/, {}],
  [
    "set-full",
    "read though its add failed",
    [add(1, { status: "fail" }), add(2), read([1, 2])],
    "invalid",
    /whose adds had all failed: 1\.$/,
    { unexpected: 1 },
  ],
  [
    "set-full",
    "read after one of its adds failed, and another did not",
    [add(1, { status: "fail" }), add(1, info), read([1])],
    "valid",
    /All 1 /,
    { unexpected: 0, stable: 1 },
  ],
  [
    "pn-counter",
    "the sum of all deltas, after early reads of anything",
    [add(5), read(77, { process: 0 }), add(-7), read(-2, { process: 0 }), read(-2, { process: 1 })],
    "valid",
    /All 2 final reads/,
    { final_reads: 2, wrong_reads: 0 },
  ],
  [
    "pn-counter",
    "a crashed add counts or not, a failed one does not",
    [add(5), add(10, info), add(100, { status: "fail" }), read(5), read(15)],
    "valid",
    /All 2 final reads/,
    {},
  ],
  [
    "pn-counter",
    "no sum of crashed adds",
    [add(5), add(10, info), add(-3, info), read(12), read(13)],
    "invalid",
    /^process 4 read 13 in the end; possible is 2, 5, 12, 15\.$/,
    { wrong_reads: 1 },
  ],
  [
    "pn-counter",
    "many small crashed adds: a range",
    [...[1, 2, 3, -4].map((delta) => add(delta, info)), read(7)],
    "invalid",
    /possible is -4 to 6\.$/,
    {},
  ],
  [
    "pn-counter",
    "what a process read before its last operation is not final",
    [add(5, { process: 0 }), read(1, { process: 1 }), read(undefined, { process: 1, ...info })],
    "unknown",
    /No process's last operation is a read after all adds\.$/,
    {},
  ],
  [
    "pn-counter",
    "all keys together",
    [add(1, { key: "a" }), read(2, { key: "b" })],
    "invalid",
    /read 2 in the end; possible is 0 \(key b\)\.$/,
    {},
  ],
  [
    "set-full",
    "a failed add need not be there, a crashed read says nothing",
    [add(1, { status: "fail" }), add(2), read([2]), read(undefined, info)],
    "valid",
    /All 1 /,
    { stable: 1, lost: 0, never_read: 0 },
  ],
  [
    "unique-ids",
    "different",
    [
      { f: "generate", output: 1 },
      { f: "generate", output: "1" },
    ],
    "valid",
    /All 2 /,
    {},
  ],
  [
    "unique-ids",
    "the same",
    [
      { f: "generate", output: [1] },
      { f: "generate", output: [1] },
    ],
    "invalid",
    /both given \[1\]/,
    { duplicates: 1 },
  ],
  [
    "total-queue",
    "in and out",
    [put(1), put(2, info), take(2), { f: "drain", output: [1] }, take(null)],
    "valid",
    /All 1 /,
    {},
  ],
  [
    "total-queue",
    "lost",
    [put(1), put(1), take(1)],
    "invalid",
    /never came out: 1\.$/,
    { lost: 1 },
  ],
  [
    "total-queue",
    "unexpected",
    [put(1), take(1), take(7)],
    "invalid",
    /nobody put in: 7\.$/,
    { unexpected: 1, duplicated: 0 },
  ],
  [
    "total-queue",
    "twice is told, but no fault",
    [put(1), take(1), take(1)],
    "valid",
    /All 1 /,
    { duplicated: 1 },
  ],
  [
    "total-queue",
    "a crashed dequeue may have taken it",
    [put(1), { f: "dequeue", ...info }],
    "unknown",
    /may have taken .*: 1\.$/,
    { lost: 1 },
  ],
  [
    "total-queue",
    "a crashed drain may have taken them all",
    [put(1), put(2), { f: "drain", ...info }],
    "unknown",
    /may have taken .*: 1, 2\.$/,
    { lost: 2 },
  ],
  [
    "total-queue",
    "a crashed dequeue may have taken one of them, not two",
    [put(1), put(2), { f: "dequeue", ...info }],
    "invalid",
    /never came out: 1, 2\.$/,
    { lost: 2 },
  ],
  [
    "total-queue",
    "a crashed enqueue takes nothing, nor does an answered one",
    [put(1, { output: 1 }), put(2, info)],
    "invalid",
    /never came out: 1\.$/,
    { attempted: 2, acknowledged: 1, lost: 1 },
  ],
  [
    "total-queue",
    "all keys together",
    ["a", "b"].flatMap((key) => [put(1, { key }), put(2, { key }), { ...take(1), key }]),
    "invalid",
    /never came out: 2 \(key a\)\.$/,
    { attempted: 4, acknowledged: 4, lost: 2, unexpected: 0, duplicated: 0 },
  ],
  [
    "bank",
    "adds up",
    [
      read({ a: 6, b: 4 }),
      { f: "transfer", input: { from: "a", to: "b", amount: 5 } },
      read({ a: 1, b: 9 }),
    ],
    "valid",
    /All 2 /,
    {},
  ],
  [
    "bank",
    "does not",
    [read([6, 4]), read([1, 4])],
    "invalid",
    /process 1 read balances that add up to 5, not 10\.$/,
    { wrong_reads: 1 },
  ],
  ["bank", "no read", [{ f: "transfer" }], "unknown", /No read/, {}],
  [
    "read-modify-write",
    "a chain, in any order",
    [update("a", "b"), update("c", "d"), update("b", "c")],
    "valid",
    /None of the 3 /,
    {},
  ],
  [
    "read-modify-write",
    "values that come again",
    [update(0, 1), update(1, 0), update(0, 1)],
    "valid",
    /None of the 3 /,
    {},
  ],
  [
    "read-modify-write",
    "two of one reading",
    [update(0, 1), update(1, 2), update(1, 2)],
    "invalid",
    /process 1 and process 2 both read 1, and one/,
    { lost: 1 },
  ],
  [
    "read-modify-write",
    "a crashed one may have written it",
    [update(0, 1), update(5, 6), { f: "update", ...info }],
    "valid",
    /None of the 2 /,
    {},
  ],
  [
    "read-modify-write",
    "what nobody wrote",
    [update(0, 1), update(5, 6)],
    "invalid",
    /process 1 read 5, which nobody wrote\.$/,
    { lost: 1 },
  ],
  [
    "read-modify-write",
    "three of one reading, all keys together, and reads do not count",
    ["a", "b"].flatMap((key) => [
      { ...update(0, 1), key },
      { ...update(0, 1), key },
      { ...update(0, 1), key },
      { f: "update", key, ...info },
      { f: "read", output: 7, key },
      { f: "read", key, ...info },
    ]),
    "invalid",
    /process 0 and process 1 both read 0, and one update was lost \(key a\)\.$/,
    { acknowledged: 6, unknown: 2, lost: 2 },
  ],
  ["read-modify-write", "none", [{ f: "update", ...info }], "unknown", /No update/, {}],
];

describe("checkers as in Jepsen", () => {
  test.each(cases)("%s: %s", async (name, _, rows, verdict, reason, figures) => {
    const initial =
      name === "read-modify-write" && rows[0]!.status !== "info"
        ? { initial: (rows[0]!.output as unknown[])[0] }
        : {};
    const told = await checkerFor(name, initial).check(
      { header: undefined, operations: history(rows) },
      {},
    );
    expect(checkerFor(name).name).toBe(name);
    expect(told).toMatchObject({ checker: name, verdict, figures });
    expect(told.reason).toMatch(reason);
  });

  const invalid = cases.filter(([, , , verdict]) => verdict === "invalid");
  test.each(invalid)("%s, by key: %s", async (name, _, rows) => {
    const operations = history([
      { f: rows[0]!.f, input: rows[0]!.input, key: "x", ...info },
      ...rows.map((row) => ({ ...row, key: "y" })),
    ]);
    const initial = name === "read-modify-write" ? { initial: 0 } : {};
    const told = await checkerFor(name, initial).check({ header: undefined, operations }, {});
    expect(told.reason).toMatch(/ \(key y\)\.$/);
  });

  test("what the first of a chain read may be unknown", async () => {
    const check = (rows: Row[], initial?: number, header?: Header) =>
      checkerFor("read-modify-write", { initial }).check({ header, operations: history(rows) }, {});
    expect(await check([update(4, 5)])).toMatchObject({ verdict: "valid" });
    expect(await check([update(4, 5), update(6, 7)])).toMatchObject({ figures: { lost: 1 } });
    expect(await check([update(4, 5), update(6, 7)], 4)).toMatchObject({ figures: { lost: 1 } });
    const header = { ...example_header, clients: 9, initial: 3 };
    expect(await check([update(4, 5)], undefined, header)).toMatchObject({
      figures: { lost: 1 },
      reason: "client 1 read 4, which nobody wrote.",
    });
    expect(await check([update(4, 5)], 4, header)).toMatchObject({ verdict: "valid" });
  });

  test.each([
    ["bank", read("much"), "balances must be a map or a list of numbers."],
    ["bank", read(null), "balances must be a map or a list of numbers."],
    ["bank", read([1, "2"]), "a balance must be a whole number."],
    ["read-modify-write", { f: "update", output: "01" }, "an update must answer [what it read,"],
    [
      "read-modify-write",
      { f: "update", output: [0, 1, 2] },
      "an update must answer [what it read,",
    ],
    ["set-full", read(7), 'a "read" must answer a list of elements.'],
  ])("%s says what it cannot read: %j", async (name, row, message) => {
    const told = (async () =>
      checkerFor(name).check({ header: undefined, operations: history([row]) }, {}))();
    await expect(told).rejects.toThrow(message);
  });

  test("the total of a bank may be given", async () => {
    const operations = history([read([1, 2])]);
    const check = async (initial: unknown): Promise<string> =>
      (await checkerFor("bank", { initial }).check({ header: undefined, operations }, {})).verdict;
    expect([await check(3), await check({ a: 2, b: 1 }), await check(4)]).toEqual([
      "valid",
      "valid",
      "invalid",
    ]);
  });
});
