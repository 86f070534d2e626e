import type { Operation } from "../../histories/event.ts";
import type { OutOfRange } from "./reason.ts";

/**
 * A counter's value that is higher than it can have been with every increment, and no decrement, that was called
 * before the operation returned; or lower than with every decrement and no increment.
 * @param all operations of one key
 */
export function outOfRange(
  all: readonly Operation[],
  operation: Operation,
  init: number,
): OutOfRange | undefined {
  const { output } = operation;
  if (typeof output !== "number" && typeof output !== "bigint") return undefined;
  const own = deltaOf(operation);
  let low = init + own;
  let high = init + own;
  for (const each of all) {
    if (each === operation || each.status === "fail" || each.invoked >= operation.returned)
      continue;
    low += Math.min(0, deltaOf(each));
    high += Math.max(0, deltaOf(each));
  }
  if (output >= low && output <= high) return undefined;
  return { kind: "out of range", operation, low, high };
}

function deltaOf({ f, input }: Operation): number {
  return f === "add" ? Number(input ?? 1) : 0;
}
