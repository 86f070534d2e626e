import { expect, test } from "vitest";
import type { Contents } from "../../backends/backend.ts";
import { FreshStart } from "./fresh-start.ts";

const holding = (tables: Record<string, [number, string | undefined]>): Contents =>
  new Map(Object.entries(tables).map(([name, [rows, checksum]]) => [name, { rows, checksum }]));

async function lookAt(...states: Contents[]): Promise<FreshStart> {
  const fresh = new FreshStart();
  for (const state of states) await fresh.look({ contents: async () => state }, "k");
  return fresh;
}

test("the same state every time is a fresh start", async () => {
  const state = holding({ account: [1, "a"], log: [0, "0"] });
  expect((await lookAt(state, state, state)).stale).toBeUndefined();
});

test.each([
  ["other rows", holding({ log: [0, "0"], account: [1, "b"] }), { first: 1, later: 1 }],
  ["more rows", holding({ log: [0, "0"], account: [2, "a"] }), { first: 1, later: 2 }],
  ["no such table", holding({ log: [0, "0"] }), { first: 1, later: undefined }],
])("%s: the table is named", async (_what, later, rows) => {
  const { stale } = await lookAt(holding({ log: [0, "0"], account: [1, "a"] }), later);
  expect(stale).toEqual({ what: "account", ...rows });
});

test("a table that is new the second time is named", async () => {
  const { stale } = await lookAt(holding({}), holding({ made: [0, "0"] }));
  expect(stale).toEqual({ what: "made", first: undefined, later: 0 });
});

test("what differed once stays said, even when it is as before again", async () => {
  const [one, two] = [holding({ a: [1, "x"] }), holding({ a: [1, "y"] })];
  expect((await lookAt(one, two, one)).stale).toMatchObject({ what: "a" });
});

test("what is too large to look at is named", async () => {
  const { stale, too_large } = await lookAt(holding({ cities: [undefined!, undefined] }));
  expect({ stale, too_large }).toEqual({ stale: undefined, too_large: ["cities"] });
});

test("a backend that cannot say what is in its database was not looked at", async () => {
  const fresh = new FreshStart();
  await fresh.look({}, "k");
  expect(fresh.looks).toBe(0);
});
