/** The steps that a failure comes from, two of them where the story is about two; none where the steps leave a doubt. */
import type { Trace } from "../schedules/trace.ts";
import { whomFor } from "./interleaving.ts";
import { type RaceStory, raceStoryIn } from "./race-story.ts";

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
  const story = raceStoryIn(trace);
  return story ? blamedFor(story, trace) : [];
}

function blamedFor(story: RaceStory, { steps }: Trace): Blamed[] {
  if (story.name === "unnoticed write") {
    const { row } = story;
    const does = `client ${steps[row]!.client} does not notice that this changed no row`;
    return [{ row, does }];
  }
  const { earlier, later } = story;
  const [mine, other] = [steps[later]!.client, steps[earlier]!.client];
  if (story.name === "unseen insert")
    return [
      { row: story.look, does: `client ${mine} looks` },
      { row: later, does: `client ${mine} inserts, without having seen client ${other}'s row` },
    ];
  const { read, column, is_lost } = story;
  const what = column === "" ? "the value" : column;
  const writes = is_lost
    ? `writes it over client ${other}'s, which it has not seen`
    : `changes it without having seen client ${other}'s change`;
  return [
    { row: read, does: `client ${mine} reads ${what}` },
    { row: later, does: `client ${mine} ${writes}` },
  ];
}
