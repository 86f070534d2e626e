import type { ExplorationOptions } from "../options.ts";
import type { Played } from "../run/lane.ts";
import { newLane } from "../run/new-lane.ts";
import { fingerprint, type Replay } from "../token.ts";
import { pickFrom } from "./search.ts";

export interface Replayed extends Played {
  /** The same thing happened, step by step. */
  readonly same: boolean;
  /** The token was made on another server or version. */
  readonly warning?: string;
}

/** Nobody knows yet who waits for whom inside the process, and there is only one schedule: it may take its time. */
const patience_ms = 1_000;
/** What the search had learned about the program when it made the token is learned again. */
const learning_runs_max = 5;

/**
 * Runs the schedule of a token again on this program and server. A client may be busy for as long as it likes, at
 * a breakpoint for example.
 *
 * @param options as for the exploration that made the token
 */
export async function replay<Client>(
  token: Replay,
  options: Omit<ExplorationOptions<Client>, "clients" | "search">,
): Promise<Replayed> {
  const patient = { ...options, busy_limit_ms: Number.POSITIVE_INFINITY };
  await using lane = newLane(patient, { patience_ms });
  const { operations, faults } = token;
  const play = (): Promise<Played> =>
    lane.play({ operations, faults, pick: pickFrom(token.choices) });
  let played = await play();
  for (let run = 1; played.trace.unsteady && run < learning_runs_max; run++) played = await play();
  const { server } = options.backend;
  const warning = `The token was made on ${token.server}, this is ${server}: the same schedule may end differently.`;
  return {
    ...played,
    same: fingerprint(played.trace) === token.expected,
    ...(server === token.server ? {} : { warning }),
  };
}
