import { expect, test } from "vitest";
import type { Program } from "../program.ts";
import { Lane, type Played } from "../run/lane.ts";
import { drain } from "../run/lanes.ts";
import { type Memory, SharedMemory } from "../run/shared-memory.test-support.ts";
import { RandomSearch } from "./random.ts";

const program: Program<Memory> = {
  setup: (memory, key) => memory.set(key, 0),
  run: async (memory, { key }) => memory.set(key, (await memory.get(key)) + 1),
  check: async () => {},
};

/** The choices of so many schedules of a seed, after those that are skipped. */
async function choices(skips: number, schedules_max: number): Promise<string[]> {
  await using lane = new Lane(new SharedMemory(), program, { key: "k" });
  const played: string[] = [];
  const seen = ({ trace }: Played): undefined => void played.push(trace.choices.join(""));
  const search = new RandomSearch(3, 7, [], skips);
  const { schedules } = await drain([lane], [1, 1, 1], search, { schedules_max }, seen);
  expect(schedules).toBe(schedules_max);
  return played;
}

test("ranges of a seed's schedules are together those of one search", async () => {
  const ranges = [await choices(0, 1), await choices(1, 6), await choices(7, 5)];
  expect(ranges.flat()).toEqual(await choices(0, 12));
});
