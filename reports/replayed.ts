import { shownStatement } from "../histories/shortened.ts";
import type { Replayed } from "../schedules/search/replay.ts";

/** The result of running a token's schedule again, in a sentence or two. */
export function replayedText({ same, other_step, trace, failure, warning }: Replayed): string {
  const said = same
    ? "the same thing happened as when the token was made."
    : `something else happened than when the token was made: ${differenceInWords(other_step, trace)}.`;
  const goes_on = failure ? "" : " Nothing failed, so all schedules are run:";
  return `Replayed: ${said}${warning === undefined ? "" : ` ${warning}`}${goes_on}`;
}

function differenceInWords(step: number | undefined, { steps }: Replayed["trace"]): string {
  if (step === undefined) return "the same statements, but other replies";
  const now = steps[step];
  if (now === undefined) return `there is no step ${step + 1} any more`;
  return `step ${step + 1} was another one, now client ${now.client} sends \`${shownStatement(now.statement)}\``;
}
