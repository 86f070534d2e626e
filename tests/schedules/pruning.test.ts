import { expect, test } from "vitest";
import { seeded } from "../../checkers/random-history.ts";
import { exploreSchedules } from "../../schedules/exploration.ts";
import { type Counter, kinds, nameOf, openCounters } from "./counters.test-support.ts";

const lost = ["lose reply"] as const;
const seed = Number(process.env["SEED"] ?? Date.now() % 1e6);

/** Two clients that read before either writes: the order of the reads cannot matter, so something is always pruned. */
const is_pruned = /^(read-write|get-set|get-put)$/;

/**
 * A quarter of the counters, each at one of its levels, and half of those that may be tried with faults: which, depends
 * on the seed. All counters at all levels would take minutes.
 */
function atSomeLevel(counters: readonly Counter[]): Counter[] {
  const random = seeded(seed);
  return [...new Set(counters.map(({ name }) => name))].flatMap((name) => {
    const levels = counters.filter((counter) => counter.name === name);
    const is_tried = random() < 0.25 || is_pruned.test(name);
    const some = is_tried ? [levels[Math.floor(random() * levels.length)]!] : [];
    return [...some, ...levels.filter((level) => isTriedWithFaults(level) && random() < 0.5)];
  });
}

/** Unpruned, a lost reply at every step means hundreds of schedules: so only one counter of each sort, at one level. */
function isTriedWithFaults({ name, isolation }: Counter): boolean {
  const sorts =
    /^(read-write-in-transaction|advisory-lock|named-lock|compare-and-set|in-place-retried)$/;
  const elsewhere = /^(get-set|incr|watch-multi-exec|get-put|conditional-put)$/;
  return isolation === null
    ? elsewhere.test(name)
    : isolation === "REPEATABLE READ" && sorts.test(name);
}

/** How every operation ended, and the value of the counter, in all schedules. */
async function endingsOf(
  { exploration }: Counter,
  prune: boolean,
  faults: readonly "lose reply"[],
) {
  const two = { clients: 2, search: "exhaustive", keep_going: true, faults } as const;
  const { endings, complete, schedules } = await exploreSchedules({
    ...exploration,
    ...two,
    prune,
  });
  expect(complete).toBe(true);
  return { endings: Object.keys(endings).sort(), schedules };
}

test.concurrent.each(kinds)(
  `%s: for every counter the pruned search finds what the unpruned one finds (seed ${seed})`,
  async (kind) => {
    await using counters = await openCounters(kind);
    let saved = 0;
    for (const [i, counter] of [...new Set(atSomeLevel(counters.all))].entries()) {
      const name = nameOf(counter);
      const turn = (seed + i) % 2 === 0;
      for (const faults of isTriedWithFaults(counter) && turn ? [[], lost] : [[]]) {
        const all = await endingsOf(counter, false, faults);
        const some = await endingsOf(counter, true, faults);
        expect({ name, endings: some.endings }).toEqual({ name, endings: all.endings });
        saved += all.schedules - some.schedules;
      }
    }
    expect(saved).toBeGreaterThan(0);
  },
  600_000,
);
