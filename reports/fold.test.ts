import { expect, test } from "vitest";
import { folded, type Line } from "./fold.ts";

/** `1 SET → nil` is client 1. */
const lines = (...texts: string[]): Line[] =>
  texts.map((text) => ({ client: Number(text[0]), text: text.slice(2) }));

const times = <T>(count: number, of: T[]): T[] => Array.from({ length: count }, () => of).flat();

test("a step that repeats is told once, with how often it came", () => {
  const told = folded(lines("1 lock → OK", ...times(40, ["2 lock → nil"]), "1 get"));
  expect(told).toEqual(lines("1 lock → OK", "2 lock → nil", "2 … the same 39 times more", "1 get"));
});

test("so is a loop of several steps, and one of two clients that poll by turns", () => {
  expect(folded(lines(...times(5, ["2 begin", "2 select → error", "2 rollback"])))).toEqual(
    lines("2 begin", "2 select → error", "2 rollback", "2 … these 3 steps 4 times more"),
  );
  expect(folded(lines(...times(3, ["1 poll", "2 poll"]), "1 poll"))).toEqual(
    lines("1 poll", "2 poll", "1 … these 2 steps 2 times more", "1 poll"),
  );
});

test("what comes twice, or with another reply, stays", () => {
  const all = lines("1 get → 0", "1 get → 0", "2 get → 0", "1 get → 1", "1 get → 2", "1 get → 3");
  expect(folded(all)).toEqual(all);
});

test("of a very long table the middle is left out", () => {
  const told = folded(lines(...Array.from({ length: 1_000 }, (_, i) => `1 set ${i}`)));
  expect(told).toHaveLength(121);
  expect(told[60]).toEqual({ client: 1, text: "… 880 lines left out …" });
  expect([told[0]?.text, told.at(-1)?.text]).toEqual(["set 0", "set 999"]);
});
