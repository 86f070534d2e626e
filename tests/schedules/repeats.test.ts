import { expect, test } from "vitest";
import { promisedAt } from "../../matrix/promise.ts";
import { exploreSchedules } from "../../schedules/exploration.ts";
import { newLane } from "../../schedules/run/new-lane.ts";
import { pickFrom } from "../../schedules/search/search.ts";
import { describeTrace } from "../../schedules/trace.ts";
import { type Counter, kinds, nameOf, openCounters } from "./counters.test-support.ts";

const replays = 50;
/** A third of the strategies, another one each time: all of them would take minutes. */
const one_in = 3;
const seed = Number(process.env["SEED"] ?? Date.now() % 1e6);

/** Whether two clients fail by its own promise, alone or when a reply is lost; the others have nothing to repeat. */
function fails({ strategy, isolation }: Counter): boolean {
  const { shows, when } = promisedAt(strategy.declared, isolation)!;
  return shows !== undefined || (isResent(strategy) && when?.reply_lost !== undefined);
}

/** Sent again when its reply is lost: there it is tried with that. */
const isResent = ({ name }: Counter["strategy"]): boolean => /retried|resent/.test(name);

/** The trace of the smallest failure and those of its replays, each once; undefined when nothing fails. */
async function tracesOf({ exploration, strategy }: Counter): Promise<string[] | undefined> {
  const faults = isResent(strategy) ? (["lose reply"] as const) : [];
  const two = { clients: 2, search: "exhaustive", faults } as const;
  const { failure } = await exploreSchedules({ ...exploration, ...two });
  if (failure === undefined) return undefined;
  const { smallest } = failure;
  const traces = new Set([describeTrace(smallest)]);
  await using lane = newLane(exploration);
  for (let i = 0; i < replays; i++) {
    const { trace } = await lane.play({ ...smallest, pick: pickFrom(smallest.choices) });
    traces.add(describeTrace(trace));
  }
  return [...traces];
}

test.concurrent.each(kinds)(
  `%s: the smallest failure gives 50 times the same trace (seed ${seed})`,
  async (kind) => {
    await using counters = await openCounters(kind);
    const names = [...new Set(counters.all.filter(fails).map(({ name }) => name))];
    const tried = new Set(names.filter((_, i) => (seed + i) % one_in === 0));
    /** Strategies that have failed: once is enough, not at every level. */
    const failed = new Set<string>();
    for (const counter of counters.all) {
      if (!tried.has(counter.name) || failed.has(counter.name) || !fails(counter)) continue;
      const traces = await tracesOf(counter);
      if (traces === undefined) continue;
      failed.add(counter.name);
      const name = nameOf(counter);
      expect({ name, traces }).toEqual({ name, traces: traces.slice(0, 1) });
    }
    expect(failed.size).toBeGreaterThan(0);
  },
);
