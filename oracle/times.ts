/**
 * Which places hold times of a clock: only there two times may differ that are as far apart as their runs. A counter of
 * 1,700,000,000 looks like a time in seconds, and a fixed time that is put off by a second is no time of a clock either.
 * The same order, run again, tells: there a clock has gone on.
 */
import { instantOf } from "./clock.ts";
import type { Ended } from "./ended.ts";
import { type Path, type Soft, walk } from "./soft.ts";
import { masked } from "./tokens.ts";

/** So long after a run, a clock that counts seconds shows another one. */
export const next_second_ms = 1_200;

/** Learns from two runs of the same order. */
export function learnTimes(soft: Soft, one: Ended, two: Ended): void {
  const apart_ms = Math.min(two.began_ms - one.began_ms, two.ended_ms - one.ended_ms);
  const [before, after] = [timesIn(one), timesIn(two)];
  for (const path of new Set([...before.keys(), ...after.keys()])) {
    const [times, others] = [before, after].map((all) => (all.get(path) ?? []).toSorted());
    if (times!.join("\0") !== others!.join("\0")) soft.noteTimes(path, "of a clock");
    else if (times!.every((time) => changesAfter_ms(time) <= apart_ms))
      soft.noteTimes(path, "fixed");
    else soft.noteTimes(path, "unsure");
  }
}

function timesIn(ended: Ended): Map<Path, string[]> {
  const found = new Map<Path, string[]>();
  walk(ended, (path, value) => {
    masked(value, (token) => {
      const is_time = instantOf(token) !== undefined;
      if (is_time) found.set(path, [...(found.get(path) ?? []), token]);
      return is_time;
    });
  });
  return found;
}

/** After how long the clock that may have said this says something else: most count seconds, or less. */
const changesAfter_ms = (time: string): number =>
  (instantOf(time) ?? 0) % 1_000 === 0 ? next_second_ms : 1;
