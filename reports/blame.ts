/** The steps that a failure comes from, two of them where the story is about two; none where the steps leave a doubt. */
import type { Trace } from "../schedules/trace.ts";
import { whomFor } from "./interleaving.ts";
import { overwriteIn } from "./overwrite.ts";
import { unheededIn } from "./unheeded.ts";
import { unseenInsertIn } from "./unseen-insert.ts";

/** A step to blame, and what it does wrong. */
export interface Blamed {
  /** In the trace. */
  readonly row: number;
  /** `client 1 reads balance`. */
  readonly does: string;
}

export function blamedIn(trace: Trace): Blamed[] {
  const { steps, ending } = trace;
  if (ending.kind !== "ended")
    return steps.flatMap((step, row) => {
      const still_waits = step.waited && step.releasedBy === undefined;
      const does = `client ${step.client} waits for ${whomFor(step, trace)}`;
      return still_waits && step.reply === undefined ? [{ row, does }] : [];
    });
  return overwritten(trace) ?? unheeded(trace) ?? inserted(trace) ?? [];
}

function overwritten(trace: Trace): Blamed[] | undefined {
  const story = overwriteIn(trace);
  if (story === undefined) return undefined;
  const { read, earlier, later, column, is_lost } = story;
  const [mine, other] = [trace.steps[later]!.client, trace.steps[earlier]!.client];
  const what = column === "" ? "the value" : column;
  const writes = is_lost
    ? `writes it over client ${other}'s, which it has not seen`
    : `changes it without having seen client ${other}'s change`;
  return [
    { row: read, does: `client ${mine} reads ${what}` },
    { row: later, does: `client ${mine} ${writes}` },
  ];
}

function unheeded(trace: Trace): Blamed[] | undefined {
  const row = unheededIn(trace);
  if (row === undefined) return undefined;
  const { client } = trace.steps[row]!;
  return [{ row, does: `client ${client} does not notice that this changed no row` }];
}

function inserted(trace: Trace): Blamed[] | undefined {
  const story = unseenInsertIn(trace);
  if (story === undefined) return undefined;
  const { look, later, earlier } = story;
  const [mine, other] = [trace.steps[later]!.client, trace.steps[earlier]!.client];
  return [
    { row: look, does: `client ${mine} looks` },
    { row: later, does: `client ${mine} inserts, without having seen client ${other}'s row` },
  ];
}
