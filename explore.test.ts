import { afterEach, expect, test } from "vitest";
import { type ExploreOptions, explore, RaceFound, replay_variable } from "./explore.ts";
import { CheckFailed } from "./schedules/program.ts";
import { type Memory, SharedMemory } from "./schedules/run/shared-memory.test-support.ts";
import { contextSwitches } from "./schedules/schedule.ts";
import { readToken } from "./schedules/token.ts";

afterEach(() => {
  delete process.env[replay_variable];
});

const counter: ExploreOptions<Memory> = {
  name: "counter",
  backend: new SharedMemory(),
  setup: (memory, key) => memory.set(key, 0),
  async run(memory, { key }) {
    await memory.begin();
    const value = await memory.get(key);
    await memory.set(key, value + 1);
  },
  async check(memory, { key, trace }) {
    const counted = await memory.get(key);
    const done = trace.results.filter((result) => result.status === "ok").length;
    if (counted < done) throw new CheckFailed("lost update", `${done} done, ${counted} counted`);
    if (counted > trace.results.length)
      throw new CheckFailed("counted twice", `${counted} counted`);
  },
};

async function raceIn(options: ExploreOptions<Memory>): Promise<RaceFound> {
  const error = await explore(options).catch((error: unknown) => error);
  if (!(error instanceof RaceFound)) throw new Error("no race was found", { cause: error });
  return error;
}

test("a lost update is found, made as small as can be, drawn, explained, and has a token", async () => {
  const { message, exploration, token } = await raceIn(counter);
  const { smallest } = exploration.failure ?? { smallest: undefined };
  expect(smallest?.operations).toEqual([1, 1]);
  expect(contextSwitches(smallest?.choices ?? [])).toBe(1);
  expect(message).toContain("client 1 and client 2 both read 0; client 1 wrote");
  expect(message).toMatch(/│ get a\n/);
  expect(message).toMatch(/Found in schedule \d+; shrunk in \d+ more from 2 clients/);
  expect(message).toContain(`RACEPROOF_REPLAY='${token}'`);
  expect(token.length).toBeLessThanOrEqual(200);
});

test.each([3, 5, 8])(
  "%i clients: found at random, and shrunk to two with one switch",
  async (clients) => {
    const { exploration } = await raceIn({ ...counter, clients, seed: 7 });
    const failure = exploration.failure;
    expect(failure?.smallest.operations).toEqual([1, 1]);
    expect(contextSwitches(failure?.smallest.choices ?? [])).toBe(1);
    expect(failure?.found_after).toBeLessThanOrEqual(10);
    expect(failure?.shrunk_in).toBeLessThanOrEqual(50);
  },
);

test("several operations shrink to one each", async () => {
  const { exploration } = await raceIn({ ...counter, operations: 3, seed: 7 });
  expect(exploration.failure?.smallest.operations).toEqual([1, 1]);
});

test("a correct program survives all interleavings, and that is called a proof for its size", async () => {
  const correct = {
    ...counter,
    run: (memory: Memory, { key }: { key: string }) => memory.add(key, 1),
  };
  const report = await explore(correct);
  expect(report).toMatchObject({ complete: true, interleavings: 2, schedules: 2 });
  expect(report.text).toContain("proof for this size: no failure in all 2 interleavings");
  const sampled = await explore({ ...correct, clients: 3, schedules: 20, seed: 3 });
  expect(sampled).toMatchObject({ complete: false, schedules: 20, seed: 3 });
  expect(sampled.text).toContain(
    "20 schedules of 3 clients, 1 operation each on shared memory 1 (seed 3): no proof",
  );
});

test("an increment that is tried again after a lost reply counts twice", async () => {
  const retried: ExploreOptions<Memory> = {
    ...counter,
    async run(memory, { key, reconnect }) {
      await memory.add(key, 1).catch(async () => (await reconnect()).add(key, 1));
    },
  };
  expect((await explore(retried)).complete).toBe(true);
  const { exploration, message } = await raceIn({ ...retried, faults: ["lose reply"] });
  expect(exploration.failure?.kind).toBe("counted twice");
  expect(exploration.failure?.smallest.operations).toEqual([1]);
  expect(message).toContain("its reply was lost and client 1 did it again");
});

