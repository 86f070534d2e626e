import { expect, test } from "vitest";
import type { Operation } from "../../histories/event.ts";
import { operation } from "../example.test-support.ts";
import type { Model } from "../model.ts";
import { toProblem } from "./problem.ts";
import { search } from "./search.ts";

const write: Operation = { ...operation, f: "write", input: 1 };

const judge = (model: Model<number>): string => search(toProblem([write], model), model).kind;

test("a model that says it only observes must not change its state", () => {
  const liar = { name: "liar", init: 0, step: () => 1, observes: () => true };
  expect(() => judge(liar)).toThrow(
    "the model says that write(1) only observes, but it changed a state.",
  );
  expect(judge({ ...liar, step: (state) => state })).toBe("linearizable");
});

test("a model that says it overwrites must not refuse", () => {
  const liar = { name: "liar", init: 0, step: () => undefined, overwrites: () => true };
  expect(() => judge(liar)).toThrow("the model says that write(1) overwrites, but it was refused.");
  expect(judge({ ...liar, overwrites: () => false })).toBe("impossible");
});

test("states that look alike but are of different types are different", () => {
  const states: unknown[] = [null, "null", [], "[]", undefined];
  const steps: Model<unknown> = {
    name: "steps",
    init: 0,
    step: (state) => states[state === 0 ? 0 : states.indexOf(state) + 1],
  };
  const writes = [0, 1, 2, 3, 4].map((n) => ({ ...write, invoked: 2 * n, returned: 2 * n + 1 }));
  const kinds = [4, 5].map((count) => search(toProblem(writes.slice(0, count), steps), steps).kind);
  expect(kinds).toEqual(["linearizable", "impossible"]);
});
