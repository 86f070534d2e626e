import type { Operation } from "./event.ts";

/**
 * How many of these operations ran at the same time as another one.
 * Only completed ones count: an operation of unknown outcome has no end, and would overlap with all that follow.
 * @param operations in the order of their invokes
 */
export function overlapping(operations: readonly Operation[]): number {
  let latest_return = -1;
  let count = 0;
  let last_return = -1;
  let last_counts = true;
  for (const { invoked, returned } of operations) {
    if (returned === Infinity) continue;
    if (!last_counts && invoked < last_return) count++;
    last_return = returned;
    last_counts = latest_return > invoked;
    if (last_counts) count++;
    latest_return = Math.max(latest_return, returned);
  }
  return count;
}