test("shrinking keeps the class of the failure", async () => {
  const both: ExploreOptions<Memory> = {
    ...counter,
    async run(memory, { key, client }) {
      await memory.lock(client === 1 ? "l" : "m");
      await memory.lock(client === 1 ? "m" : "l");
      await memory.get(key);
      await memory.unlock("l");
      await memory.unlock("m");
    },
    check: async () => {},
  };
  const { exploration, message } = await raceIn(both);
  expect(exploration.failure?.kind).toBe("error deadlock");
  expect(message).toContain("the server ended client");
});

test("an error that is expected is no failure", async () => {
  const refused: ExploreOptions<Memory> = {
    ...counter,
    async run(memory, { key }) {
      if ((await memory.add(key, 1)) > 1) throw new Error("sold out");
    },
    check: async () => {},
  };
  expect((await raceIn(refused)).exploration.failure?.message).toContain("sold out");
  const report = await explore({
    ...refused,
    expectedError: (error) => String(error).includes("sold out"),
  });
  expect(report.complete).toBe(true);
});

test("a token replays its one schedule and says that the same happened", async () => {
  const { token } = await raceIn(counter);
  process.env[replay_variable] = token;
  const { message, exploration } = await raceIn(counter);
  expect(exploration.schedules).toBe(1);
  expect(message).toContain("Replayed: the same thing happened");
});

test("replaying after a repair says that something else happened, and passes", async () => {
  process.env[replay_variable] = (await raceIn(counter)).token;
  const repaired = {
    ...counter,
    run: (memory: Memory, { key }: { key: string }) => memory.add(key, 1),
  };
  expect((await explore(repaired)).text).toContain("no failure. Replayed: something else happened");
});

test("a token for another program leaves this one alone", async () => {
  process.env[replay_variable] = (await raceIn({ ...counter, name: "another" })).token;
  expect((await raceIn(counter)).exploration.schedules).toBeGreaterThan(1);
});

test("what cannot race is an error, not a success", async () => {
  const idle = { ...counter, run: async () => {} };
  await expect(explore(idle)).rejects.toThrow("fewer than two clients took a step");
  await expect(explore({ ...counter, clients: 1 })).rejects.toThrow("at least 2");
});

test("a server that does not repeat is called nondeterministic, with both traces", async () => {
  let runs = 0;
  const fickle: ExploreOptions<Memory> = {
    ...counter,
    setup: async (memory, key) => {
      runs++;
      await memory.set(key, 0);
    },
    async run(memory, { key }) {
      await memory.set(`noise-${runs}`, runs);
      await memory.get(key);
    },
    check: async () => {
      throw new CheckFailed("wrong", "always");
    },
  };
  const { message, exploration } = await raceIn(fickle);
  expect(exploration.failure?.other).toBeDefined();
  expect(message).toContain("Nondeterministic: run again, the same schedule went another way");
});

test("the same seed gives the same schedules", async () => {
  const options = { ...counter, clients: 4, seed: 11 };
  const [one, two] = [await raceIn(options), await raceIn(options)];
  expect(readToken(one.token)).toEqual(readToken(two.token));
  expect(one.exploration.failure?.found_after).toBe(two.exploration.failure?.found_after);
});

test("a check that counts on the number of clients does not shrink into nonsense", async () => {
  const expects_three: ExploreOptions<Memory> = {
    ...counter,
    clients: 3,
    seed: 7,
    async check(memory, { key }) {
      if ((await memory.get(key)) !== 3) throw new CheckFailed("lost update", "not 3");
    },
  };
  const { exploration } = await raceIn(expects_three);
  expect(exploration.failure?.smallest.operations).toEqual([1, 1, 1]);
  expect(contextSwitches(exploration.failure?.smallest.choices ?? [])).toBe(1);
});
