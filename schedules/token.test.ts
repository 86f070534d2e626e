import * as fc from "fast-check";
import { expect, test } from "vitest";
import { scheduleArbitrary } from "./arbitrary.ts";
import { type Schedule, trimmed } from "./schedule.ts";
import {
  BadToken,
  fingerprint,
  firstOtherStep,
  type Replay,
  readToken,
  tokenFor,
  writeToken,
} from "./token.ts";
import type { Trace } from "./trace.ts";

const replay: Replay = {
  program: "read-write-in-transaction",
  backend: "postgres",
  server: "PostgreSQL 18.4",
  isolation: "READ COMMITTED",
  operations: [1, 1],
  choices: [0, 0, 1],
  faults: [
    { kind: "lose reply", client: 2, step: 4 },
    { kind: "error", client: 1, step: 2, error: "closed before" },
  ],
  expected: { whole: "3f9a1c2b", steps: "x4k2b7q0." },
};

/** Sixty steps of two clients. */
const trace: Trace = {
  operations: [1, 1],
  choices: [],
  faults: [],
  steps: Array.from({ length: 60 }, (_, i) => ({
    client: 1 + (i % 2),
    operation: 1,
    statement: `SELECT ${"x".repeat(i)}`,
    kind: "read",
    keys: undefined,
  })),
  results: [],
  ending: { kind: "ended" },
};

const seed = Date.now();
console.log(`seed ${seed}`);

const schedules: fc.Arbitrary<Schedule> = scheduleArbitrary({
  clients: 4,
  faults: ["lose reply", "die", "expire"],
});

test("what is written is what is read", () => {
  const names = fc.string({ maxLength: 30, unit: "grapheme" });
  const property = fc.property(schedules, names, names, (schedule, program, server) => {
    const written = { ...replay, ...schedule, program, server, operations: [1, 2, 1, 1] };
    const read = readToken(writeToken(written));
    expect(writeToken(written)).toMatch(/^[\w~.%+-]+$/);
    expect(read).toEqual({ ...written, choices: trimmed(schedule.choices) });
  });
  fc.assert(property, { seed, numRuns: 500 });
});

test("a token of two clients fits into 200 characters", () => {
  const two = scheduleArbitrary({ clients: 2, choices: 80, faults: ["die"] });
  const property = fc.property(two, (schedule) => {
    const server = "MySQL 9.7.4, Redis 8.0.2";
    const where = { ...replay, backend: "mysql+redis", server };
    const smallest = { ...trace, ...schedule };
    const token = tokenFor(where, { smallest, expected: fingerprint(trace) });
    expect(token.length).toBeLessThanOrEqual(200);
    expect(token).toMatch(/^[\w~.%+-]+$/);
  });
  fc.assert(property, { seed, numRuns: 500 });
});

test("a typing error is noticed", () => {
  const token = writeToken(replay);
  const at = fc.nat(token.length - 1);
  const property = fc.property(at, fc.constantFrom(..."abcz019~.-".split("")), (i, letter) => {
    fc.pre(token[i] !== letter);
    expect(() => readToken(token.slice(0, i) + letter + token.slice(i + 1))).toThrow(BadToken);
  });
  fc.assert(property, { seed, numRuns: 500 });
  expect(() => readToken(token.slice(0, -1))).toThrow("typing error, or a part of it is missing");
  expect(() => readToken("hello")).toThrow("This is no token");
  expect(() => readToken("rp9~x~y")).toThrow("another version");
});

test("the first step that is another one is named", () => {
  const otherStep = (steps: Trace["steps"]): number | undefined =>
    firstOtherStep(fingerprint(trace), fingerprint({ ...trace, steps }));
  const [first, second, ...rest] = trace.steps;
  const inserted = { ...first!, statement: "SELECT 1" };
  expect(otherStep(trace.steps)).toBeUndefined();
  expect(otherStep([first!, inserted, second!, ...rest])).toBe(1);
  expect(otherStep([first!, second!])).toBe(2);
  expect(otherStep([...trace.steps, first!])).toBe(60);
});

test("of a token that was cut, the steps that are left are compared", () => {
  const token = tokenFor(replay, { smallest: trace, expected: fingerprint(trace) });
  expect(token.length).toBeLessThanOrEqual(200);
  const { expected } = readToken(token);
  expect(firstOtherStep(expected, fingerprint(trace))).toBeUndefined();
  const [, second, ...rest] = trace.steps;
  expect(firstOtherStep(expected, fingerprint({ ...trace, steps: [second!, ...rest] }))).toBe(0);
});

test("another value in a statement is no other step", () => {
  const [first] = trace.steps;
  const selecting = (id: string): Trace => ({
    ...trace,
    steps: [{ ...first!, statement: `SELECT v WHERE id = ${id}` }],
  });
  const token = fingerprint(selecting("23"));
  expect(firstOtherStep(token, fingerprint(selecting("25")))).toBeUndefined();
  expect(firstOtherStep(token, fingerprint(selecting("v")))).toBe(0);
});
