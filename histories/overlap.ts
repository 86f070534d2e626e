import type { Operation } from "./event.ts";

/**
 * How many of these operations ran at the same time as another one.
 * Only completed ones count: an operation of unknown outcome has no end, and would overlap with all that follow.
 * @param operations in the order of their invokes
 */
export function overlapping(operations: readonly Operation[]): number {
  const completed = operations.filter((operation) => operation.returned !== Infinity);
  let latest_return = -1;
  let count = 0;
  for (const [i, operation] of completed.entries()) {
    const next = completed[i + 1];
    const with_earlier = latest_return > operation.invoked;
    const with_later = next !== undefined && next.invoked < operation.returned;
    if (with_earlier || with_later) count++;
    latest_return = Math.max(latest_return, operation.returned);
  }
  return count;
}
