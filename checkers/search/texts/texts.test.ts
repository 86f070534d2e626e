import { expect, test } from "vitest";
import { bruteForce } from "../../brute-force.ts";
import { operation } from "../../example.test-support.ts";
import type { Model } from "../../model.ts";
import { kv } from "../../models/kv.ts";
import { pick, type Random } from "../../random-calls.ts";
import { randomHistory, seeded } from "../../random-history.ts";
import { toProblem } from "../problem.ts";
import type { SearchResult } from "../search-result.ts";
import { wrongOrder } from "../wrong-order.test-support.ts";
import { isOrder } from "./is-order.ts";
import { texts, treeOf } from "./texts.ts";

const seed = Number(process.env["SEED"] ?? Math.floor(Math.random() * 2 ** 31));

/** Texts that begin, and end, with others, and so can be put together in several ways; and none. */
const call = (random: Random): { f: string; input: unknown } => {
  const f = pick(random, ["get", "get", "append", "append", "put", "delete"]);
  return {
    f,
    input: f === "get" || f === "delete" ? null : pick(random, ["", "a", "aa", "ab", "b"]),
  };
};

const answer = (state: unknown, { f }: { f: string }): unknown => (f === "get" ? state : null);

function looked(model: Model<string | null>, operations: Parameters<typeof toProblem>[0]) {
  const problem = toProblem(operations, model);
  const tree = treeOf(problem, model);
  const found: SearchResult | undefined = tree && texts(problem, model, tree, 20, {});
  return { problem, found };
}

test("against brute force: what is found is an order, and it is found almost always", () => {
  const random = seeded(seed);
  const counts = { found: 0, missed: 0, invalid: 0 };
  let wrong: string | undefined;
  for (let round = 0; round < 3_000 && wrong === undefined; round++) {
    const model = kv(pick(random, [undefined, "", "a", "ab"]));
    const shape = { model, clients: 4, operations: 3 + (round % 6), crashed: 0.1, call, answer };
    const made = randomHistory(shape, random).map((each) =>
      each.f === "get" && each.status === "ok" && random() < 0.05
        ? { ...each, output: pick(random, [null, "", "a", "ab", "aab"]) }
        : each,
    );
    const { problem, found } = looked(model, made);
    const valid = bruteForce(made, model);
    const told = `seed ${seed}, round ${round}: ${JSON.stringify(made)}`;
    if (found?.kind === "linearizable") {
      const trouble = wrongOrder(problem.operations, found.order, model);
      if (!valid || trouble !== undefined) wrong = `${told}: ${trouble ?? "it is not valid"}`;
      counts.found++;
    } else {
      if (found?.kind === "impossible") wrong = `${told}: never says that`;
      counts[valid ? "missed" : "invalid"]++;
    }
  }
  console.log(`seed ${seed}: ${JSON.stringify(counts)}`);
  expect(wrong).toBeUndefined();
  expect(counts.missed).toBeLessThan(counts.found / 20);
  expect(counts.invalid).toBeGreaterThan(0);
});

test("what was observed and cannot be put together is not looked for", () => {
  const get = { ...operation, f: "get", output: "b" };
  expect(looked(kv("a"), [get]).found).toBeUndefined();
  expect(looked(kv("b"), [get]).found).toEqual({ kind: "linearizable", order: [0] });
});

test("an order is tried before it is told", () => {
  const append = { ...operation, f: "append", input: "a", invoked: 0, returned: 1 };
  const get = { ...operation, f: "get", output: "a", invoked: 2, returned: 3 };
  const early = { ...operation, f: "get", output: null, invoked: 4, returned: 5 };
  const model = kv();
  const good = toProblem([append, get], model);
  expect(isOrder(good, model, [0, 1])).toBe(true);
  for (const order of [[1, 0], [0], [0, 0, 1]]) expect(isOrder(good, model, order)).toBe(false);
  const turned = toProblem([append, early], model);
  expect(isOrder(turned, model, [1, 0])).toBe(false);
});
