import { describe, expect, test } from "vitest";
import type { Operation } from "../../histories/event.ts";
import { bruteForce } from "../brute-force.ts";
import { pick, type Random } from "../random-calls.ts";
import { seeded } from "../random-history.ts";
import { Campaign } from "./campaign.ts";
import { someLook, validHistory } from "./histories.ts";
import { judge, ways } from "./judge.ts";
import { kinds } from "./kinds.ts";

const seed = Number(process.env["SEED"] ?? Math.floor(Math.random() * 2 ** 31));
const rounds = Number(process.env["ROUNDS"] ?? 200_000);

test("histories that are certainly valid, or not, are judged so: all models", () => {
  const names = Object.keys(kinds);
  const campaign = new Campaign(names, seed, { least: 5, most: 120 }, 2_000);
  for (let round = 0; round < rounds / 50; round++) campaign.round(round);
  campaign.print();
  expect(campaign.wrong).toEqual([]);
  for (const { valid, invalid } of campaign.counts.values()) {
    expect(valid.unknown).toBeLessThan(valid.valid / 5);
    expect(invalid.unknown).toBeLessThan(invalid.invalid / 5);
  }
});

describe("small histories with twins, an answer changed, against brute force", () => {
  test.each(Object.entries(kinds))("%s", (name, kind) => {
    const random = seeded(seed);
    const counts = { valid: 0, invalid: 0 };
    for (let round = 0; round < rounds / 20; round++) {
      const look = {
        ...someLook(random, { least: 5, most: 8 }),
        failed: 0,
        clients: 4,
        crashed: 0.1,
      };
      const operations = changed(changed(validHistory(kind, look, random), random), random);
      const expected = bruteForce(operations, kind.make()) ? "valid" : "invalid";
      counts[expected]++;
      const told = judge(operations, kind, ways[1 + (round % 3)]!, true, 60_000);
      expect(told, `seed ${seed}, round ${round}: ${JSON.stringify(operations)}`).toBe(expected);
    }
    console.log(`seed ${seed}, ${name}: ${counts.valid} valid, ${counts.invalid} invalid`);
    expect(Math.min(counts.valid, counts.invalid)).toBeGreaterThan(rounds / 1_000);
  });
});

/** One operation gets the answer of another, or two operations swap their times. */
function changed(operations: Operation[], random: Random): Operation[] {
  const one = pick(random, operations);
  const other = pick(random, operations);
  if (random() < 0.5)
    return operations.map((each) =>
      each === one && one.status === "ok" && other.f === one.f && other.status === "ok"
        ? { ...one, output: other.output }
        : each,
    );
  const { f, input, output, status } = one;
  return operations.map((each) => {
    if (each === one && other.status === status)
      return { ...one, f: other.f, input: other.input, output: other.output };
    return each === other && other.status === status ? { ...other, f, input, output } : each;
  });
}
