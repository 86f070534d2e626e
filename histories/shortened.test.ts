import { expect, test } from "vitest";
import { shortened, shownStatement } from "./shortened.ts";

test("the middle is left out, never the end", () => {
  const columns = Array.from({ length: 100 }, (_, i) => `column_${i}`).join(", ");
  const shown = shownStatement(`SELECT ${columns} FROM stock WHERE id = 7 FOR UPDATE`);
  expect(shown).toHaveLength(200);
  expect(shown).toMatch(/^SELECT column_0, .*….* FROM stock WHERE id = 7 FOR UPDATE$/);
});

test("what is short enough stays", () => {
  expect(shortened("abc", 3)).toBe("abc");
  expect(shortened("abcd", 3)).toBe("a…d");
  expect(shortened("abcdef", 4)).toBe("ab…f");
  expect(shortened("abcd", 1)).toBe("…");
});

test("no character is cut in two", () => {
  for (let length = 1; length < 12; length++) {
    expect(() => encodeURIComponent(shortened("😀😀😀😀😀😀", length))).not.toThrow();
  }
});

test("a statement is shown on one line", () => {
  expect(shownStatement("GET a\nb")).toBe("GET a␊b");
});
