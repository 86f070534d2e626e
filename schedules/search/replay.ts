import type { ExplorationOptions } from "../options.ts";
import type { Played } from "../run/lane.ts";
import { newLane } from "../run/new-lane.ts";
import { type Fingerprint, fingerprint, firstOtherStep, type Replay } from "../token.ts";
import { comparePlayed } from "./confirm.ts";
import { pickFrom } from "./search.ts";
import { inTurn } from "./turns.ts";

export interface Replayed extends Played {
  /** The same thing happened, step by step; generated values may be others. */
  readonly same: boolean;
  /** The first step, from 0, that is another statement or another client's than when the token was made. */
  readonly other_step?: number;
  /** What happened now. */
  readonly now: Fingerprint;
  /** How often the schedule was run, and how often it failed as it did first. */
  readonly again: { readonly runs: number; readonly failed: number };
  /** The token was made on another server or version. */
  readonly warning?: string;
}

/** Nobody knows yet who waits for whom inside the process, and there is only one schedule: it may take its time. */
const patience_ms = 1_000;
/** What the search had learned about the program when it made the token is learned again. */
const learning_runs_max = 5;

/**
 * Runs the schedule of a token again on this program and server: twice, because values that are generated are
 * known by their being different then. A client may be busy for as long as it likes, at a breakpoint for example.
 *
 * @param options as for the exploration that made the token
 */
export function replay<Client>(
  token: Replay,
  options: Omit<ExplorationOptions<Client>, "clients" | "search">,
): Promise<Replayed> {
  return inTurn(options.backend, async () => {
    const patient = { ...options, busy_limit_ms: Number.POSITIVE_INFINITY };
    await using lane = newLane(patient, { patience_ms });
    const { operations, faults } = token;
    const play = (): Promise<Played> =>
      lane.play({ operations, faults, pick: pickFrom(token.choices), look_after: true });
    let one = await play();
    for (let run = 1; one.trace.unsteady && run < learning_runs_max; run++) one = await play();
    const two = await play();
    // If only one of them failed, that is the one to show.
    const played = one.failure ? one : two;
    const failed = [one, two].filter(({ failure }) => failure?.kind === played.failure?.kind);
    const comparison = comparePlayed(one, two);
    const now = fingerprint(played.trace, played === one ? comparison : comparePlayed(two, one));
    const other_step = firstOtherStep(token.expected, now);
    const { server } = options.backend;
    const warning = `The token was made on ${token.server}, this is ${server}: the same schedule may end differently.`;
    return {
      ...played,
      same: now.whole === token.expected.whole,
      ...(other_step === undefined ? {} : { other_step }),
      now,
      again: { runs: 2, failed: failed.length },
      ...(server === token.server ? {} : { warning }),
    };
  });
}
