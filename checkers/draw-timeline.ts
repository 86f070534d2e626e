import type { Header, Operation } from "../histories/event.ts";
import { call } from "./call.ts";
import { who } from "./who.ts";

const column = 3;

/**
 * One line an operation, time from left to right (only the order of the events, not their distances);
 * an open end where the outcome is unknown.
 */
export function drawTimeline(
  operations: readonly Operation[],
  culprit: Operation | undefined,
  header: Header | undefined,
): string {
  const times = operations
    .flatMap(({ invoked, returned }) => [invoked, returned])
    .filter((time) => time !== Number.POSITIVE_INFINITY)
    .sort((a, b) => a - b);
  const at = new Map(times.map((time, index) => [time, index * column]));
  const end = times.length * column;
  const names = operations.map((operation) => who(operation, header));
  const width = Math.max(0, ...names.map(({ length }) => length));
  return operations
    .map((operation, index) => {
      const from = at.get(operation.invoked) ?? 0;
      const to = at.get(operation.returned);
      const line = "-".repeat((to ?? end) - from - 1);
      const bar = `${" ".repeat(from)}|${line}${to === undefined ? "…" : "|"}`.padEnd(end + 1);
      const mark = operation === culprit ? "   ← cannot be placed" : "";
      return `${names[index]!.padEnd(width)}  ${bar}  ${call(operation)}${mark}`;
    })
    .join("\n");
}
