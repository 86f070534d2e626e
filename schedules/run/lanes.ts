import type { Search } from "../search/search.ts";
import type { Lane, Played } from "./lane.ts";

export interface DrainLimits {
  readonly schedules_max: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Takes a search through independent lanes side by side, each with its own connections and its own key,
 * until there is no next schedule, the limit is reached, or `seen` says stop; those under way still end.
 *
 * @param seen gets what was played and its number from 1, in the order of their starts
 * @returns how many schedules were run, and whether the search came to its end
 * @throws the first error of any lane, after all lanes have stopped
 */
export async function drain<Client>(
  lanes: readonly Lane<Client>[],
  operations: readonly number[],
  search: Search,
  limits: DrainLimits,
  seen: (played: Played, number: number) => "stop" | undefined,
): Promise<{ schedules: number; complete: boolean }> {
  let schedules = 0;
  let under_way = 0;
  let stopped = false;
  let idle: (() => void)[] = [];
  const wakeAll = (): void => {
    const waiting = idle;
    idle = [];
    for (const wake of waiting) wake();
  };

  const work = async (lane: Lane<Client>): Promise<void> => {
    while (!stopped && !limits.signal?.aborted && schedules < limits.schedules_max) {
      const attempt = search.next();
      if (!attempt) {
        if (under_way === 0) return;
        await new Promise<void>((resolve) => idle.push(resolve));
        continue;
      }
      const number = ++schedules;
      under_way++;
      try {
        const played = await lane.play({ operations, pick: attempt.pick, faults: attempt.faults });
        attempt.done(played);
        if (seen(played, number) === "stop") stopped = true;
      } catch (error) {
        stopped = true;
        throw error;
      } finally {
        under_way--;
        wakeAll();
      }
    }
  };

  const ends = await Promise.allSettled(lanes.map(work));
  const failed = ends.find((end) => end.status === "rejected");
  if (failed) throw failed.reason;
  const complete = !stopped && !limits.signal?.aborted && search.next() === undefined;
  return { schedules, complete };
}
