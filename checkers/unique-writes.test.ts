import { expect, test } from "vitest";
import type { Operation } from "../histories/event.ts";
import { bruteForce } from "./brute-force.ts";
import { register } from "./models/register.ts";
import { randomHistory, seeded } from "./random-history.ts";
import { toProblem } from "./search/problem.ts";
import { search } from "./search/search.ts";
import { checkerFor } from "./select.ts";
import { impossibleZones } from "./unique-writes.ts";

const seed = Number(process.env["SEED"] ?? Math.floor(Math.random() * 2 ** 31));
const rounds = Number(process.env["ROUNDS"] ?? 30_000);

/** Reads, and writes of 1, 2, 3, …; in most of them some reads answer something else. */
function someHistory(random: () => number, operations: number, initial: unknown): Operation[] {
  let written = 0;
  const made = randomHistory(
    {
      model: register(initial),
      clients: 2 + Math.floor(random() * 4),
      operations,
      crashed: random() < 0.5 ? 0.2 : 0,
      failed: 0.05,
      call: () => (random() < 0.6 ? { f: "read", input: null } : { f: "write", input: ++written }),
      answer: (state, { f }) => (f === "read" ? state : null),
    },
    random,
  );
  for (let lie = Math.floor(random() * 3); lie > 0; lie--) {
    const at = Math.floor(random() * made.length);
    const operation = made[at]!;
    if (operation.f === "read" && operation.status === "ok")
      made[at] = { ...operation, output: Math.floor(random() * (written + 1)) || initial };
  }
  return made.map((operation) => ({ ...operation, key: "k" }));
}

test.each([null, 0])(`${rounds} small histories against brute force, initially %j`, (initial) => {
  console.log(`seed ${seed}`);
  const random = seeded(seed);
  const model = register(initial);
  const counts = { valid: 0, invalid: 0 };
  for (let round = 0; round < rounds; round++) {
    const operations = someHistory(random, 2 + Math.floor(random() * 7), initial);
    const expected = bruteForce(operations, model);
    counts[expected ? "valid" : "invalid"]++;
    const impossible = impossibleZones(operations, initial)!;
    const told = `round ${round}: ${JSON.stringify(operations)}`;
    if ((impossible.length === 0) !== expected) throw new Error(told);
    if (!expected && bruteForce(impossible, model)) throw new Error(`evidence of ${told}`);
  }
  console.log(counts);
  expect(Math.min(counts.valid, counts.invalid)).toBeGreaterThan(rounds / 10);
});

test("larger histories against the search", () => {
  console.log(`seed ${seed}`);
  const random = seeded(seed);
  const model = register(0);
  const counts = { linearizable: 0, impossible: 0, "gave up": 0 };
  for (let round = 0; round < rounds / 100; round++) {
    const operations = someHistory(random, 100, 0);
    const { kind } = search(toProblem(operations, model), model);
    counts[kind]++;
    const impossible = impossibleZones(operations, 0)!;
    expect(impossible.length === 0, `round ${round}`).toBe(kind === "linearizable");
  }
  console.log(counts);
  expect(Math.min(counts.linearizable, counts.impossible)).toBeGreaterThan(rounds / 1_000);
});

test("what does not qualify", () => {
  const operations = someHistory(seeded(1), 20, 0);
  const write = operations.find(({ f, status }) => f === "write" && status === "ok")!;
  expect(impossibleZones([...operations, write], 0)).toBeUndefined();
  expect(impossibleZones([{ ...write, input: 0 }], 0)).toBeUndefined();
  expect(impossibleZones([{ ...write, input: null }], 0)).toBeUndefined();
  expect(impossibleZones([{ ...write, f: "cas" }], 0)).toBeUndefined();
});

test("the register's checker uses it, and still explains", async () => {
  const [random, checker] = [seeded(2), checkerFor("register", { initial: 0 })];
  const operations = someHistory(random, 5_000, 0).map((operation) =>
    operation.f === "read" && operation.status === "ok" && operation.invoked > 5_000
      ? { ...operation, output: 1 }
      : operation,
  );
  const told = await checker.check({ header: undefined, operations }, {});
  expect(told.verdict).toBe("invalid");
  expect(told.evidence!.length).toBeLessThan(7);
  expect(bruteForce(told.evidence!, register(0))).toBe(false);
});
