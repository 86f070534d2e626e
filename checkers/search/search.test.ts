import { describe, expect, test } from "vitest";
import type { Operation } from "../../histories/event.ts";
import { bruteForce } from "../brute-force.ts";
import type { Model } from "../model.ts";
import { models } from "../models/index.ts";
import { plainText } from "../plain-text.ts";
import { randomHistory, seeded } from "../random-history.ts";
import { breadthFirst } from "./breadth-first.ts";
import { depthFirst } from "./depth-first.ts";
import { toProblem } from "./problem.ts";
import { stepsOf } from "./search.ts";

const seed = Number(process.env["SEED"] ?? Math.floor(Math.random() * 2 ** 31));
const rounds = Number(process.env["ROUNDS"] ?? 200_000);

type Random = () => number;
const pick = <T>(random: Random, list: readonly T[]): T =>
  list[Math.floor(random() * list.length)]!;

interface Kind {
  readonly call: (random: Random) => { f: string; input: unknown };
  /** What it answers in a state; null for everything else. */
  readonly answer?: (state: unknown, f: string, input: unknown) => unknown;
  /** A wrong answer to put in. */
  readonly lie: (random: Random, operation: Operation) => unknown;
}

const value = (random: Random): number => pick(random, [1, 2, 3]);
const kinds: Record<string, Kind> = {
  register: {
    call: (random) =>
      pick(random, [
        { f: "read", input: null },
        { f: "write", input: value(random) },
      ]),
    answer: (state, f) => (f === "read" ? state : null),
    lie: (random, { f }) => (f === "read" ? value(random) : null),
  },
  "cas-register": {
    call: (random) =>
      pick(random, [
        { f: "read", input: null },
        { f: "write", input: value(random) },
        { f: "cas", input: [value(random), value(random)] },
      ]),
    answer: (state, f, input) =>
      f === "read" ? state : f === "cas" ? (input as number[])[0] === state : null,
    lie: (random, { f, output }) =>
      f === "read" ? value(random) : f === "cas" ? output === false : null,
  },
  counter: {
    call: (random) =>
      pick(random, [
        { f: "read", input: null },
        { f: "add", input: pick(random, [1, 2, -1]) },
      ]),
    answer: (state, f, input) =>
      f === "read" ? state : (input as number) === 2 ? Number(state) + 2 : null,
    lie: (random, { output }) =>
      typeof output === "number" ? output + pick(random, [-1, 1]) : output,
  },
  kv: {
    call: (random) =>
      pick(random, [
        { f: "get", input: null },
        { f: "put", input: pick(random, ["a", "b"]) },
        { f: "append", input: pick(random, ["a", "b"]) },
      ]),
    answer: (state, f) => (f === "get" ? state : null),
    lie: (random, { f, output }) =>
      f === "get" ? pick(random, [`${String(output)}a`, String(output).slice(1), "a", "ab"]) : null,
  },
  mutex: {
    call: (random) => ({ f: pick(random, ["acquire", "release"]), input: null }),
    lie: () => null,
  },
  set: {
    call: (random) =>
      pick(random, [
        { f: "read", input: null },
        { f: "contains", input: value(random) },
        { f: "add", input: value(random) },
        { f: "remove", input: value(random) },
      ]),
    answer: (state, f, input) =>
      f === "read"
        ? [...(state as Set<string>)].map(Number)
        : f === "contains"
          ? (state as Set<string>).has(plainText(input))
          : null,
    lie: (random, { f, output }) =>
      f === "contains" ? output !== true : f === "read" ? [value(random)] : output,
  },
  queue: {
    call: (random) =>
      pick(random, [
        { f: "enqueue", input: value(random) },
        { f: "dequeue", input: null },
      ]),
    answer: (state, f) => (f === "dequeue" ? ((state as unknown[])[0] ?? null) : null),
    lie: (random, { f }) => (f === "dequeue" ? pick(random, [null, 1, 2, 3]) : null),
  },
};

/** A history of up to 8 operations, mostly with something changed that may make it wrong. */
function someHistory(model: Model<unknown>, kind: Kind, random: Random): Operation[] {
  const made = randomHistory(
    {
      model,
      clients: 2 + Math.floor(random() * 4),
      operations: 2 + Math.floor(random() * 7),
      crashed: random() < 0.6 ? 0.25 : 0,
      failed: 0.03,
      call: () => kind.call(random),
      answer: (state, { f, input }) => kind.answer?.(state, f, input) ?? null,
    },
    random,
  ).map((operation) => ({ ...operation, key: "k" }));
  for (let change = Math.floor(random() * 3); change > 0; change--) {
    const at = Math.floor(random() * made.length);
    const operation = made[at]!;
    if (operation.status === "ok" && random() < 0.7)
      made[at] = { ...operation, output: kind.lie(random, operation) };
    else if (operation.status === "fail" && operation.returned < Infinity)
      made[at] = { ...operation, status: "ok", output: kind.lie(random, operation) };
    else made[at] = { ...operation, status: "fail", output: undefined };
  }
  return made;
}

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
      const operations = someHistory(model, kinds[name]!, random);
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
