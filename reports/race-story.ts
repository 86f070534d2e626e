/** The race that the steps of a failure show without doubt: its name, and the rows of the steps it is about. */
import type { Trace } from "../schedules/trace.ts";
import { overwriteIn } from "./overwrite.ts";
import { unheededIn } from "./unheeded.ts";
import { unseenInsertIn } from "./unseen-insert.ts";

type Found<F extends (trace: Trace) => unknown> = Exclude<ReturnType<F>, undefined>;

export type RaceStory =
  /** A client wrote over a value of another that it had not seen. */
  | ({ readonly name: "lost update" } & Found<typeof overwriteIn>)
  /** A conditional write changed nothing, and its client went on. */
  | { readonly name: "unnoticed write"; readonly row: number }
  /** Two looked whether something is there, and both inserted it. */
  | ({ readonly name: "unseen insert" } & Found<typeof unseenInsertIn>);

/** @returns undefined where the steps leave a doubt, or the schedule did not end */
export function raceStoryIn(trace: Trace): RaceStory | undefined {
  if (trace.ending.kind !== "ended") return undefined;
  const overwrite = overwriteIn(trace);
  if (overwrite) return { name: "lost update", ...overwrite };
  const row = unheededIn(trace);
  if (row !== undefined) return { name: "unnoticed write", row };
  const insert = unseenInsertIn(trace);
  return insert && { name: "unseen insert", ...insert };
}
