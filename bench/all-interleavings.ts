/** Every interleaving of two clients, unpruned: the same work each time, so its speed can be compared. */
import type { Backend } from "../backends/backend.ts";
import type { Program } from "../schedules/program.ts";
import type { Lane } from "../schedules/run/lane.ts";
import { drain } from "../schedules/run/lanes.ts";
import { newLane } from "../schedules/run/new-lane.ts";
import { Exhaust } from "../schedules/search/dfs.ts";

export const lanes_max = 16;

export const lanesOn = <Client>(
  backend: Backend<Client>,
  program: Program<Client>,
): readonly Lane<Client>[] =>
  Array.from({ length: lanes_max }, (_, i) =>
    newLane({ backend, program, name: "bench", isolation: "READ COMMITTED" }, { number: i + 1 }),
  );

/** Runs all interleavings once. @returns how many schedules a second */
export async function rateOf<Client>(lanes: readonly Lane<Client>[]): Promise<number> {
  const search = new Exhaust({ prune: false, several_operations: false });
  const start = performance.now();
  const limits = { schedules_max: 10_000 };
  const { schedules } = await drain(lanes, [1, 1], search, limits, () => undefined);
  return (schedules / (performance.now() - start)) * 1000;
}
