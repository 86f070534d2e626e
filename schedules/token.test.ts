import * as fc from "fast-check";
import { expect, test } from "vitest";
import { scheduleArbitrary } from "./arbitrary.ts";
import { type Schedule, trimmed } from "./schedule.ts";
import { BadToken, type Replay, readToken, writeToken } from "./token.ts";

const replay: Replay = {
  program: "read-write-in-transaction",
  backend: "postgres",
  server: "PostgreSQL 18.4",
  isolation: "READ COMMITTED",
  operations: [1, 1],
  choices: [0, 0, 1],
  faults: [{ kind: "lose reply", client: 2, step: 4 }],
  expected: "3f9a1c2b",
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
    const token = writeToken({ ...replay, ...schedule, backend: "mysql+redis", server });
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
