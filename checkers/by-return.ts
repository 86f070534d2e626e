import type { Operation } from "../histories/event.ts";

/** If times are at most this many times the number of operations, they are put in order by a table. */
const sparse = 8;

/** The indices of the acknowledged operations in the order of their returns; of equal ones, in their own order. */
export function byReturn(operations: readonly Operation[]): Int32Array {
  const acknowledged = new Int32Array(operations.length);
  let count = 0;
  let latest = 0;
  for (let index = 0; index < operations.length; index++) {
    const { status, returned } = operations[index]!;
    if (status !== "ok") continue;
    acknowledged[count++] = index;
    if (returned > latest) latest = returned;
  }
  const found = acknowledged.subarray(0, count);
  return (
    byTable(operations, found, latest) ??
    found.sort((one, other) => operations[one]!.returned - operations[other]!.returned)
  );
}

/** @returns undefined where times are not small whole numbers, or some are equal */
function byTable(
  operations: readonly Operation[],
  found: Int32Array,
  latest: number,
): Int32Array | undefined {
  if (latest > sparse * operations.length) return undefined;
  /** By time: 1 more than the index of what returns then. */
  const table = new Int32Array(latest + 1);
  for (const index of found) {
    const { returned } = operations[index]!;
    if (table[returned] !== 0) return undefined;
    table[returned] = index + 1;
  }
  const sorted = new Int32Array(found.length);
  let count = 0;
  for (const one_more of table) if (one_more > 0) sorted[count++] = one_more - 1;
  return sorted;
}
