import { afterEach, expect, test } from "vitest";
import { CheckFailed } from "../schedules/program.ts";
import {
  type Memory,
  MemoryError,
  SharedMemory,
} from "../schedules/run/shared-memory.test-support.ts";
import { contextSwitches } from "../schedules/schedule.ts";
import { readToken, writeToken } from "../schedules/token.ts";
import {
  type ExploreOptions,
  explore,
  NoVerdict,
  ProgramFailed,
  RaceFound,
  replay_variable,
} from "./explore.ts";
import { testTime } from "./test-runner.ts";

afterEach(() => {
  delete process.env[replay_variable];
});

const counter: ExploreOptions<Memory> = {
  name: "counter",
  backend: new SharedMemory(),
  setup: (memory, key) => memory.set(key, 0),
  async run(memory, { key }) {
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

/** A backend that knows only its own errors, as real ones do. */
class ForeignErrors extends SharedMemory {
  override outcome(error: unknown): "fail" | "info" {
    return error instanceof MemoryError ? super.outcome(error) : "info";
  }
}

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
  expect(message).toContain(
    "client 1 and client 2 both read a = 0; client 2 wrote 1; client 1 then wrote 1 over it",
  );
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
    expect(failure?.foundAfter).toBeLessThanOrEqual(10);
    expect(failure?.shrunkIn).toBeLessThanOrEqual(50);
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
  expect(message).toContain("was lost and client 1 sent it again");
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
  expect(message).toContain("ended with error deadlock");
});

test("an error that is expected is no failure", async () => {
  const refused: ExploreOptions<Memory> = {
    ...counter,
    async run(memory, { key }) {
      if ((await memory.add(key, 1)) > 1) throw new Error("sold out");
    },
    check: async () => {},
  };
  const isSoldOut = (error: unknown): boolean => String(error).includes("sold out");
  const report = await explore({ ...refused, expectedError: isSoldOut });
  expect(report).toMatchObject({ complete: true, unknown: {}, failed: { Error: 2 } });
});

test("a domain error counts as perhaps done, until it is declared as not done", async () => {
  const seen: unknown[] = [];
  const sold_out: ExploreOptions<Memory> = {
    ...counter,
    backend: new ForeignErrors(),
    run: async (memory, { key }) => {
      if ((await memory.get(key)) === 0) throw new Error("sold out");
    },
    check: async (_memory, { events }) => void seen.push(events.at(-1)?.type),
  };
  await explore({ ...sold_out, expectedError: () => true });
  expect(new Set(seen.splice(0))).toEqual(new Set(["info"]));
  await explore({ ...sold_out, didNotHappen: () => true });
  expect(new Set(seen)).toEqual(new Set(["fail"]));
});

test.each([
  ["before its first statement", () => null],
  ["after it", (memory: Memory, key: string) => memory.get(key)],
])(
  "a program that throws by itself %s is no race: its error is shown with its cause",
  async (_when, first) => {
    const cause = new TypeError("rows is not iterable");
    const broken: ExploreOptions<Memory> = {
      ...counter,
      async run(memory, { key }) {
        await first(memory, key);
        throw new Error("cannot read the account", { cause });
      },
    };
    const error = await explore(broken).catch((error: unknown) => error);
    if (!(error instanceof ProgramFailed)) throw error;
    expect(error.message).toMatch(
      /^counter: this is not a race: client 1's operation failed: cannot read/,
    );
    expect(error.message).toMatch(
      /client 1 threw Error: cannot read the account\n +at .*explore\.test/,
    );
    expect(error.message).toMatch(/caused by TypeError: rows is not iterable\n +at /);
    expect((error.cause as Error).cause).toBe(cause);
  },
);

test("an error that needs the race is a race, and is shown as well", async () => {
  const { message, cause } = await raceIn({
    ...counter,
    async run(memory, { key }) {
      const before = await memory.get(key);
      if ((await memory.add(key, 1)) > before + 1) throw new RangeError("somebody was faster");
    },
  });
  expect(message).toMatch(/threw RangeError: somebody was faster\n +at /);
  expect(cause).toMatchObject({ cause: expect.any(RangeError) });
});

test("a check that answers false has found something wrong", async () => {
  const { exploration } = await raceIn({
    ...counter,
    check: async (memory, { key }) => (await memory.get(key)) === 2,
  });
  expect(exploration.failure?.message).toBe("`check` answered false");
  const sound = {
    ...counter,
    run: (memory: Memory, { key }: { key: string }) => memory.add(key, 1),
  };
  for (const answer of [true, undefined, null, 0, ""]) {
    expect((await explore({ ...sound, check: async () => answer })).complete).toBe(true);
  }
});

test("a client that never comes back is no race: there is no verdict, and why", async () => {
  const hangs = {
    ...counter,
    busyLimitMs: 30,
    async run(memory: Memory, { client, key }: { client: number; key: string }) {
      await memory.add(key, 1);
      if (client === 1) await new Promise(() => {});
    },
  };
  const error = await explore(hangs).catch((error: unknown) => error);
  if (!(error instanceof NoVerdict)) throw error;
  expect(error.message).toMatch(
    /^counter: no verdict on shared memory 1: \d schedules could not be taken to the end/,
  );
  expect(error.message).toMatch(/client 1 has been busy outside the database for \d+ ms after/);
  expect(error.message).toContain("raise `busyLimitMs`");
  expect(error.exploration.gaveUp?.count).toBeGreaterThan(0);
});

