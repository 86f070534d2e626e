import { expect, test } from "vitest";
import { BadOptions } from "../schedules/bad-options.ts";
import { exploreSchedules } from "../schedules/exploration.ts";
import type { Program } from "../schedules/program.ts";
import { type Memory, SharedMemory } from "../schedules/run/shared-memory.test-support.ts";
import { type ExploreOptions, explore } from "./explore.ts";

const sound: ExploreOptions<Memory> = {
  name: "sound",
  backend: new SharedMemory(),
  setup: (memory, key) => memory.set(key, 0),
  run: (memory, { key }) => memory.add(key, 1),
  check: async () => {},
};

const counts = ["operations", "schedules", "lanes", "busyLimitMs", "stepLimit"] as const;
const no_counts = [0, -1, 1.5, Number.NaN, Number.NEGATIVE_INFINITY, "4" as unknown as number];

test.each(counts)("%s must be a whole number of at least 1", async (option) => {
  for (const value of no_counts) {
    const sentence = `sound: ${option} is ${value}, but must be a whole number of at least 1.`;
    await expect(explore({ ...sound, [option]: value })).rejects.toThrow(new BadOptions(sentence));
  }
});

test("a race needs two clients; the engine itself can do with one", async () => {
  for (const clients of [1, 0, Number.NaN, 2.5])
    await expect(explore({ ...sound, clients })).rejects.toThrow(
      `sound: clients is ${clients}, but must be a whole number of at least 2.`,
    );
  const program: Program<Memory> = {
    setup: (memory, key) => memory.set(key, 0),
    run: (memory, { key }) => memory.add(key, 1),
    check: async () => {},
  };
  const options = { ...sound, program, search: "exhaustive" as const };
  await expect(exploreSchedules({ ...options, clients: 0 })).rejects.toThrow("clients is 0");
  expect((await exploreSchedules({ ...options, clients: 1 })).schedules).toBe(1);
});

test.each<[string, object, string]>([
  ["a seed", { seed: 0.5 }, "seed is 0.5, but must be a whole number."],
  ["a level", { isolation: "read committed" }, 'isolation is "read committed", but shared memory'],
  ["a fault", { faults: ["crash"] }, 'faults has "crash", but there are only lose reply, die'],
  ["a fault without its means", { faults: ["expire"] }, "`expire` must say how"],
  ["a backend", { backend: Promise.resolve(sound.backend) }, "write `await` before it"],
  ["no backend", { backend: undefined }, "backend is none"],
  ["no check", { check: undefined }, "`check` is missing; it must be a function"],
  ["no run", { run: undefined }, "`run` is missing; it must be a function"],
  ["no name", { name: "" }, "name is missing"],
])("%s that makes no sense is one sentence", async (_what, wrong, sentence) => {
  const options = { ...sound, ...wrong } as ExploreOptions<Memory>;
  const error = await explore(options).catch((error: unknown) => error);
  expect(error).toBeInstanceOf(BadOptions);
  expect((error as Error).message).toContain(sentence);
});

test("what makes sense runs", async () => {
  for (const schedules of [5, Number.POSITIVE_INFINITY]) {
    const report = await explore({ ...sound, lanes: 1, operations: 1, schedules, seed: -3 });
    expect(report.complete).toBe(true);
  }
});
