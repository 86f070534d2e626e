import { now_ms } from "../../backends/real-time.ts";
import type { Search } from "../search/search.ts";
import type { Lane, Played } from "./lane.ts";

export interface DrainLimits {
  readonly schedules_max: number;
  /** By `now_ms`: no schedule begins later. */
  readonly until_ms?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** More lanes for a search that turns out to be long: making them costs as much as many schedules. */
export interface Growth<Client> {
  /** After so many schedules. */
  readonly after: number;
  /** Called once, while no schedule runs. */
  more(): Promise<readonly Lane<Client>[]>;
}

/** Why there was no next schedule: the search came to its end, or it was cut short. */
export type DrainEnd = "all" | "stopped" | "schedules" | "time" | "aborted";

/**
 * Takes a search through lanes side by side until there is no next schedule, a limit is reached, or `seen`
 * says stop; those under way still end.
 *
 * @param seen gets what was played and its number from 1, in the order of their starts; with one lane,
 *   nothing else runs until it has answered
 * @param growth only for a single lane
 * @throws the first error of any lane, after all lanes have stopped
 */
export async function drain<Client>(
  lanes: readonly Lane<Client>[],
  operations: readonly number[],
  search: Search,
  limits: DrainLimits,
  seen: (played: Played, number: number) => Promise<"stop" | undefined> | undefined,
  growth?: Growth<Client>,
): Promise<{ schedules: number; end: DrainEnd }> {
  let schedules = 0;
  let under_way = 0;
  let stopped = false;
  let trouble: { readonly error: unknown } | undefined;
  let idle: (() => void)[] = [];
  const wakeAll = (): void => {
    const waiting = idle;
    idle = [];
    for (const wake of waiting) wake();
  };
  const cutShort = (): DrainEnd | undefined => {
    if (stopped) return "stopped";
    if (limits.signal?.aborted) return "aborted";
    if (limits.until_ms !== undefined && now_ms() >= limits.until_ms) return "time";
    return schedules >= limits.schedules_max ? "schedules" : undefined;
  };

  const work = async (lane: Lane<Client>): Promise<void> => {
    while (cutShort() === undefined) {
      const attempt = search.next();
      if (!attempt) {
        if (under_way === 0) return;
        await new Promise<void>((resolve) => idle.push(resolve));
        continue;
      }
      const { pick, faults, aside } = attempt;
      const number = aside ? schedules : ++schedules;
      under_way++;
      try {
        const played = await lane.play({ operations, pick, faults, number });
        attempt.done(played);
        if (aside) continue;
        if ((await seen(played, number)) === "stop") stopped = true;
      } finally {
        under_way--;
        wakeAll();
      }
      if (number === growth?.after && cutShort() === undefined) {
        for (const more of await growth.more()) begin(more);
      }
    }
  };
  const working: Promise<void>[] = [];
  const begin = (lane: Lane<Client>): void => {
    const works = work(lane).catch((error: unknown) => {
      trouble ??= { error };
      stopped = true;
      wakeAll();
    });
    working.push(works);
  };

  for (const lane of lanes) begin(lane);
  // It grows while it is waited for.
  for (const works of working) await works;
  if (trouble) throw trouble.error;
  const cut = cutShort();
  const is_over = cut === undefined || (cut === "schedules" && search.next() === undefined);
  return { schedules, end: is_over ? "all" : cut };
}
