/**
 * What makes the search fast must go on making it fast: in steps of the model, which any machine counts alike.
 * Histories that are wide, long or full of crashes also meet what small ones never do.
 */
import { describe, expect, test } from "vitest";
import type { Operation } from "../../histories/event.ts";
import { operation } from "../example.test-support.ts";
import type { Model } from "../model.ts";
import { models } from "../models/index.ts";
import { randomHistory, type Shape, seeded } from "../random-history.ts";
import { breadthFirst } from "./breadth-first.ts";
import type { ForesightSteps } from "./cursor.ts";
import { depthFirst } from "./depth-first.ts";
import { type Problem, toProblem } from "./problem.ts";
import { search, stepsOf } from "./search.ts";
import { wrongOrder } from "./wrong-order.test-support.ts";

type Random = () => number;
type Size = Pick<Shape<unknown>, "clients" | "operations" | "crashed">;

/** A kind of history, and the most steps that each search may take: breadth-first and depth-first, valid and not. */
interface Kind extends Size {
  readonly model: string;
  readonly call: Shape<unknown>["call"];
  readonly enough: {
    readonly valid: readonly [number, number];
    readonly not: readonly [number, number];
  };
}

const below = (random: Random, limit: number): number => Math.floor(random() * limit);
const registerOf = (values: number) => (random: Random) =>
  random() < 0.5 ? { f: "read", input: null } : { f: "write", input: below(random, values) };
const text = (random: Random, count: number) => {
  if (random() < 0.5) return { f: "get", input: null };
  return random() < 0.8 ? { f: "append", input: `${count},` } : { f: "put", input: `${count}:` };
};

const kinds: Record<string, Kind> = {
  "5 values": {
    model: "register",
    ...{ clients: 20, operations: 200, crashed: 0.01, call: registerOf(5) },
    enough: { valid: [14_600, 3_527], not: [1_508, 3_029] },
  },
  "many values": {
    model: "register",
    ...{ clients: 36, operations: 70, crashed: 0.02, call: registerOf(50) },
    enough: { valid: [53_273, 4_935], not: [17, 17] },
  },
  "writes, more open at once than a word has bits": {
    model: "register",
    ...{ clients: 90, operations: 200, crashed: 0.02, call: registerOf(2) },
    enough: { valid: [4_398, 1_511], not: [123, 137] },
  },
  "increments, more open at once than a word has bits": {
    model: "counter",
    ...{ clients: 90, operations: 300, crashed: 0.02 },
    call: (random) => (random() < 0.5 ? { f: "read", input: null } : { f: "add", input: 1 }),
    enough: { valid: [58_183, 8_845], not: [45_136, 45_076] },
  },
  "compare-and-set": {
    model: "cas-register",
    ...{ clients: 10, operations: 150, crashed: 0.05 },
    call: (random) =>
      random() < 0.4
        ? { f: "cas", input: [below(random, 5), below(random, 5)] }
        : registerOf(5)(random),
    enough: { valid: [10_936, 1_306], not: [3_370, 4_631] },
  },
  "crashed increments": {
    model: "counter",
    ...{ clients: 10, operations: 120, crashed: 0.1 },
    call: (random) =>
      random() < 0.5 ? { f: "read", input: null } : { f: "add", input: 1 + below(random, 2) },
    enough: { valid: [46_071, 5_223], not: [17_278, 18_003] },
  },
  "appends of many clients": {
    model: "kv",
    ...{ clients: 120, operations: 40, crashed: 0, call: text },
    enough: { valid: [21_165, 5_426], not: [607, 607] },
  },
  "crashed appends": {
    model: "kv",
    ...{ clients: 8, operations: 120, crashed: 0.05, call: text },
    enough: { valid: [3_358, 1_649], not: [40, 40] },
  },
  "a set": {
    model: "set",
    ...{ clients: 6, operations: 150, crashed: 0.03 },
    call: (random) => {
      const input = below(random, 4);
      if (random() < 0.3) return { f: "read", input: null };
      return { f: ["contains", "add", "remove"][below(random, 3)]!, input };
    },
    enough: { valid: [3_392, 1_039], not: [1_493, 1_756] },
  },
};

const seeds = [1, 2, 3];

function answer(state: unknown, { f, input }: { f: string; input: unknown }): unknown {
  if (state instanceof Set) {
    if (f === "read") return [...(state as Set<string>)].map(Number);
    return f === "contains" ? state.has(String(input)) : null;
  }
  if (f === "cas") return (input as unknown[])[0] === state;
  return f === "read" || f === "get" ? state : null;
}

