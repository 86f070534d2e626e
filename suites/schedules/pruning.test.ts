import { expect, test } from "vitest";
import { exploreSchedules } from "../../schedules/exploration.ts";
import { type Counter, kinds, nameOf, openCounters } from "./counters.test-support.ts";

/** What became of every operation and of the counter, in all schedules. */
async function endingsOf({ exploration }: Counter, prune: boolean) {
  const two = { clients: 2, search: "exhaustive", keep_going: true } as const;
  const { endings, complete, schedules } = await exploreSchedules({
    ...exploration,
    ...two,
    prune,
  });
  expect(complete).toBe(true);
  return { endings: Object.keys(endings).sort(), schedules };
}

test.concurrent.each(kinds)(
  "%s: for every counter the pruned search finds what the unpruned one finds",
  async (kind) => {
    await using counters = await openCounters(kind);
    let saved = 0;
    for (const counter of counters.all) {
      const all = await endingsOf(counter, false);
      const some = await endingsOf(counter, true);
      const name = nameOf(counter);
      expect({ name, endings: some.endings }).toEqual({ name, endings: all.endings });
      saved += all.schedules - some.schedules;
    }
    expect(saved).toBeGreaterThan(0);
  },
  600_000,
);
