import { expect, test } from "vitest";
import type { Trace, TraceStep } from "../schedules/trace.ts";
import { drawInterleaving } from "./interleaving.ts";

const columns = Array.from({ length: 100 }, (_, i) => `column_${i}`).join(", ");
const step: TraceStep = {
  client: 1,
  operation: 1,
  statement: `SELECT ${columns} FROM stock WHERE id = 7 FOR UPDATE`,
  kind: "lock",
  keys: undefined,
  reply: "1 row",
};
const trace: Trace = {
  operations: [1, 1],
  choices: [],
  faults: [],
  steps: [step],
  results: [],
  ending: { kind: "ended" },
};

test("a long statement is shown without its middle, with its WHERE and its FOR UPDATE", () => {
  const drawn = drawInterleaving(trace).replace(/\s*│\s*\n/g, " ");
  expect(drawn).toContain("SELECT column_0");
  expect(drawn).toContain("WHERE id = 7 FOR UPDATE");
  expect(drawn.length).toBeLessThan(600);
});

test("control characters in keys and values never reach the terminal", () => {
  const evil = { ...step, statement: "GET a\u001b[2J", reply: "\u001b]0;mine\u0007\r\u202etxt" };
  const drawn = drawInterleaving({ ...trace, steps: [evil] });
  expect(drawn).toContain("GET a␛[2J");
  expect(drawn).toContain("→ ␛]0;mine␇␍⟨202e⟩txt");
});

test("what a library asks before it begins is one row", () => {
  const asks = (statement: string): TraceStep => ({ ...step, statement, catalog: "reads" });
  const chatter = [asks("SELECT typname FROM pg_type"), asks("SELECT version()")];
  const drawn = drawInterleaving({ ...trace, steps: [...chatter, step] });
  expect(drawn).toContain("(2 statements about its session and");
  expect(drawn).not.toContain("pg_type");
  // One alone is shown, and so is one that ended with an error.
  const failed = drawInterleaving({ ...trace, steps: [{ ...chatter[0]!, error: "42P01" }] });
  expect(failed).toContain("SELECT typname FROM pg_type");
  expect(drawInterleaving({ ...trace, steps: [chatter[1]!, step] })).toContain("SELECT version()");
});
