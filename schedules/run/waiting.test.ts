/** Clients that wait for each other inside the process, sleep, or poll. */
import { expect, test } from "vitest";
import type { Program } from "../program.ts";
import { Lane, type LaneOptions, type Played } from "./lane.ts";
import { type Memory, SharedMemory } from "./shared-memory.test-support.ts";

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** A lock of the process, as a library makes it. */
class Mutex {
  #last: Promise<unknown> = Promise.resolve();
  run<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => undefined);
    return done;
  }
}

type Run = Program<Memory>["run"];

const counter = (run: Run): Program<Memory> => ({
  async setup(memory, key) {
    await memory.set(key, 0);
    await memory.set("lock", 0);
  },
  run,
  check: async (memory, { key }) => (await memory.get(key)) === 2,
});

const addOne: Run = async (memory, { key }) => {
  const value = await memory.get(key);
  await memory.set(key, value + 1);
};

/** At the first so many points both choices are tried, behind them everyone goes on. */
const points = 5;

async function playAll(run: Run, options: Partial<LaneOptions> = {}): Promise<Played[]> {
  const played: Played[] = [];
  await using lane = new Lane(new SharedMemory(), counter(run), { key: "key7", ...options });
  for (let number = 0; number < 2 ** points; number++) {
    const choices = Array.from({ length: points }, (_, point) => (number >> point) & 1);
    const pick = (): number => choices.shift() ?? 0;
    played.push(await lane.play({ operations: [1, 1], pick, faults: [] }));
  }
  return played;
}

const kinds = (played: readonly Played[]): string[] =>
  [...new Set(played.map(({ failure }) => failure?.kind ?? "right"))].toSorted();

test("a lock of the process is no race, and the same without it is one", async () => {
  const mutex = new Mutex();
  const locked: Run = (memory, around) => mutex.run(async () => addOne(memory, around));
  const played = await playAll(locked);
  expect(kinds(played)).toEqual(["right"]);
  expect(played.every(({ trace }) => trace.ending.kind === "ended" && trace.stoodStill)).toBe(true);
  expect(kinds(await playAll(addOne))).toEqual(["failed check", "right"]);
});

test("a lock of the process that is taken in the middle", async () => {
  const mutex = new Mutex();
  const late: Run = async (memory, around) => {
    await memory.get("settings");
    await mutex.run(async () => addOne(memory, around));
  };
  expect(kinds(await playAll(late))).toEqual(["right"]);
  const reads_too_early: Run = async (memory, { key }) => {
    const value = await memory.get(key);
    await mutex.run(() => memory.set(key, value + 1));
  };
  expect(kinds(await playAll(reads_too_early))).toEqual(["failed check", "right"]);
});

test("a shared initialisation that one client does for all", async () => {
  let ready: Promise<unknown> | undefined;
  const lazy: Run = async (memory, { key }) => {
    ready ??= memory.set("settings", 1).finally(() => {
      ready = undefined;
    });
    await ready;
    await memory.add(key, 1);
  };
  expect(kinds(await playAll(lazy))).toEqual(["right"]);
});

test("a slow call elsewhere is no verdict, and the schedule goes on when it comes back", async () => {
  const slow: Run = async (memory, { key }) => {
    const value = await memory.add(key, 1);
    // Not a timer that the client sleeps on: nothing of it can be seen.
    if (value === 1) await new Promise<void>((resolve) => void outside.push(resolve));
    await memory.get("receipt");
  };
  const outside: (() => void)[] = [];
  const elsewhere = setInterval(() => outside.pop()?.(), 120);
  const played = await playAll(slow);
  clearInterval(elsewhere);
  expect(kinds(played)).toEqual(["right"]);
  expect(played.every(({ trace }) => trace.ending.kind === "ended")).toBe(true);
  // The first time the others went on; then it is known how long it takes.
  expect(played.at(-1)?.trace.stoodStill).toBeUndefined();
});

test("a client that never comes back is given up without a verdict", async () => {
  const [first] = await playAll(
    async (memory, { client }) => {
      await memory.get("a");
      if (client === 1) await new Promise(() => {});
    },
    { busy_limit_ms: 50 },
  );
  expect(first?.failure).toBeUndefined();
  expect(first?.trace.ending.kind).toBe("busy outside the database");
  expect(first?.trace.steps).toHaveLength(2);
});

/** SET NX in a loop, as Redlock and its like do it. */
const polling =
  (pause: () => Promise<unknown>): Run =>
  async (memory, around) => {
    while ((await memory.add("lock", 1)) > 1) {
      await memory.add("lock", -1);
      await pause();
    }
    await addOne(memory, around);
    await memory.add("lock", -1);
  };

test.each<[string, () => Promise<unknown>]>([
  ["that sleeps", () => sleep(200)],
  ["that does not sleep", async () => {}],
  ["that sleeps a random while", () => sleep(100 * Math.random())],
])("a loop %s lets the others go first", async (_how, pause) => {
  const played = await playAll(polling(pause));
  expect(kinds(played)).toEqual(["right"]);
  for (const { trace } of played) {
    expect(trace.ending.kind).toBe("ended");
    // Three steps and an answer too many for each move of the other.
    expect(trace.steps.length).toBeLessThan(40);
  }
  expect(played.some(({ trace }) => trace.polled)).toBe(true);
});

test("a loop around a lock that does not hold loses updates as ever", async () => {
  const racy: Run = async (memory, around) => {
    // Looks first, takes then.
    while ((await memory.get("lock")) > 0) await sleep(50);
    await memory.set("lock", 1);
    await addOne(memory, around);
    await memory.set("lock", 0);
  };
  expect(kinds(await playAll(racy))).toEqual(["failed check", "right"]);
});

test("the same request again without a loop is left alone", async () => {
  const twice: Run = async (memory, { key }) => {
    await memory.get("settings");
    await memory.get("settings");
    await memory.add(key, 1);
  };
  const played = await playAll(twice);
  expect(played.some(({ trace }) => trace.polled)).toBe(false);
  expect(played[0]?.trace.steps.map(({ client }) => client)).toEqual([1, 1, 1, 2, 2, 2]);
});

test("a client that polls although nobody else can go is given up without a verdict", async () => {
  const for_ever: Run = async (memory) => {
    while ((await memory.get("never")) === 0);
  };
  const [first] = await playAll(for_ever, { step_limit: 60 });
  expect(first?.failure).toBeUndefined();
  expect(first?.trace.ending).toMatchObject({ kind: "too many steps" });
  expect(first?.trace.steps).toHaveLength(60);
});

test("a limit that guards a wait inside the process does not ring early", async () => {
  const mutex = new Mutex();
  const guarded: Run = (memory, around) =>
    Promise.race([
      mutex.run(async () => addOne(memory, around)),
      sleep(5_000).then(() => Promise.reject(new Error("timed out"))),
    ]);
  const played = await playAll(guarded);
  expect(kinds(played)).toEqual(["right"]);
  expect(played.flatMap(({ trace }) => trace.results.map(({ status }) => status))).not.toContain(
    "info",
  );
});

test("a sleep that is known is cut short, however long it is, and changes nothing of what is possible", async () => {
  let ms = 10;
  const slept: Run = async (memory, { key }) => {
    const value = await memory.get(key);
    await sleep(ms);
    ms = 3_600_000;
    await memory.set(key, value + 1);
  };
  const played = await playAll(slept);
  expect(played.every(({ trace }) => trace.ending.kind === "ended")).toBe(true);
  expect(kinds(played)).toEqual(["failed check", "right"]);
});
