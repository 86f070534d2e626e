import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Trace, TraceStep } from "../schedules/trace.ts";
import { blameText } from "./blame-text.ts";
import { blamedStack } from "./blamed-stack.ts";
import { lost_in_transactions, traceOf } from "./page/results.test-support.ts";

let folder: string;
let name: string;
beforeAll(() => {
  folder = mkdtempSync("raceproof-out-frames-");
  name = join(folder, "bank.ts");
  const lines = Array.from({ length: 30 }, (_, i) => `line ${i + 1}`);
  lines[3] = `${"x".repeat(400)} \u001b[31m</script>`;
  writeFileSync(name, `${lines.join("\n")}\n`);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The second client reads in the line `read` and writes in the line `write`. */
function traceWith(read: number, write: number, file = join(process.cwd(), name)): Trace {
  const place = ({ client, kind }: TraceStep) =>
    client === 2 && (kind === "read" || kind === "write")
      ? { source: { file, line: kind === "read" ? read : write, column: 3 } }
      : {};
  const { steps, ...trace } = traceOf(lost_in_transactions);
  return { ...trace, steps: steps.map((step) => ({ ...step, ...place(step) })) };
}

test("two lines that are near each other are in one frame", () => {
  expect(blameText(traceWith(10, 12))?.replaceAll(folder, "app")).toBe(`\
app/bank.ts:10:3 client 2 reads balance
app/bank.ts:12:3 client 2 writes it over client 1's, which it has not seen

   8 | line 8
   9 | line 9
> 10 | line 10
     |   ^
  11 | line 11
> 12 | line 12
     |   ^
  13 | line 13
  14 | line 14`);
});

test("others have a frame each", () => {
  const text = blameText(traceWith(1, 20)) ?? "";
  expect(text).toContain("\n\n> 1 | line 1\n    |   ^\n  2 | line 2\n  3 | line 3\n\n  18 |");
  expect(text).toContain("> 20 | line 20\n     |   ^\n");
});

test("a very long line is cut around its mark, and nothing of it reaches the terminal raw", () => {
  const long = traceWith(4, 4);
  const at = long.steps.map((step) =>
    step.source ? { ...step, source: { ...step.source, column: 403 } } : step,
  );
  const text = blameText({ ...long, steps: at }) ?? "";
  const [line = "", marks = ""] = text.split("\n").slice(-4);
  expect(line).toMatch(/^> 4 \| x{50,}.*<\/script>$/);
  expect(line.length).toBeLessThanOrEqual(80);
  expect(line[marks.indexOf("^")]).toBe("[");
  expect(text).not.toContain("\u001b");
});

test("without the file there is only its name; without a source there is nothing", () => {
  const text = blameText(traceWith(10, 999)) ?? "";
  expect(text).toMatch(/bank\.ts:999:3 client 2 writes it/);
  expect(text).not.toContain("999 |");
  expect(blameText(traceWith(1, 2, "/etc/hostname"))).not.toContain("|");
  expect(blameText(traceOf(lost_in_transactions))).toBeUndefined();
});

test("a stack begins with the lines to blame, the last one first", () => {
  const stack = "RaceFound: lost\n    at explore (explore.ts:1:1)";
  const [, first, second, third] = blamedStack(stack, "lost", traceWith(10, 12)).split("\n");
  expect(first).toMatch(/^ {4}at client 2 \(.*bank\.ts:12:3\)$/);
  expect(second).toMatch(/^ {4}at client 2 \(.*bank\.ts:10:3\)$/);
  expect(third).toBe("    at explore (explore.ts:1:1)");
  expect(blamedStack("Other", "lost", traceWith(10, 12))).toBe("Other");
});
