import { now_ms } from "../backends/real-time.ts";
import { mustMakeSense } from "./bad-options.ts";
import type { PartExploration } from "./findings.ts";
import type { ExplorationOptions } from "./options.ts";
import { Pass } from "./search/pass.ts";
import { inTurn } from "./search/turns.ts";

export type {
  Disturbance,
  Exploration,
  FoundFailure,
  GaveUp,
  PartExploration,
  Unrepeated,
} from "./findings.ts";
export type { ExplorationOptions } from "./options.ts";

const lanes_default = 4;

/**
 * Runs the schedules of a program and says what they showed; a failure is run again, alone, and made as
 * small as possible. Where several lanes got in each other's way, all is run again with one.
 * Explorations of one backend take turns.
 *
 * @throws BadOptions
 * @throws SetupFailed
 * @throws whatever else is wrong outside the schedules (the server)
 */
export async function exploreSchedules<Client>(
  options: ExplorationOptions<Client>,
): Promise<PartExploration> {
  mustMakeSense(options, options.program.expire !== undefined);
  return inTurn(options.backend, async () => {
    const { time_limit_ms, lanes = lanes_default } = options;
    const until_ms = time_limit_ms === undefined ? undefined : now_ms() + time_limit_ms;
    await using pass = new Pass(options, lanes);
    const exploration = await pass.run(until_ms);
    const { disturbance } = pass;
    if (disturbance === undefined) return exploration;
    await using alone = new Pass(options, 1);
    return { ...(await alone.run(until_ms)), disturbance };
  });
}
