import { expect, test } from "vitest";
import { seeded } from "../random-history.ts";
import { CrashedSets } from "./crashed-sets.ts";

const seed = Number(process.env["SEED"] ?? Math.floor(Math.random() * 2 ** 31));

test(`sets of crashed operations are multisets (seed ${seed})`, () => {
  const random = seeded(seed);
  const classes = 4;
  for (let round = 0; round < 20; round++) {
    const sets = new CrashedSets(classes);
    /** By number of the set: how many it has of each class. */
    const counts: number[][] = [[0, 0, 0, 0]];
    let bytes = 0;
    for (let step = 0; step < 30; step++) {
      const from = Math.floor(random() * counts.length);
      const of_class = Math.floor(random() * classes);
      const expected = counts[from]!.with(of_class, counts[from]![of_class]! + 1);
      const set = sets.add(from, of_class);
      expect(counts[set] ?? expected).toEqual(expected);
      expect(sets.add(from, of_class)).toBe(set);
      expect(sets.bytes).toBeGreaterThanOrEqual(bytes);
      counts[set] = expected;
      bytes = sets.bytes;
    }
    for (const [one, few] of counts.entries()) {
      expect(few.map((_, of_class) => sets.count(one, of_class))).toEqual(few);
      for (const [other, many] of counts.entries())
        expect(sets.within(one, other)).toBe(few.every((count, i) => count <= many[i]!));
    }
    expect(new Set(counts.map(String)).size).toBe(counts.length);
    expect(bytes).toBeGreaterThan(100 * counts.length);
  }
});
