import { expect, test } from "vitest";
import { plainData, plainDataText } from "./plain-data.ts";

test("plain data stays as it is, and is written as JSON would", () => {
  const data = { n: 1, s: "a", list: [true, null, { deep: "x" }] };
  expect(plainData(data)).toEqual(data);
  expect(plainDataText({ ...data, left_out: undefined, also: () => 1 })).toBe(JSON.stringify(data));
  expect(plainDataText(new Date(0))).toBe(JSON.stringify(new Date(0)));
  expect(plainDataText(undefined)).toBe("");
});

test("a bigint is the number that it is, or its digits", () => {
  expect(plainData({ v: 5n })).toEqual({ v: 5 });
  expect(plainData(2n ** 70n)).toBe("1180591620717411303424");
});

test("a circle, a deep object and a large one end", () => {
  const circle: Record<string, unknown> = { name: "a" };
  circle["self"] = circle;
  expect(plainData(circle)).toEqual({ name: "a", self: "[circular]" });
  let deep: unknown = "bottom";
  for (let level = 0; level < 1_000; level++) deep = { deep };
  expect(plainDataText(deep)).toContain("[…]");
  const wide = Array.from({ length: 10 }, () => ({}));
  const twice = [wide, wide];
  expect(plainData(twice)).toEqual(twice);
});

test("Maps, Sets and errors keep what is in them", () => {
  expect(plainData(new Map([["a", 1n]]))).toEqual([["a", 1]]);
  expect(plainData(new Set([1, 2]))).toEqual([1, 2]);
  expect(plainData(new TypeError("no"))).toBe("TypeError: no");
});

test("what throws when it is read does not stop the run", () => {
  const trap = Object.defineProperty({}, "v", {
    enumerable: true,
    get: () => {
      throw new Error("lazy");
    },
  });
  expect(plainData({ trap })).toEqual({ trap: "[unreadable]" });
  expect(plainData({ toJSON: () => Number.NaN })).toBe("NaN");
});
