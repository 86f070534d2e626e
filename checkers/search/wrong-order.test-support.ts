import type { Operation } from "../../histories/event.ts";
import type { Model } from "../model.ts";

/** What is wrong with an order that should prove a history linearizable. */
export function wrongOrder(
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
