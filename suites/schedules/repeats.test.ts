import { expect, test } from "vitest";
import { exploreSchedules, newLane } from "../../schedules/exploration.ts";
import { pickFrom } from "../../schedules/search.ts";
import { describeTrace } from "../../schedules/trace.ts";
import { type Counter, kinds, nameOf, openCounters } from "./counters.test-support.ts";

const replays = 50;

/** How many of the replays did the very same; undefined when nothing fails. */
async function repeats({ exploration }: Counter, faults: readonly "lose reply"[]) {
  const two = { clients: 2, search: "exhaustive", faults } as const;
  const { failure } = await exploreSchedules({ ...exploration, ...two });
  if (failure === undefined) return undefined;
  const { smallest } = failure;
  await using lane = newLane(exploration, 9);
  let same = 0;
  for (let i = 0; i < replays; i++) {
    const { trace } = await lane.play({ ...smallest, pick: pickFrom(smallest.choices) });
    if (describeTrace(trace) === describeTrace(smallest)) same++;
  }
  return same;
}

test.each(kinds)("%s: every smallest failure gives 50 times the same trace", async (kind) => {
  await using counters = await openCounters(kind);
  let failures = 0;
  for (const counter of counters.all) {
    const faults = counter.strategy.name.match(/retried|resent/) ? (["lose reply"] as const) : [];
    const same = await repeats(counter, faults);
    if (same === undefined) continue;
    failures++;
    expect({ name: nameOf(counter), same }).toEqual({ name: nameOf(counter), same: replays });
  }
  expect(failures).toBeGreaterThan(0);
});
