import { expect, test } from "vitest";
import { call } from "../../checkers/call.ts";
import type { HistoryEvent } from "../../histories/event.ts";
import { historyOf } from "../../histories/history-of.ts";
import { linearizationOf } from "./linearization.ts";

/** `[process, f, input, output, key]`: they begin one after the other, and all end in the reverse order. */
type Said = readonly [process: number, f: string, input: unknown, output: unknown, key?: string];

function overlapping(said: readonly Said[]) {
  const calls = said.map(([process, f, input, , key = "k"]) => ({ process, f, key, input }));
  const events = [
    ...calls.map((one) => ({ ...one, type: "invoke" })),
    ...said.map(([process, , , output]) => ({ process, type: "ok", output })).reverse(),
  ];
  return historyOf(
    events.map((event, index) => ({ index, time_ns: index * 1000, ...event }) as HistoryEvent),
  );
}

async function told(said: readonly Said[], ...judged_by: string[]): Promise<readonly string[]> {
  const found = await linearizationOf(overlapping(said), judged_by);
  return "order" in found ? found.order.map((one) => call(one)) : [found.no_order];
}

test.each([
  [
    "register",
    [
      [0, "read", null, 2],
      [1, "write", 2, null],
    ],
    ["write 2", "read → 2"],
  ],
  [
    "kv",
    [
      [0, "get", null, "a"],
      [1, "put", "a", null],
    ],
    ["put a", "get → a"],
  ],
  [
    "set",
    [
      [0, "read", null, [7]],
      [1, "add", 7, null],
    ],
    ["add 7", "read → [7]"],
  ],
  [
    "queue",
    [
      [0, "dequeue", null, 7],
      [1, "enqueue", 7, null],
    ],
    ["enqueue 7", "dequeue → 7"],
  ],
] as const)("a %s gives an order, whoever began first", async (model, said, order) => {
  const words = await told(said, "lost-update", model);
  expect(words).toHaveLength(order.length);
  for (const [i, one] of order.entries())
    expect(words[i]).toMatch(new RegExp(`^${one.split(" ")[0]}`));
});

test("the orders of several keys are one order, in which time does not run back", async () => {
  const said: readonly Said[] = [
    [0, "get", null, "a", "x"],
    [1, "put", "b", null, "y"],
    [2, "put", "a", null, "x"],
    [3, "get", null, "b", "y"],
  ];
  const found = await linearizationOf(overlapping(said), ["kv"]);
  const order = "order" in found ? found.order : [];
  expect(order.map(({ key }) => key).toSorted()).toEqual(["x", "x", "y", "y"]);
  for (const key of ["x", "y"])
    expect(order.filter((one) => one.key === key).map(({ f }) => f)).toEqual(["put", "get"]);
  for (const [i, one] of order.entries())
    for (const later of order.slice(i + 1)) expect(later.returned).toBeGreaterThan(one.invoked);
});

test("a checker that looks for no order says so; so does a search that finds none", async () => {
  expect(await told([[0, "generate", null, 1]], "unique-ids")).toEqual([
    "There is no order to draw: the checker that judged this history did not look for one (unique-ids asks only that no two answers are the same, so any order would do).",
  ]);
  expect((await told([[0, "transfer", {}, null]], "bank", "every-transfer-counts"))[0]).toMatch(
    /the checkers that judged .* \(bank adds up what each read tells; every-transfer-counts adds/,
  );
  expect((await told([[0, "a", null, 1]], "mine"))[0]).toMatch(/did not look for one \(mine\)\.$/);
  expect((await told([[0, "read", null, 0]], "register"))[0]).toMatch(
    /^No order to draw was found: process 0's read → 0 is impossible/,
  );
});