/** Half-way through, something is read that was never there. */
function falsified(operations: readonly Operation[]): Operation[] {
  const middle = operations.findIndex(
    ({ f, status }, index) =>
      index >= operations.length / 2 && (f === "read" || f === "get") && status === "ok",
  );
  const nonsense: Record<string, unknown> = { string: "?", number: -1, object: [-1] };
  return operations.map((operation, index) =>
    index === middle ? { ...operation, output: nonsense[typeof operation.output] } : operation,
  );
}

/** Counts the steps that are asked for, and gives up after too many. */
class Counted implements ForesightSteps {
  count = 0;
  readonly hopelessUntil?: NonNullable<ForesightSteps["hopelessUntil"]>;
  readonly #steps: ForesightSteps;
  readonly #limit: number;

  constructor(steps: ForesightSteps, limit: number) {
    this.#steps = steps;
    this.#limit = limit;
    if (steps.hopelessUntil !== undefined)
      this.hopelessUntil = (cursor) => steps.hopelessUntil?.(cursor) ?? -1;
  }

  get bytes(): number {
    return this.#steps.bytes;
  }

  next(state: number, of_class: number): number {
    if (++this.count > this.#limit) throw new Error(`more than ${this.#limit} steps`);
    return this.#steps.next(state, of_class);
  }
}

function problemOf(kind: Kind, seed: number, valid: boolean): [Problem, Model<unknown>] {
  const model = models[kind.model]!();
  const made = randomHistory({ ...kind, model, answer }, seeded(seed));
  return [toProblem(valid ? made : falsified(made), model), model];
}

/** How many steps it takes to come to the verdict, summed over the seeds. */
function steps(kind: Kind, how: typeof depthFirst, valid: boolean, enough: number): number {
  let count = 0;
  for (const seed of seeds) {
    const [problem, model] = problemOf(kind, seed, valid);
    const counted = new Counted(stepsOf(problem, model), enough - count);
    const outcome = how(problem, counted, { witness: true });
    expect(outcome.kind).toBe(valid ? "linearizable" : "impossible");
    const order = outcome.kind === "linearizable" ? outcome.order : undefined;
    expect(order && wrongOrder(problem.operations, order, model)).toBeUndefined();
    count += counted.count;
  }
  return count;
}

describe.each(Object.entries(kinds))("%s", (_, kind) => {
  test.each([
    ["breadth-first, valid", breadthFirst, true, kind.enough.valid[0]],
    ["depth-first, valid", depthFirst, true, kind.enough.valid[1]],
    ["breadth-first, not valid", breadthFirst, false, kind.enough.not[0]],
    ["depth-first, not valid", depthFirst, false, kind.enough.not[1]],
  ])("%s", (_name, how, valid, enough) => {
    expect(steps(kind, how, valid, enough)).toBeLessThanOrEqual(enough);
  });
});

test("what one way cannot do in its turns is left to the next", () => {
  // Only breadth-first search tells the states.
  const easy = search(...problemOf(kinds["a set"]!, 1, false));
  expect(easy).toMatchObject({ kind: "impossible", states: [] });
  const [problem, model] = problemOf(kinds["crashed increments"]!, 1, false);
  const hard = search(problem, model, { turns: 128 });
  expect(hard.kind).toBe("impossible");
  expect(hard).not.toMatchObject({ states: [] });
  expect(search(problem, model, { turns: 128, places: 10 })).toMatchObject({ why: "turns" });
  const wide = problemOf(kinds["5 values"]!, 1, true);
  expect(search(...wide, { turns: 128 })).toEqual({ kind: "linearizable", order: [] });
});

test("what was hopeless from the start is told by its operation", () => {
  const model = models["kv"]!("x");
  const problem = toProblem([{ ...operation, f: "get", output: "?" }], model);
  for (const how of [breadthFirst, depthFirst])
    expect(how(problem, stepsOf(problem, model), {})).toEqual({
      kind: "impossible",
      blocked: 0,
      states: [],
    });
});

test("memory is counted, that of states, too", () => {
  const queue = models["queue"]!();
  const open = Array.from({ length: 12 }, (_, input) => ({
    ...operation,
    ...{ f: "enqueue", input, invoked: input, returned: 100 + input },
  }));
  const last = { ...operation, f: "dequeue", output: -1, invoked: 200, returned: 201 };
  const hopeless = toProblem([...open, last], queue);
  const counted = stepsOf(hopeless, queue);
  depthFirst(hopeless, counted, { memory_bytes: 10_000_000 });
  expect(counted.bytes).toBeGreaterThan(5_000_000);
  const [problem, model] = problemOf(kinds["crashed increments"]!, 1, true);
  for (const how of [breadthFirst, depthFirst]) {
    const within = (memory_bytes: number): string =>
      how(problem, stepsOf(problem, model), { memory_bytes, witness: true }).kind;
    expect([within(10_000), within(20_000_000)]).toEqual(["gave up", "linearizable"]);
  }
});
