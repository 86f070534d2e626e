import * as fc from "fast-check";
import { expect, test } from "vitest";
import { shareOut } from "./shards.ts";

test("each cell is in exactly one shard, in its place, and no shard is empty", () => {
  const times = fc.array(fc.double({ min: 0, max: 100, noNaN: true }), { minLength: 1 });
  const cases = times.chain((times_s) =>
    fc.record({ times_s: fc.constant(times_s), of: fc.integer({ min: 1, max: times_s.length }) }),
  );
  fc.assert(
    fc.property(cases, ({ times_s, of }) => {
      const cells = times_s.map((_, i) => i);
      const shards = shareOut(cells, times_s, of);
      expect(shards).toHaveLength(of);
      expect(shards.flat()).toEqual(cells);
      expect(shards.every((shard) => shard.length > 0)).toBe(true);
    }),
  );
});

test("they take about the same time: none more than its share and the longest cell", () => {
  const times = fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 20, maxLength: 200 });
  fc.assert(
    fc.property(times, fc.integer({ min: 1, max: 10 }), (times_s, of) => {
      const sum = (all: readonly number[]): number => all.reduce((a, b) => a + b, 0);
      const taken = shareOut(times_s, times_s, of).map(sum);
      expect(Math.max(...taken)).toBeLessThanOrEqual(sum(times_s) / of + Math.max(...times_s));
    }),
  );
});

test("a cell as long as all others has a shard of its own", () => {
  expect(shareOut(["a", "b", "long", "c"], [1, 1, 10, 1], 3)).toEqual([
    ["a", "b"],
    ["long"],
    ["c"],
  ]);
});
