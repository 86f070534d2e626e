import { expect, test } from "vitest";
import { taken_back } from "../checkers/taken-back.ts";
import type { CellResult } from "../matrix/result.ts";
import { cellOf } from "./page/results.test-support.ts";
import { survived } from "./survived.ts";

const whole = cellOf("in-place", undefined);
function disturbed(server: string, faults: Record<string, number>, more = {}): CellResult {
  const figures = { lost: 0, twice: 0 };
  const load = {
    ...whole.load!,
    faults,
    acknowledged: 100,
    figures,
    unknown: { lost: 2 },
    ...more,
  };
  return { ...whole, server, load };
}
const invalid = { checker: "counter", verdict: "invalid", reason: "" } as const;

test("a row for each server, and what all came to", () => {
  const cells = [
    disturbed("MySQL 9", { kill: 3, cut: 3 }),
    disturbed("MySQL 9", { kill: 2, cut: 3 }, { anomaly: taken_back, verdict: invalid }),
    disturbed(
      "Redis 8",
      { kill: 3, pause: 1 },
      { figures: { lost: 7, twice: 0 }, verdict: invalid },
    ),
    whole,
  ];
  const [table, sentence, back, ...more] = survived(cells);
  const numbers = table!
    .split("\n")
    .filter((line) => /\d/.test(line))
    .map((line) =>
      line
        .split("│")
        .map((word) => word.trim())
        .filter(Boolean),
    );
  expect(table).toMatch(
    /server +│ +cells +│ +kill +│ +cut +│ +pause +│ +acknowledged +│ +lost +│ +twice +│ +unknown/,
  );
  expect(numbers).toEqual([
    ["MySQL 9", "2", "5", "6", "0", "200", "0", "0", "4"],
    ["Redis 8", "1", "3", "0", "1", "100", "7", "0", "2"],
  ]);
  expect(sentence).toBe(
    "Faults survived: kill ×8, cut ×6, pause ×1. 300 operations were acknowledged in 3 cells that promise to outlive them; 1 of these broke its promise.",
  );
  expect(back).toContain("1 of them: read taken back.");
  expect(more).toEqual([]);
});

test("nothing where no server suffered a fault", () => {
  expect(survived([whole])).toEqual([]);
});
