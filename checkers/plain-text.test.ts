import { describe, expect, test } from "vitest";
import { plainText, same } from "./plain-text.ts";

const bare = Object.assign(Object.create(null) as object, { a: 1 });

describe("plain data as text", () => {
  test.each([
    [{ a: 1, b: 2, c: 3 }, { c: 3, a: 1, b: 2 }, '{"a":1,"b":2,"c":3}'],
    [bare, { a: 1 }, '{"a":1}'],
    [new Set([2, 1, 3]), new Set([3, 2, 1]), "Set(1,2,3)"],
    [
      new Map([
        ["b", 2],
        ["a", 1],
      ]),
      new Map([
        ["a", 1],
        ["b", 2],
      ]),
      'Map("a"=>1,"b"=>2)',
    ],
    [[1, [null, undefined]], [1, [null, undefined]], "[1,[null,undefined]]"],
    [1n, 1n, "1n"],
    ["1", "1", '"1"'],
    [true, true, "true"],
  ])("equal data, equal text (%#)", (one, other, text) => {
    expect([plainText(one), plainText(other)]).toEqual([text, text]);
    expect(same(one, other)).toBe(true);
  });

  const different = [1, 2, "1", 1n, true, null, undefined, [], [1], ["1"], {}, { a: 1 }, { a: 2 }];
  const containers = [new Set(), new Set([1]), new Map(), new Map([[1, 1]]), { b: 1 }, [[1]]];
  test("other data, other text", () => {
    const all: unknown[] = [...different, ...containers];
    for (const [at, one] of all.entries())
      for (const other of all.slice(at + 1)) {
        expect(plainText(one)).not.toBe(plainText(other));
        expect(same(one, other)).toBe(false);
      }
  });

  test.each([
    [() => 1, "a function cannot be part of a state or a value; use plain data."],
    [[Symbol("s")], "a symbol cannot be part of a state or a value; use plain data."],
    [{ at: new Date(0) }, "a Date cannot be part of a state or a value; use plain data."],
  ])("not plain (%#)", (value, message) => {
    expect(() => plainText(value)).toThrow(message);
  });
});
