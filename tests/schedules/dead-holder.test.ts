/** A client dies while it holds a lock: who goes on, and when? */
import { expect, test } from "vitest";
import type { Played } from "../../schedules/run/lane.ts";
import { newLane } from "../../schedules/run/new-lane.ts";
import type { Fault } from "../../schedules/schedule.ts";
import { pickFrom } from "../../schedules/search/search.ts";
import { type kinds, openCounters } from "./counters.test-support.ts";

/** Client 1 goes first, as far as it gets. */
async function play(
  kind: (typeof kinds)[number],
  strategy: string,
  faults: readonly Fault[],
): Promise<Played> {
  await using counters = await openCounters(kind);
  const counter = counters.all.find(({ name }) => name === strategy)!;
  await using lane = newLane(counter.exploration);
  return await lane.play({ operations: [1, 1], pick: pickFrom([]), faults });
}

const fatesOf = ({ trace }: Played): string[] =>
  trace.results.map(({ status, code }) => code ?? status);

/** Just before the write: the lock is held, and in SQL a transaction is open. */
const dies = (step: number, connection: "closes" | "stays"): Fault => ({
  kind: "die",
  client: 1,
  step,
  connection,
});

test.each([
  ["postgres", "advisory-lock", 4],
  ["mysql", "named-lock", 4],
  ["postgres", "select-for-update", 3],
  ["mysql", "select-for-update", 3],
] as const)(
  "%s, %s: it goes with the connection, and not before",
  async (kind, strategy, write) => {
    const closed = await play(kind, strategy, [dies(write, "closes")]);
    expect([fatesOf(closed), closed.failure]).toEqual([["open", "ok"], undefined]);

    const stayed = await play(kind, strategy, [dies(write, "stays")]);
    expect(stayed.failure).toMatchObject({
      kind: "waits for a dead client",
      message: "client 2 waits for a lock that client 1 held when it died.",
    });
  },
);

test.each(["closes", "stays"] as const)(
  "a lock in Redis goes when its time is over, whether its holder's connection %s or not",
  async (connection) => {
    const held = await play("redis", "lock", [dies(2, connection)]);
    expect([fatesOf(held), held.failure]).toEqual([["open", "refused"], undefined]);

    const expire: Fault = { kind: "expire", client: 2, step: 2 };
    const expired = await play("redis", "lock", [dies(2, connection), expire]);
    expect([fatesOf(expired), expired.failure]).toEqual([["open", "ok"], undefined]);
  },
);
