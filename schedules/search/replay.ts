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

/**
 * Runs the schedule of a token again on this program and server.
 * @param options as for the exploration that made the token
 */
export async function replay<Client>(
  token: Replay,
  options: Omit<ExplorationOptions<Client>, "clients" | "search">,
): Promise<Replayed> {
  await using lane = newLane(options);
  const { operations, faults } = token;
  const played = await lane.play({ operations, faults, pick: pickFrom(token.choices) });
  const { server } = options.backend;
  const warning = `The token was made on ${token.server}, this is ${server}: the same schedule may end differently.`;
  return {
    ...played,
    same: fingerprint(played.trace) === token.expected,
    ...(server === token.server ? {} : { warning }),
  };
}
