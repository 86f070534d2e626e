import type { Operation } from "../../histories/event.ts";
import type { Model } from "../model.ts";

/**
 * What is wrong with an order that should prove a history linearizable. In O(n log n), so that large histories
 * can be checked, too. Crashed operations may be missing, and so may those that only observe.
 */
export function wrongOrder(
  operations: readonly Operation[],
  order: readonly Operation[],
  model: Model<unknown>,
): string | undefined {
  const placed = new Set(order);
  if (placed.size !== order.length) return "one is placed twice";
  if (operations.some((operation) => operation.status === "ok" && !placed.has(operation)))
    return "an acknowledged one is missing";
  const known = new Set(operations);
  let state: unknown = model.init;
  for (const operation of order) {
    const { f, input, output, status } = operation;
    if (!known.has(operation)) return "one is placed that is not there";
    if (status === "fail") return "a failed one is placed";
    const next = model.step(state, { f, input, output: status === "ok" ? output : undefined });
    if (next === undefined) return `${f} is impossible`;
    state = next;
  }
  let soonest = Number.POSITIVE_INFINITY;
  for (const { invoked, returned } of order.toReversed()) {
    if (invoked > soonest) return "the order turns time around";
    soonest = Math.min(soonest, returned);
  }
  return undefined;
}
