import { noVerdictText } from "../reports/no-verdict.ts";
import { replayedText } from "../reports/replayed.ts";
import { failureText, type Subject, tokenOf } from "../reports/report.ts";
import type { Exploration, ExplorationOptions } from "../schedules/exploration.ts";
import { replay } from "../schedules/search/replay.ts";
import { Tally } from "../schedules/tally.ts";
import type { Replay } from "../schedules/token.ts";
import { NoVerdict, RaceFound } from "./explore-results.ts";

/**
 * Runs the schedule of a token again.
 * @returns a sentence about it, when nothing failed: that proves too little, so everything has to be explored
 * @throws RaceFound when it fails
 */
export async function replayed<Client>(
  token: Replay,
  options: ExplorationOptions<Client>,
  subject: Subject,
): Promise<string> {
  const played = await replay(token, options);
  const said = replayedText(played);
  const { trace, failure, now, again } = played;
  if (!failure && trace.ending.kind === "ended") return said;
  const tally = new Tally();
  tally.add(played);
  const report: Exploration = {
    ...tally.counts(false),
    operations: token.operations,
    schedules: 1,
    pruned: 0,
    complete: false,
    proof: false,
    doubt: { kind: "failed" },
    seed: undefined,
    diverged: 0,
  };
  if (!failure) {
    const gaveUp = { count: 1, trace };
    throw new NoVerdict(noVerdictText(subject, gaveUp), { ...report, gaveUp });
  }
  const found = {
    ...failure,
    foundAfter: 1,
    found: trace,
    shrunkIn: 0,
    smallest: trace,
    expected: now,
    again,
  };
  const text = failureText(subject, found, said);
  throw new RaceFound(text, { ...report, failure: found }, tokenOf(subject, found));
}
