import type { Model } from "../../model.ts";
import type { Problem } from "../problem.ts";

/** Whether an order is legal: the model allows it, time does, and nothing that returned is missing. */
export function isOrder<State>(
  { calls, called_at, class_of, optional, returned_at, slot_of }: Problem,
  model: Model<State>,
  order: readonly number[],
): boolean {
  const placed = new Set(order);
  if (placed.size !== order.length) return false;
  const missing = class_of.some(
    (of_class, operation) =>
      slot_of[operation]! >= 0 && optional[of_class] === 0 && !placed.has(operation),
  );
  if (missing) return false;
  let state: State | undefined = model.init;
  for (const operation of order) {
    state = model.step(state, calls[class_of[operation]!]!);
    if (state === undefined) return false;
  }
  let soonest = Number.POSITIVE_INFINITY;
  for (const operation of order.toReversed()) {
    if (called_at[operation]! > soonest) return false;
    soonest = Math.min(soonest, returned_at[operation]!);
  }
  return true;
}
