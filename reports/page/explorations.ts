/** The explorations of a cell, as the page shows them. */
import type { CellResult, ExploreResult } from "../../matrix/result.ts";
import { own_command } from "../own-command.ts";
import { signOfExploration } from "../sign.ts";
import { exampleOf } from "./example.ts";
import type { PageExploration } from "./page-data.ts";
import { storyOf } from "./story.ts";

export function explorationsOf({ explored, refuses }: CellResult, made: Date): PageExploration[] {
  if (explored === undefined) return [];
  const { two, three, reply_lost, lock_lost } = explored;
  const all: [string, ExploreResult | undefined][] = [
    ["2 clients", two],
    ["3 clients", three],
    ["a reply lost", reply_lost],
    ["the lock expires", lock_lost],
  ];
  return all.flatMap(([name, result]) =>
    result ? [explorationOf(name, result, refuses, made)] : [],
  );
}

function explorationOf(
  name: string,
  result: ExploreResult,
  refuses: string | undefined,
  made: Date,
): PageExploration {
  const { failure, example, seed, complete } = result;
  return {
    name,
    text: textOf(result),
    sign: signOfExploration(result, refuses),
    complete,
    ...(failure
      ? {
          story: storyOf({
            failure,
            token: failure.token,
            replay: `${own_command} replay ${failure.token}`,
            seed,
            made,
          }),
        }
      : example
        ? { story: exampleOf(example, made) }
        : {}),
  };
}

function textOf({ complete, schedules, outcomes, failed }: ExploreResult): string {
  const how = complete
    ? `All ${schedules} interleavings were run`
    : `${schedules} interleavings were run, not all`;
  const ends = Object.entries(outcomes).map(([outcome, count]) => `${count} ${outcome}`);
  const codes = Object.keys(failed);
  const clean = codes.length === 0 ? "" : ` Some operations failed cleanly: ${codes.join(", ")}.`;
  return `${how}: ${ends.join(", ")}.${clean}`;
}
