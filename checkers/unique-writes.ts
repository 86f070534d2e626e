import type { Operation } from "../histories/event.ts";
import { plainText } from "./plain-text.ts";

/** A value's write and reads: the first of their returns, the last of their calls, and the two operations. */
interface Zone {
  first_return: number;
  last_call: number;
  readonly operations: Operation[];
}

/**
 * Linearizability of a register whose writes all write different values, none of them the initial one, in
 * O(n log n) (Gibbons & Korach, Testing shared memories, 1997). The condition: no read returns before its write is
 * called, and there are no two values of which each has an operation that precedes an operation of the other.
 * @returns undefined when the history does not qualify; else operations that are impossible together, none when all
 *   is well
 */
export function impossibleZones(
  operations: readonly Operation[],
  initial: unknown,
): readonly Operation[] | undefined {
  const zones = new Map<string, Zone>();
  const start: Zone = {
    first_return: Number.NEGATIVE_INFINITY,
    last_call: Number.NEGATIVE_INFINITY,
    operations: [],
  };
  zones.set(plainText(initial), start);
  const reads: Operation[] = [];
  for (const operation of operations) {
    const { f, input, output, status, invoked, returned } = operation;
    if (f !== "write" && f !== "read") return undefined;
    if (f === "write" && status !== "fail") {
      const value = plainText(input);
      if (zones.has(value) || value === "null") return undefined;
      zones.set(value, { first_return: returned, last_call: invoked, operations: [operation] });
    } else if (status === "ok" && (output !== null || initial === null)) reads.push(operation);
  }
  for (const read of reads) {
    const zone = zones.get(plainText(read.output));
    if (zone === undefined) return [read];
    const [write] = zone.operations;
    if (zone !== start && read.returned < write!.invoked) return inOrder([write!, read]);
    zone.first_return = Math.min(zone.first_return, read.returned);
    zone.last_call = Math.max(zone.last_call, read.invoked);
    zone.operations.push(read);
  }
  const conflict = firstConflict([...zones.values()]);
  return conflict === undefined ? [] : inOrder(conflict.flatMap((zone) => zone.operations));
}

function inOrder(operations: Operation[]): Operation[] {
  return operations.sort((one, other) => one.invoked - other.invoked);
}

/** Two zones of which each has an operation that precedes an operation of the other. */
function firstConflict(zones: readonly Zone[]): [Zone, Zone] | undefined {
  const forward = zones
    .filter(({ first_return, last_call }) => first_return < last_call)
    .sort((one, other) => one.first_return - other.first_return);
  for (const [index, zone] of forward.entries())
    if (index > 0 && zone.first_return < forward[index - 1]!.last_call)
      return [forward[index - 1]!, zone];
  for (const zone of zones) {
    if (zone.first_return < zone.last_call) continue;
    // Forward zones do not overlap, so only the last one that begins before this one may contain it.
    const around = lastBefore(forward, zone.last_call);
    if (around !== undefined && zone.first_return < around.last_call) return [around, zone];
  }
  return undefined;
}

function lastBefore(forward: readonly Zone[], call: number): Zone | undefined {
  let low = 0;
  let high = forward.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (forward[middle]!.first_return < call) low = middle + 1;
    else high = middle;
  }
  return forward[low - 1];
}
