/**
 * A stack that begins with the lines to blame. Test runners show the code at the first line of a stack, and their
 * reporters for GitHub annotate it: so they point at the code with the race, not at the test that found it.
 */
import type { Trace } from "../schedules/trace.ts";
import { blamedIn } from "./blame.ts";

/** @param stack of an error with this message */
export function blamedStack(stack: string, message: string, trace: Trace): string {
  const at = stack.indexOf(message);
  if (at < 0) return stack;
  const frames = blamedIn(trace)
    .toReversed()
    .flatMap(({ row }) => {
      const { client, source } = trace.steps[row]!;
      if (source === undefined) return [];
      const { file, line, column } = source;
      return [`\n    at client ${client} (${file}:${line}:${column})`];
    });
  const end = at + message.length;
  return stack.slice(0, end) + frames.join("") + stack.slice(end);
}
