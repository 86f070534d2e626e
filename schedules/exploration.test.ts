/** What is believed of what schedules show: a failure must come again, and come alone. */
import { expect, test } from "vitest";
import type { Backend } from "../backends/backend.ts";
import { type ExplorationOptions, exploreSchedules } from "./exploration.ts";
import { CheckFailed, type Program } from "./program.ts";
import { type Memory, SharedMemory } from "./run/shared-memory.test-support.ts";

/** Its lanes get "copies" that are the same memory, so that they meet. */
class MeetingMemory extends SharedMemory {
  copies = 0;
  async copyForLane(): Promise<Backend<Memory>> {
    this.copies++;
    return this;
  }
}

/** Two additions of one, with a lock: right, but always the same variables, whatever the key. */
const right: Program<Memory> = {
  setup: (memory) => memory.set("v", 0),
  async run(memory) {
    await memory.lock("l");
    const value = await memory.get("v");
    await memory.set("v", value + 1);
    await memory.unlock("l");
  },
  async check(memory) {
    const value = await memory.get("v");
    if (value !== 2) throw new CheckFailed("wrong", `${value}, not 2`);
  },
};

const racy: Program<Memory> = {
  ...right,
  run: async (memory) => memory.set("v", (await memory.get("v")) + 1),
};

const options = (
  backend: Backend<Memory>,
  program: Program<Memory>,
): ExplorationOptions<Memory> => ({
  backend,
  program,
  name: "program",
  clients: 2,
  search: "exhaustive",
  prune: false,
  lanes: 4,
  grow_after: 1,
});

test("what fails only beside other lanes is a disturbance, and one lane finds the proof", async () => {
  const backend = new MeetingMemory();
  const found = await exploreSchedules(options(backend, right));
  expect(backend.copies).toBe(3);
  expect(found.disturbance).toMatchObject({
    kind: "failed beside others",
    lanes: 4,
    failure: { kind: expect.any(String) },
  });
  expect(found).toMatchObject({ proof: true, outcomes: { correct: found.schedules } });
});

test("a race stays one, also with lanes that meet", async () => {
  const { failure } = await exploreSchedules(options(new MeetingMemory(), racy));
  expect(failure).toMatchObject({ kind: "wrong", again: { runs: 1, failed: 1 } });
});

test("explorations of one backend take turns", async () => {
  const backend = new SharedMemory();
  const both = [right, right].map((program) => exploreSchedules(options(backend, program)));
  expect((await Promise.all(both)).map(({ proof }) => proof)).toEqual([true, true]);
});

test("what fails once and never again is no race, and no proof", async () => {
  let checks = 0;
  const flaky: Program<Memory> = {
    ...right,
    async check() {
      if (++checks === 2) throw new CheckFailed("hiccup", "once");
    },
  };
  const found = await exploreSchedules(options(new SharedMemory(), flaky));
  expect(found.failure).toBeUndefined();
  expect(found).toMatchObject({
    proof: false,
    doubt: { kind: "unrepeated", count: 1 },
    unrepeated: { failure: { kind: "hiccup" }, foundAfter: 2 },
  });
});

test("what fails twice and never again is no race either", async () => {
  let checks = 0;
  const flaky: Program<Memory> = {
    ...right,
    async check() {
      if (++checks < 3) throw new CheckFailed("hiccup", "twice");
    },
  };
  const found = await exploreSchedules(options(new SharedMemory(), flaky));
  expect(found.failure).toBeUndefined();
  expect(found).toMatchObject({ proof: false, unrepeated: { failure: { kind: "hiccup" } } });
});

test("another verdict than before is another failure", async () => {
  let checks = 0;
  const changing: Program<Memory> = {
    ...right,
    async check() {
      throw new CheckFailed(`number ${++checks}`, "every time another");
    },
  };
  const found = await exploreSchedules(options(new SharedMemory(), changing));
  expect(found.failure).toBeUndefined();
  expect(found.doubt).toMatchObject({ kind: "unrepeated" });
});

test("a set-up that keeps what was there is no fresh start", async () => {
  const keeping: Program<Memory> = {
    ...right,
    setup: async (memory) => void (await memory.add("v", 0)),
    check: async () => undefined,
  };
  const found = await exploreSchedules(options(new SharedMemory(), keeping));
  expect(found).toMatchObject({
    proof: false,
    complete: true,
    doubt: { kind: "stale", stale: { what: "v" } },
  });
});

test("at its time limit a search begins no schedule, and proves nothing", async () => {
  const found = await exploreSchedules({
    ...options(new SharedMemory(), right),
    time_limit_ms: 0,
  });
  expect(found).toMatchObject({ schedules: 0, doubt: { kind: "cut short", by: "time" } });
});
