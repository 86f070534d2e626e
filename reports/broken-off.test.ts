import { expect, test } from "vitest";
import type { CellResult } from "../matrix/result.ts";
import { annotations, jobSummary } from "./github.ts";
import { junit } from "./junit.ts";
import { pageOfResults } from "./page/page-of-results.ts";
import { cellOf, resultsOf } from "./page/results.test-support.ts";
import { paintFor } from "./paint.ts";
import { summary } from "./summary.ts";

const whole = cellOf("in-place", undefined);
const { load: _, ...unloaded } = whole;
const broken_off = (over: Partial<CellResult>): CellResult => ({
  ...unloaded,
  interrupted: true,
  conclusion: "no verdict",
  remarks: ["Broken off before its load."],
  ...over,
});
const before = ["upsert", "lua"].map((strategy) => broken_off({ strategy }));
const within = broken_off({ strategy: "incr", load: whole.load!, remarks: ["Its load …"] });
const interrupted = {
  ...resultsOf([whole, within, ...before]),
  interrupted: true,
  not_begun: 300,
};
const text = (results: typeof interrupted | ReturnType<typeof resultsOf>): string =>
  summary(results, {
    width: 200,
    verbose: false,
    paint: paintFor({ isTTY: false } as NodeJS.WriteStream),
  });
const lastLine = (of: string): string | undefined => of.split("\n").at(-1);

test("the last line counts apart what was broken off, and what did not begin", () => {
  expect(lastLine(text(interrupted))).toBe(
    "4 cells: 1 as declared, 0 different, 0 without a verdict, 3 broken off (2 before their load). 300 cells more did not begin.",
  );
  expect(lastLine(text(resultsOf([whole])))).toBe(
    "1 cell: 1 as declared, 0 different, 0 without a verdict.",
  );
});

test("what was broken off is not called safe, nor remarked on one by one", () => {
  expect(text(interrupted)).toContain("? upsert at READ COMMITTED: broken off (no verdict)");
  expect(text(interrupted)).toContain("✓ in-place at READ COMMITTED: correct (as declared)");
  expect(text(interrupted)).not.toContain("Broken off before its load.");
});

test("what it found is told, even if it was broken off", () => {
  const remarks = ["Not declared: lost update."];
  const found = broken_off({ conclusion: "different", remarks });
  expect(lastLine(text(resultsOf([found])))).toBe(
    "1 cell: 0 as declared, 1 different, 0 without a verdict.",
  );
  expect(text(resultsOf([found]))).toContain("Not declared: lost update.");
});

test("a load that was ended because its history had grown too long is named, any other is not", () => {
  const full = { ...whole, load: { ...whole.load!, full: true as const, history: "long.jsonl" } };
  expect(text(resultsOf([full]))).toContain(
    "Stopped early, as no history grows beyond 2 GB: long.jsonl.",
  );
  expect(text(resultsOf([whole]))).not.toContain("Stopped early");
});

test("GitHub, JUnit and the page say the same", async () => {
  const count = "3 broken off (2 before their load)";
  expect(annotations(interrupted)).toEqual([`::warning title=raceproof::${count}`]);
  expect(jobSummary(interrupted)).toContain(`What was judged is as declared.\n\n**${count}.**`);
  expect(jobSummary(resultsOf([whole]))).toContain("Everything is as declared.");
  expect(junit(interrupted)).toContain('skipped="3"');
  const { about, cells } = await pageOfResults(interrupted, "/nowhere", new Date());
  expect(about).toContainEqual(["cells", `${count}, 300 more did not begin`]);
  expect(cells.map(({ sign }) => sign)).toEqual(["safe", "unknown", "unknown", "unknown"]);
});
