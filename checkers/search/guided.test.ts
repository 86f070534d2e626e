import { expect, test } from "vitest";
import { wrongOrder } from "../constructed/wrong-order.ts";
import { models } from "../models/index.ts";
import { pick, type Random } from "../random-calls.ts";
import { randomHistory, seeded } from "../random-history.ts";
import { guided } from "./guided.ts";
import { toProblem } from "./problem.ts";
import { search, stepsOf } from "./search.ts";

const below = (random: Random, limit: number): number => Math.floor(random() * limit);

interface Wide {
  readonly model: string;
  readonly clients: number;
  readonly call: (random: Random, count: number) => { f: string; input: unknown };
}

/** Histories that no search gets through without hints where to look. */
const kinds: Readonly<Record<string, Wide>> = {
  "a counter with deltas": {
    model: "counter",
    clients: 40,
    call: (random) =>
      random() < 0.5 ? { f: "read", input: null } : { f: "add", input: below(random, 11) - 5 },
  },
  "a set that is read as a whole": {
    model: "set",
    clients: 50,
    call: (random) =>
      random() < 0.2
        ? { f: "read", input: null }
        : { f: pick(random, ["add", "remove", "contains"]), input: below(random, 20) },
  },
  "a register": {
    model: "register",
    clients: 60,
    call: (random) =>
      random() < 0.5 ? { f: "read", input: null } : { f: "write", input: below(random, 20) },
  },
  "texts of many clients": {
    model: "kv",
    clients: 40,
    call: (random, count) => {
      if (random() < 0.5) return { f: "get", input: null };
      return random() < 0.8
        ? { f: "append", input: `${count},` }
        : { f: "put", input: `${count}:` };
    },
  },
  "few texts of many clients": {
    model: "kv",
    clients: 60,
    call: (random) => {
      if (random() < 0.5) return { f: "get", input: null };
      return {
        f: random() < 0.8 ? "append" : "put",
        input: pick(random, ["a", "b", "c", "d", "e"]),
      };
    },
  },
};

function answer(state: unknown, { f, input }: { f: string; input: unknown }): unknown {
  if (state instanceof Set)
    return f === "read" ? [...state].map(Number) : f === "contains" && state.has(String(input));
  return f === "read" || f === "get" ? state : null;
}

test.each(Object.entries(kinds))(
  "an order of %s is found",
  (name, { model: of, clients, call }) => {
    const model = models[of]!();
    const seed = Number(process.env["SEED"] ?? Math.floor(Math.random() * 2 ** 31));
    console.log(`${name}, seed ${seed}`);
    const shape = { model, clients, operations: 300, crashed: 0, call, answer };
    const problem = toProblem(randomHistory(shape, seeded(seed)), model);
    const outcome = search(problem, model, { witness: true, turns: 200_000 });
    if (outcome.kind !== "linearizable") throw new Error(`${outcome.kind}, seed ${seed}`);
    const order = outcome.order.map((operation) => problem.operations[operation]!);
    expect(wrongOrder(problem.operations, order, model)).toBeUndefined();
  },
);

test("where there is no order, it gives up", () => {
  const model = models["set"]!();
  const { call } = kinds["a set that is read as a whole"]!;
  const shape = { model, clients: 10, operations: 100, crashed: 0, call, answer };
  const made = randomHistory(shape, seeded(1));
  const last = made.findLast(({ f, status }) => f === "read" && status === "ok")!;
  const problem = toProblem(
    made.map((each) => (each === last ? { ...last, output: [99] } : each)),
    model,
  );
  expect(guided(problem, stepsOf(problem, model), 8, {})).toMatchObject({ why: "width" });
  expect(search(problem, model).kind).toBe("impossible");
});
