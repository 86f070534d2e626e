/** What people call a race. */
import type { FoundFailure } from "../schedules/findings.ts";
import { raceStoryIn } from "./race-story.ts";

/**
 * The name of a race, where the steps of its smallest interleaving leave no doubt; otherwise the kind of the failure,
 * as it stands at the head of its report.
 */
export const raceName = ({ smallest, kind }: Pick<FoundFailure, "smallest" | "kind">): string =>
  raceStoryIn(smallest)?.name ?? kind;
