import type { Operation } from "../histories/event.ts";
import type { Model } from "./model.ts";

/**
 * Tries every order: the reference that the other checkers are tested against, for small histories only.
 * An operation may come next when no other one that is still to be placed had returned before it was
 * invoked. `info` operations may come at any time after their invoke or not at all; `fail` never happened.
 */
export function bruteForce<State>(operations: readonly Operation[], model: Model<State>): boolean {
  const search = (left: readonly Operation[], state: State): boolean => {
    if (left.every(({ status }) => status === "info")) return true;
    const first_return = Math.min(...left.map(({ returned }) => returned));
    return left.some((operation) => {
      if (operation.invoked > first_return) return false;
      const { f, input, output, status } = operation;
      const next = model.step(state, { f, input, output: status === "ok" ? output : undefined });
      if (next === undefined) return false;
      return search(
        left.filter((other) => other !== operation),
        next,
      );
    });
  };
  return search(
    operations.filter(({ status }) => status !== "fail"),
    model.init,
  );
}
