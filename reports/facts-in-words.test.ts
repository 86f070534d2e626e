import { expect, test } from "vitest";
import { cellInWords } from "./facts-in-words.ts";

test("a key or value of several lines stays on one", () => {
  expect(cellInWords(undefined, { key: "a\nb" }, "", "x\ny")).toBe("a␊b = 'x␊y'");
  expect(cellInWords("account", { id: "a\nb" }, "note", "x\ny")).toBe(
    "note = 'x␊y' of account a␊b",
  );
});
