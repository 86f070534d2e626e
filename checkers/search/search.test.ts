import { describe, expect, test } from "vitest";
import { bruteForce } from "../brute-force.ts";
import { operation } from "../example.test-support.ts";
import { models } from "../models/index.ts";
import { kinds, someHistory } from "../random-calls.ts";
import { seeded } from "../random-history.ts";
import { breadthFirst } from "./breadth-first.ts";
import { depthFirst } from "./depth-first.ts";
import { guided } from "./guided.ts";
import { toProblem } from "./problem.ts";
import { search, stepsOf } from "./search.ts";
import type { SearchResult } from "./search-result.ts";
import { wrongOrder } from "./wrong-order.test-support.ts";

const seed = Number(process.env["SEED"] ?? Math.floor(Math.random() * 2 ** 31));
const rounds = Number(process.env["ROUNDS"] ?? 30_000);

/** When the guided search finds an order, it must be a legal one; otherwise the exact search decides. */
const lucky = (...asked: Parameters<typeof depthFirst>): SearchResult => {
  const [problem, transitions, budget] = asked;
  const found = guided(problem, transitions, 1 + (problem.operations.length % 3), budget);
  counts_lucky[found.kind === "linearizable" ? "found" : "not"]++;
  return found.kind === "gave up" ? depthFirst(...asked) : found;
};
const counts_lucky = { found: 0, not: 0 };

describe("search, against brute force", () => {
  test.each(Object.keys(kinds))(`${rounds} random histories: %s`, (name) => {
    console.log(`seed ${seed}`);
    const model = models[name]!();
    const random = seeded(seed);
    const counts = { valid: 0, invalid: 0, crashed: 0 };
    let wrong: string | undefined;
    for (let round = 0; round < rounds && wrong === undefined; round++) {
      const operations = someHistory(model, kinds[name]!, 2 + Math.floor(random() * 7), random);
      const expected = bruteForce(operations, model);
      counts[expected ? "valid" : "invalid"]++;
      if (operations.some(({ status }) => status === "info")) counts.crashed++;
      const problem = toProblem(operations, model);
      const transitions = stepsOf(problem, model);
      const how = [breadthFirst, depthFirst, lucky][round % 3]!;
      const outcome = how(problem, transitions, { witness: true });
      const told = `seed ${seed}, round ${round}: ${JSON.stringify(operations)}`;
      if (outcome.kind !== (expected ? "linearizable" : "impossible"))
        wrong = `${told} is ${expected ? "valid" : "invalid"}, not ${outcome.kind}`;
      else if (outcome.kind === "linearizable") {
        const trouble = wrongOrder(problem.operations, outcome.order, model);
        if (trouble !== undefined) wrong = `${told}: ${trouble} in ${outcome.order.join()}`;
      }
    }
    console.log(
      `${name}, seed ${seed}: ${counts.valid} valid, ${counts.invalid} invalid, ${counts.crashed} with crashes`,
    );
    console.log(`from few places, an order was found ${counts_lucky.found} times`);
    expect(wrong).toBeUndefined();
    expect(Math.min(counts.valid, counts.invalid)).toBeGreaterThan(rounds / 10);
  });
});

test("of two that look alike, the one that must be placed is tried though a waived one returns before", () => {
  const rows: [string, string | null, string | null, number, number][] = [
    ["get", null, "a2;", 0, 3],
    ["put", "p1", null, 1, 6],
    ["append", "a2;", null, 2, 5],
    ["append", "a1;", null, 4, 10],
    ["append", "a1;", null, 7, 11],
    ["get", null, "p1a1;", 8, 9],
    ["get", null, "p1a1;", 12, 13],
  ];
  const operations = rows.map(([f, input, output, invoked, returned]) => ({
    ...operation,
    ...{ f, input, output, invoked, returned },
  }));
  const model = models["kv"]!();
  expect(bruteForce(operations, model)).toBe(true);
  const problem = toProblem(operations, model);
  expect(search(problem, model).kind).toBe("linearizable");
  for (const how of [breadthFirst, depthFirst])
    expect(how(problem, stepsOf(problem, model), {}).kind).toBe("linearizable");
});
