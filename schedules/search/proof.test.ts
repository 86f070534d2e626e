import { expect, test } from "vitest";
import { doubtOf, type ProofFacts } from "./proof.ts";

const proof: ProofFacts = {
  failed: false,
  exhaustive: true,
  end: "all",
  schedules: 6,
  lost_branches: 0,
  given_up: 0,
  polled: 0,
  stood_still: 0,
  shown: [],
  unrepeated: 0,
  racing: 2,
  looks: 6,
  stale: undefined,
  too_large: [],
};

test("all interleavings, each from the same state, alone, without a loss: proof", () => {
  expect(doubtOf(proof)).toBeUndefined();
});

const stale = { what: "table account", first: 1, later: 1 };

test.each<[Partial<ProofFacts>, ReturnType<typeof doubtOf>]>([
  [{ failed: true }, { kind: "failed" }],
  [{ end: "stopped" }, { kind: "failed" }],
  [{ exhaustive: false }, { kind: "random" }],
  [{ end: "time" }, { kind: "cut short", by: "time" }],
  [{ end: "schedules" }, { kind: "cut short", by: "schedules" }],
  [{ lost_branches: 2 }, { kind: "lost branches", count: 2 }],
  [{ given_up: 1 }, { kind: "given up", count: 1 }],
  [{ polled: 2 }, { kind: "polled", count: 2 }],
  [{ stood_still: 2 }, { kind: "stood still", count: 2 }],
  [
    { shown: [{ kind: "left on a pool", statement: "LOCK" }] },
    { kind: "left on a pool", statement: "LOCK" },
  ],
  [{ shown: [{ kind: "returned open" }] }, { kind: "returned open" }],
  [
    { shown: [{ kind: "came beside", statement: "SELECT 1" }] },
    { kind: "came beside", statement: "SELECT 1" },
  ],
  [
    { shown: [{ kind: "divisible", statement: "CALL" }, { kind: "returned open" }] },
    { kind: "returned open" },
  ],
  [{ shown: [{ kind: "divisible", statement: "CALL" }] }, { kind: "divisible", statement: "CALL" }],
  [{ unrepeated: 1 }, { kind: "unrepeated", count: 1 }],
  [{ racing: 1 }, { kind: "nothing raced" }],
  [{ looks: 5 }, { kind: "not looked" }],
  [{ looks: 0 }, { kind: "not looked" }],
  [{ stale }, { kind: "stale", stale }],
  [{ too_large: ["table cities"] }, { kind: "too large", what: ["table cities"] }],
])("%o is no proof", (fact, doubt) => {
  expect(doubtOf({ ...proof, ...fact })).toEqual(doubt);
});

test("what the user can change is said before what is merely so", () => {
  expect(doubtOf({ ...proof, stale, exhaustive: false })?.kind).toBe("stale");
});
