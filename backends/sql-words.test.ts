import { expect, it } from "vitest";
import { changedInWords, literal, rowsInWords } from "./sql-words.ts";

it("says values as one would write them, and cuts what is long", () => {
  const values = [null, undefined, 1, 2n, true, "it's", new Date(0), new Uint8Array([1, 255]), [1]];
  expect(values.map(literal)).toEqual([
    "NULL",
    "NULL",
    "1",
    "2",
    "true",
    "'it''s'",
    "'1970-01-01T00:00:00.000Z'",
    "x'01ff'",
    "'[1]'",
  ]);
  expect(literal("x".repeat(1_000)).length).toBeLessThan(70);
});

it("says a reply in a few words", () => {
  expect(rowsInWords([], [])).toBe("0 rows");
  expect(rowsInWords([{ v: 5, name: "a" }], [])).toBe("v = 5, name = 'a'");
  expect(rowsInWords([[5, "a"]], ["v", "name"])).toBe("v = 5, name = 'a'");
  expect(rowsInWords([[5]], [])).toBe("column 1 = 5");
  expect(rowsInWords([{}, {}], [])).toBe("2 rows");
  expect(rowsInWords([{ text: "x".repeat(1_000), more: "y".repeat(60) }], [])).toHaveLength(80);
  expect([0, 1, 2].map(changedInWords)).toEqual([
    "0 rows changed",
    "1 row changed",
    "2 rows changed",
  ]);
});
