import { describe, expect, test } from "vitest";
import type { Operation } from "../../histories/event.ts";
import { bruteForce } from "../brute-force.ts";
import type { Model } from "../model.ts";
import { models } from "../models/index.ts";
import { kinds, someHistory } from "../random-calls.ts";
import { seeded } from "../random-history.ts";
import { breadthFirst } from "./breadth-first.ts";
import { depthFirst } from "./depth-first.ts";
import { toProblem } from "./problem.ts";
import { stepsOf } from "./search.ts";

const seed = Number(process.env["SEED"] ?? Math.floor(Math.random() * 2 ** 31));
const rounds = Number(process.env["ROUNDS"] ?? 200_000);

/** What is wrong with an order that is said to show that a history is linearizable. */
function wrongOrder(
  operations: readonly Operation[],
  order: readonly number[],
  model: Model<unknown>,
): string | undefined {
  const places = new Map(order.map((operation, place) => [operation, place]));
  if (places.size !== order.length) return "one is placed twice";
  let state: unknown = model.init;
  for (const operation of order) {
    const { f, input, output, status } = operations[operation]!;
    if (status === "fail") return "a failed one is placed";
    const next = model.step(state, { f, input, output: status === "ok" ? output : undefined });
    if (next === undefined) return `${f} is impossible`;
    state = next;
  }
  for (const [index, operation] of operations.entries()) {
    if (operation.status === "ok" && !places.has(index)) return "an acknowledged one is missing";
    for (const [other, { invoked }] of operations.entries())
      if (invoked > operation.returned && places.get(other)! < places.get(index)!)
        return "the order turns time around";
  }
  return undefined;
}

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
      const how = round % 2 === 0 ? breadthFirst : depthFirst;
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
    expect(wrong).toBeUndefined();
    expect(Math.min(counts.valid, counts.invalid)).toBeGreaterThan(rounds / 10);
  });
});
