import { expect, test } from "vitest";
import { plainText } from "../plain-text.ts";
import { pick } from "../random-calls.ts";
import { seeded } from "../random-history.ts";
import { ValueNumbers } from "./value-numbers.ts";

const seed = Number(process.env["SEED"] ?? Math.floor(Math.random() * 2 ** 31));

/** Values inside and outside of the table, and some that only look like others. */
const values = [
  ...[0, -0, 1, 2, 67, 68, 99, 100, 2 ** 31, 2 ** 32, 2 ** 53, -1, 0.5, Number.NaN, Infinity],
  ...["0", "1", "object [1]", "string 1", "", 0n, 1n, true, false],
  ...[[1], [1, 2], { a: 1, b: [2] }, { b: [2], a: 1 }, { a: 1 }, {}, []],
];

test("values have the same number exactly if they are the same data", () => {
  console.log(`seed ${seed}`);
  const random = seeded(seed);
  for (let round = 0; round < 2_000; round++) {
    const numbers = new ValueNumbers(round % 10);
    const expected = new Map<string, number>();
    for (let added = 0; added < 20; added++) {
      const value = pick(random, values);
      const is_new = !expected.has(plainText(value));
      if (is_new) expected.set(plainText(value), expected.size);
      expect(numbers.add(value)).toBe(is_new);
    }
    for (const value of values)
      expect(numbers.of(value)).toBe(expected.get(plainText(value)) ?? -1);
    expect(numbers.all.map(plainText)).toEqual([...expected.keys()]);
  }
});
