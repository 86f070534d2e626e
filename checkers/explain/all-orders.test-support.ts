/** Finds everything that can have happened by trying all orders; for small histories only, and without the search. */
import type { Operation } from "../../histories/event.ts";
import type { Model } from "../model.ts";
import { plainText } from "../plain-text.ts";

const answer = ({ f, input, output, status }: Operation) => ({
  f,
  input,
  output: status === "ok" ? output : undefined,
});

/**
 * Goes through all orders that have every needed operation, and may have the others.
 * @param visit gets each state and the operations that may come next; returns true to stop
 */
function everyWay<State>(
  operations: readonly Operation[],
  needed: ReadonlySet<Operation>,
  model: Model<State>,
  visit: (state: State, left: readonly Operation[]) => boolean,
): boolean {
  const go = (state: State, left: readonly Operation[]): boolean => {
    if (visit(state, left)) return true;
    return left.some((operation) => {
      const passed = left.filter((each) => each !== operation && each.returned < operation.invoked);
      if (passed.some((each) => needed.has(each))) return false;
      const next = model.step(state, answer(operation));
      return (
        next !== undefined &&
        go(
          next,
          left.filter((each) => each !== operation && !passed.includes(each)),
        )
      );
    });
  };
  return go(
    model.init,
    operations.filter(({ status }) => status !== "fail"),
  );
}

/** Whether there is an order with all needed operations. */
export function anOrder<State>(
  operations: readonly Operation[],
  needed: ReadonlySet<Operation>,
  model: Model<State>,
): boolean {
  return everyWay(operations, needed, model, (_, left) => !left.some((each) => needed.has(each)));
}

/**
 * All states in which the operation may find the object. If it only observes, the needed operations that come after
 * it must be possible, too; if it changes the state, they do not count.
 */
export function statesFound<State>(
  operations: readonly Operation[],
  needed: ReadonlySet<Operation>,
  operation: Operation,
  model: Model<State>,
): State[] {
  const others = operations.filter((each) => each !== operation);
  const observes = model.observes?.(answer(operation)) === true;
  const found = new Map<string, State>();
  everyWay(others, needed, model, (state, left) => {
    const passed = left.some((each) => needed.has(each) && each.returned < operation.invoked);
    // The operation had returned before one that is already placed was called: too late for it.
    const missed = others.some(
      (each) => !left.includes(each) && each.status !== "fail" && operation.returned < each.invoked,
    );
    if (passed || missed || found.has(plainText(state))) return false;
    const after = left.filter((each) => each.returned >= operation.invoked);
    if (
      !observes ||
      anOrder(after, needed, { ...model, init: state, step: model.step.bind(model) })
    )
      found.set(plainText(state), state);
    return false;
  });
  return [...found.values()];
}
