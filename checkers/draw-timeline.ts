import type { Header, Operation } from "../histories/event.ts";
import { call } from "./call.ts";
import { who } from "./who.ts";

/** The most operations, and columns of time, that are drawn. */
const rows = 24;
const columns = 120;
const widest_step = 3;

/**
 * One line for each operation, time from left to right (only the order of the events, not their distances), with
 * an open end where the outcome is unknown. If there are many operations, only those nearest to the culprit, and
 * the number of the others.
 */
export function drawTimeline(
  operations: readonly Operation[],
  culprit: Operation | undefined,
  header: Header | undefined,
): string {
  const drawn = nearest(operations, culprit);
  const times = drawn
    .flatMap(({ invoked, returned }) => [invoked, returned])
    .filter((time) => time !== Number.POSITIVE_INFINITY)
    .sort((a, b) => a - b);
  const step = Math.max(1, Math.min(widest_step, Math.floor(columns / Math.max(1, times.length))));
  const at = new Map(times.map((time, index) => [time, index * step]));
  const end = times.length * step;
  const names = drawn.map((operation) => who(operation, header));
  const width = Math.max(0, ...names.map(({ length }) => length));
  const lines = drawn.map((operation, index) => {
    const from = at.get(operation.invoked) ?? 0;
    const to = at.get(operation.returned);
    const line = "-".repeat(Math.max(0, (to ?? end) - from - 1));
    const bar = `${" ".repeat(from)}|${line}${to === undefined ? "…" : "|"}`.padEnd(end + 1);
    const mark = operation === culprit ? "   ← cannot be placed" : "";
    return `${names[index]!.padEnd(width)}  ${bar}  ${call(operation)}${linesOf(operation)}${mark}`;
  });
  const more = operations.length - drawn.length;
  if (more > 0) lines.push(`(${more} more operation${more === 1 ? " is" : "s are"} not drawn)`);
  return lines.join("\n");
}

/** The operations that are drawn, in their order. Without a culprit, the last ones. */
function nearest(
  operations: readonly Operation[],
  culprit: Operation | undefined,
): readonly Operation[] {
  if (operations.length <= rows) return operations;
  const far = (operation: Operation): number => {
    if (culprit === undefined) return -operation.invoked;
    const before = culprit.invoked - operation.returned;
    return Math.max(0, before, operation.invoked - culprit.returned);
  };
  const kept = new Set(
    operations
      .map((operation) => ({ operation, distance: operation === culprit ? -1 : far(operation) }))
      .sort((one, other) => one.distance - other.distance)
      .slice(0, rows)
      .map(({ operation }) => operation),
  );
  return operations.filter((operation) => kept.has(operation));
}

/** "   lines 3, 9" or "   line 3": where the call and the return stand in the file. */
function linesOf({ invoked_line, returned_line }: Operation): string {
  if (invoked_line === undefined) return "";
  return returned_line === undefined || returned_line === invoked_line
    ? `   line ${invoked_line}`
    : `   lines ${invoked_line}, ${returned_line}`;
}
