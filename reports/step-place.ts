/** Where a step comes from, in words: as its stack says, or a comment in its statement. */
import { relative } from "node:path";
import type { Source } from "../histories/source.ts";
import { commentedIn } from "../histories/statement-comment.ts";
import type { TraceStep } from "../schedules/trace.ts";

/** `src/bank.ts:9:12`, as seen from the folder we run in, which editors and terminals make a link of. */
export function placeText({ file, line, column }: Source): string {
  return `${relativePath(file)}:${line}:${column}`;
}

/** The path as seen from the folder we run in, if the file is in it. */
export function relativePath(file: string): string {
  const inside = relative(process.cwd(), file);
  return inside.startsWith("..") ? file : inside.replaceAll("\\", "/");
}

/** `bank.ts:9`; the controller or route where no file is known; nothing where nothing is. */
export function shortPlace(step: TraceStep): string | undefined {
  const { source } = step;
  if (source === undefined) return commentedIn(step.statement).route;
  return `${source.file.split(/[\\/]/).at(-1)}:${source.line}`;
}
