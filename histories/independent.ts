import type { Operation } from "./event.ts";

/**
 * Whether these operations look like one of Jepsen's independent workloads, whose values are [key value]: all inputs
 * are pairs, and some operation has the input [key nil] and the answer [key value].
 */
export function lookIndependent(operations: readonly Operation[]): boolean {
  const pairs = ({ input }: Operation): boolean => Array.isArray(input) && input.length === 2;
  return operations.length > 0 && operations.every(pairs) && operations.some(isAnsweredTuple);
}

function isAnsweredTuple({ input, output, status }: Operation): boolean {
  if (status !== "ok" || !Array.isArray(input) || !Array.isArray(output)) return false;
  const [key, asked] = input as [unknown, unknown];
  const [same_key, answer] = output as [unknown, unknown];
  return output.length === 2 && key === same_key && asked === null && answer !== null;
}
