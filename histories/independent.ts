import { canonical } from "./edn.ts";
import type { Operation } from "./event.ts";

/**
 * Whether these operations look like one of Jepsen's independent workloads, whose values are [key value]: all inputs
 * are pairs, and some operation has the input [key nil] and an answer for the same key, or is a cas of
 * [key [from to]].
 */
export function lookIndependent(operations: readonly Operation[]): boolean {
  const pairs = ({ input }: Operation): boolean => Array.isArray(input) && input.length === 2;
  return operations.length > 0 && operations.every(pairs) && operations.some(isTuple);
}

function isTuple({ f, input, output, status }: Operation): boolean {
  const [key, asked] = input as [unknown, unknown];
  if (f === "cas") return !Array.isArray(key) && Array.isArray(asked) && asked.length === 2;
  if (asked !== null || status !== "ok" || !Array.isArray(output)) return false;
  return output.length === 2 && canonical(output[0]) === canonical(key);
}
