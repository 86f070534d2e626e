import type { Header, Operation } from "../histories/event.ts";
import { call, plain } from "./call.ts";

/** Processes of schedules already have a name for people (see schedules/client-names.ts). */
const in_words = /^(client \d+|the check)$/;

/**
 * "client 3": the client behind a process, counted from 1 as everywhere. (After an `info`, a client goes on under a new
 * process number.)
 */
export function who({ process }: Operation, header: Header | undefined): string {
  if (process === "nemesis") return "the nemesis";
  if (in_words.test(`${process}`)) return `${process}`;
  if (header === undefined || typeof process !== "number") return `process ${plain(`${process}`)}`;
  return `client ${(process % header.clients) + 1}`;
}

/** "client 3's read → 5 (line 12)": an operation and where it is found in its file. */
export function named(operation: Operation, header: Header | undefined): string {
  return `${who(operation, header)}'s ${call(operation)}${lineOf(operation)}`;
}

/** " (line 12)", where the operation comes from a file. */
function lineOf({ invoked_line }: Operation): string {
  return invoked_line === undefined ? "" : ` (line ${invoked_line})`;
}

/** " (key a)": said only where a history has several keys. */
export function ofKey(key: string, several: boolean): string {
  return several ? ` (key ${plain(key)})` : "";
}
