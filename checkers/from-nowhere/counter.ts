import type { Operation } from "../../histories/event.ts";
import { byReturn } from "../by-return.ts";
import type { FromNowhere } from "./finding.ts";

/**
 * A value that a counter cannot have had, in the time that it takes to put the returns in order. An operation that
 * answers v comes after all adds that returned before it was called (the certain ones), may come after those that were
 * called before it returned (the possible ones), and after no others. So v is at most the start plus the negative
 * deltas that are certain and the positive ones that are possible, and at least the same with the signs changed. For
 * its own answer, an add is certain. Numbers that are not exact are left to the search.
 */
export function counterOutOfReach(
  operations: readonly Operation[],
  initial: number,
): FromNowhere | undefined {
  if (!exact(operations, initial)) return undefined;
  const blocked = firstOutOfReach(operations, initial);
  if (blocked === undefined) return undefined;
  const adds = ({ f, status }: Operation): boolean => f === "add" && status !== "fail";
  return { operations: operations.filter((each) => each === blocked || adds(each)), blocked };
}

/** Whether all sums are. */
function exact(operations: readonly Operation[], initial: number): boolean {
  let most = Math.abs(initial);
  for (const operation of operations) {
    const delta = deltaOf(operation);
    most += Math.abs(delta);
    if (!Number.isInteger(delta)) return false;
  }
  return most <= Number.MAX_SAFE_INTEGER;
}

function firstOutOfReach(operations: readonly Operation[], initial: number): Operation | undefined {
  /** By operation: the start, and the negative or the positive deltas that were certain when it was called. */
  const falling = new Float64Array(operations.length);
  const rising = new Float64Array(operations.length);
  let [certain_down, certain_up, possible_down, possible_up] = [initial, initial, 0, 0];
  let called = 0;
  for (const index of byReturn(operations)) {
    const operation = operations[index]!;
    const { output, returned } = operation;
    for (; called < operations.length && operations[called]!.invoked <= returned; called++) {
      falling[called] = certain_down;
      rising[called] = certain_up;
      const delta = deltaOf(operations[called]!);
      if (delta < 0) possible_down += delta;
      else possible_up += delta;
    }
    const delta = deltaOf(operation);
    const most = falling[index]! + Math.min(0, delta) + possible_up;
    const least = rising[index]! + Math.max(0, delta) + possible_down;
    if (typeof output === "number" && (output > most || output < least)) return operation;
    if (delta < 0) certain_down += delta;
    else certain_up += delta;
  }
  return undefined;
}

/** 0 for what does not add, or failed. */
function deltaOf({ f, input, status }: Operation): number {
  return f === "add" && status !== "fail" ? Number(input ?? 1) : 0;
}
