import { join } from "node:path";
import { expect, test } from "vitest";
import type { Exploration } from "../schedules/findings.ts";
import { annotationsOfRace, junitOfRace, type RaceOutcome, summaryOfRace } from "./of-race.ts";
import { failureOf, lost_in_transactions, traceOf } from "./page/results.test-support.ts";

const source = { file: join(process.cwd(), "app/bank.py"), line: 9, column: 1 };
const steps = lost_in_transactions.map((step) => ({ ...step, source }));
const exploration = {
  operations: [1, 1],
  failure: failureOf(traceOf(steps)),
} as never as Exploration;
const text = "bank.py: unlike any serial order\n\n````</failure>\u001b[2J";
const race: RaceOutcome = { name: "bank.py", kind: "race", text, exploration, token: "rp2" };
const none: RaceOutcome = { name: "bank.py", kind: "none found", text: "proof for this size" };
const cannot: RaceOutcome = { name: "bank.py", kind: "cannot", text: "it ends\nwith 1\n\nmore" };

test("a race is a failed test, what could not be tried an error, else the test is passed", () => {
  const counts = (one: RaceOutcome) =>
    /tests="1" failures="\d" errors="\d"/.exec(junitOfRace(one))![0];
  expect(counts(race)).toBe('tests="1" failures="1" errors="0"');
  expect(counts(none)).toBe('tests="1" failures="0" errors="0"');
  expect(counts(cannot)).toBe('tests="1" failures="0" errors="1"');
  expect(junitOfRace(race)).toMatch(/<failure message="client 1 and .*" type="lost update">bank/);
  expect(junitOfRace(race)).toContain("````&#60;/failure&#62;␛[2J</failure>");
});

test("an annotation is at the line to blame; without a race there is none", () => {
  expect(annotationsOfRace(race)).toEqual([
    expect.stringMatching(
      /^::error file=app\/bank\.py,line=9,col=1,title=bank\.py%3A lost update::/,
    ),
  ]);
  expect(annotationsOfRace(cannot)).toEqual([
    "::error title=bank.py%3A could not be tried::it ends with 1",
  ]);
  expect(annotationsOfRace(none)).toEqual([]);
});

test("nothing in the summary of a job is markup", () => {
  expect(summaryOfRace(race)).toBe(
    "## raceproof: bank.py: lost update\n\n`````text\nbank.py: unlike any serial order\n\n" +
      "````</failure>␛[2J\n`````\n",
  );
});