test("a schedule that does not end is given up, and its loop is told once", async () => {
  const endless = {
    ...counter,
    stepLimit: 400,
    async run(memory: Memory) {
      while ((await memory.get("never")) === 0);
    },
  };
  const error = await explore(endless).catch((error: unknown) => error);
  expect(error).toBeInstanceOf(NoVerdict);
  const { message } = error as Error;
  expect(message).toContain("raise `stepLimit`");
  expect(message).toMatch(/… .+ \d+ times more/);
  expect(message.length).toBeLessThan(5_000);
});

test("a race that is found counts, although other schedules hang", async () => {
  const { exploration } = await raceIn({
    ...counter,
    busyLimitMs: 30,
    async run(memory, { key, client }) {
      const value = await memory.get(key);
      if (client === 2 && value === 1) await new Promise(() => {});
      await memory.set(key, value + 1);
    },
  });
  expect(exploration.failure?.kind).toBe("lost update");
});

test("an operation may answer anything", async () => {
  const circle: Record<string, unknown> = {};
  circle["self"] = circle;
  const answers = [2n ** 70n, { n: 1n }, circle, Symbol("s"), new Map([[circle, 1n]]), () => 1];
  for (const answer of answers) {
    const run = async (memory: Memory, { key }: { key: string }): Promise<unknown> => {
      await memory.add(key, 1);
      return answer;
    };
    expect((await explore({ ...counter, run })).complete).toBe(true);
    await raceIn({ ...counter, run, check: async () => false });
  }
});

test("a token replays its one schedule and says that the same happened", async () => {
  const { token } = await raceIn(counter);
  process.env[replay_variable] = token;
  const { message, exploration } = await raceIn(counter);
  expect(exploration.schedules).toBe(1);
  expect(message).toContain("Replayed: the same thing happened");
});

test("replaying after a repair names the step that is another now, and explores all", async () => {
  process.env[replay_variable] = (await raceIn(counter)).token;
  const repaired = {
    ...counter,
    run: (memory: Memory, { key }: { key: string }) => memory.add(key, 1),
  };
  const report = await explore(repaired);
  expect(report).toMatchObject({ proof: true, schedules: 2 });
  expect(report.text).toContain("Replayed: something else happened than when the token was made");
  expect(report.text).toContain("step 1 was another one, now client 1 sends `add a 1`");
});

test("one more step before the race does not turn a replay green", async () => {
  process.env[replay_variable] = (await raceIn(counter)).token;
  const edited: ExploreOptions<Memory> = {
    ...counter,
    async run(memory, around) {
      await memory.get("settings");
      await memory.get("more settings");
      await counter.run(memory, around);
    },
  };
  const { message, exploration } = await raceIn(edited);
  expect(message).toMatch(/step \d was another one, now client \d sends `get settings`/);
  expect(exploration.failure?.kind).toBe("lost update");
});

test("a token for another program leaves this one alone", async () => {
  process.env[replay_variable] = (await raceIn({ ...counter, name: "another" })).token;
  expect((await raceIn(counter)).exploration.schedules).toBeGreaterThan(1);
});

test("what cannot race is an error, not a success", async () => {
  const idle = { ...counter, run: async () => {} };
  await expect(explore(idle)).rejects.toThrow("fewer than two clients took a step");
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
  expect(one.exploration.failure?.foundAfter).toBe(two.exploration.failure?.foundAfter);
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

test("a proof that is required and does not come about throws, and says why", async () => {
  const right: ExploreOptions<Memory> = {
    ...counter,
    require: "proof",
    run: (memory, { key }) => memory.add(key, 1),
  };
  expect(await explore(right)).toMatchObject({ proof: true });
  // More clients than two make the search a random one by default, but not when a proof is required.
  expect(await explore({ ...right, clients: 3 })).toMatchObject({ proof: true });
  const cut = explore({ ...right, clients: 3, schedules: 2 });
  await expect(cut).rejects.toMatchObject({
    name: "NoProof",
    message: expect.stringContaining("no proof, because there are more"),
    report: expect.objectContaining({ schedules: 2 }),
  });
  const stale = explore({ ...right, setup: async () => undefined, check: async () => undefined });
  await expect(stale).rejects.toThrow("set-up did not give the same state every time: a");
  await expect(explore({ ...right, exhaustive: false })).rejects.toThrow("gives none");
});

test("at its time limit a search says how far it got", async () => {
  const slow: ExploreOptions<Memory> = {
    ...counter,
    clients: 8,
    exhaustive: true,
    schedules: Number.POSITIVE_INFINITY,
    timeLimitMs: 200,
    run: async (memory, { key }) => {
      await memory.add(key, 1);
      await memory.add("other", 1);
    },
    setup: async (memory, key) => {
      await memory.set(key, 0);
      await memory.set("other", 0);
    },
  };
  const report = await explore(slow);
  expect(report.doubt).toEqual({ kind: "cut short", by: "time" });
  expect(report.text).toMatch(/no failure in \d+ schedules .*: no proof, because the time limit/);
});

test("a race is still found when a token's schedule does not fail any more", async () => {
  const { token } = await raceIn(counter);
  const other = readToken(token);
  process.env[replay_variable] = writeToken({ ...other, choices: [] });
  const { message } = await raceIn(counter);
  expect(message).toMatch(/^Replayed: something else happened/);
  expect(message).toContain("lost update");
});

test("the limit of a test is known under vitest", () => {
  expect(testTime()).toMatchObject({ runner: "vitest", limit_ms: 4_321 });
}, 4_321);
