import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import type { CellResult } from "../matrix/result.ts";
import type { TriedRepair } from "../repairs/repair.ts";
import { fitted } from "./fitted.ts";
import {
  cellOf,
  failureOf,
  lost_in_transactions,
  resultsOf,
  traceOf,
} from "./page/results.test-support.ts";
import { paintFor } from "./paint.ts";
import { repairsText } from "./repairs.ts";
import { countsText, failureText } from "./report.ts";
import { summary } from "./summary.ts";

const file = fileURLToPath(import.meta.url);
const steps = lost_in_transactions.map((step, row) => ({
  ...step,
  source: { file, line: row + 1, column: 60 },
}));
const paint = paintFor({ isTTY: false } as NodeJS.WriteStream);
const replayCommand = (token: string): string => `RACEPROOF_REPLAY='${token}' npm test`;
const isCommand = (line: string): boolean => /^ {2}(RACEPROOF_REPLAY|npx|npm)/.test(line);
const tooWide = (text: string, width: number): string[] =>
  text.split("\n").filter((line) => line.length > width && !isCommand(line));

test.each([80, 120, 200])("a run that fails has no line of more than %i columns", (width) => {
  const remarks = [
    "Declared: nothing; what was found is lost update, in some interleaving of two.",
  ];
  const cell: CellResult = { ...cellOf("mine", steps), conclusion: "different", remarks };
  const text = summary(
    {
      ...resultsOf([cell]),
      interrupted: true,
      not_run: [{ backend: "mysql", state: "not run", reason: "w ".repeat(150) }],
    },
    { width, verbose: false, paint },
  );
  expect(tooWide(fitted(text, width), width)).toEqual([]);
  expect(tooWide(text, width)).not.toEqual([]);
  expect(text).toContain("> 5 |");
});

test("of a failing explore, drawings, code and the table of repairs fit into 80 columns", () => {
  const failure = failureOf(traceOf(steps));
  const where = { name: "withdraw", backend: { name: "postgres", server: "PostgreSQL 18.4" } };
  const subject = { ...where, isolation: undefined, replayCommand };
  const tried: TriedRepair = {
    repair: { wraps: true, level: "SERIALIZABLE", locks: ["account"] },
    result: { kind: "cannot be tried", why: "a process ends its connection before a COMMIT" },
    ...{ schedules: 0, interleavings: undefined, errors: { 40001: 2 }, deadlocks: 1 },
    relativeThroughput: 0.81,
    tookMs: 1,
  };
  const text = `${failureText(subject, failure, countsText({}, failure))}\n\n${repairsText([tried], failure)}`;
  const drawn = text.split("\n").filter((line) => /[│─|]/.test(line));
  expect(drawn.length).toBeGreaterThan(20);
  expect(tooWide(drawn.join("\n"), 80)).toEqual([]);
  expect(tooWide(fitted(text, 80), 80)).toEqual([]);
});

test("colours take no room, and nothing of a command is broken off", () => {
  expect(fitted("\u001b[31mone\u001b[39m two three", 7)).toBe("\u001b[31mone\u001b[39m two\nthree");
  const command = `  npx raceproof replay ${"x".repeat(90)} --database mysql`;
  expect(fitted(command, 80)).toBe(command);
  const long = "long ".repeat(20);
  const script = `  raceproof race -- node -e 'it'\\''s\n${long}\n\n${long}' x`;
  expect(fitted(`${script}\n${long}`, 80)).toBe(
    `${script}\n${long.slice(0, 79)}\n${long.slice(80)}`,
  );
});
