import { describe, expect, test } from "vitest";
import type { Operation } from "../histories/event.ts";
import { bruteForce } from "./brute-force.ts";
import { counterChecker } from "./counter.ts";
import { counterFault } from "./counter-slots.ts";
import { isTrue } from "./counter-truth.test-support.ts";
import { counter } from "./models/counter.ts";
import { randomHistory, seeded } from "./random-history.ts";
import type { Verdict } from "./verdict.ts";

const seed = Number(process.env["SEED"] ?? Math.floor(Math.random() * 2 ** 31));
const rounds = Number(process.env["ROUNDS"] ?? 30_000);

function judge(operations: readonly Operation[]): Verdict {
  return counterChecker.check({ header: undefined, operations });
}

/** Changes one answer by a little, or moves one return, so that both verdicts come up. */
function disturb(operations: readonly Operation[], random: () => number): Operation[] {
  const at = Math.floor(random() * operations.length);
  return operations.map((operation, index) => {
    if (index !== at || typeof operation.output !== "number") return operation;
    return { ...operation, output: operation.output + (random() < 0.5 ? 1 : -1) };
  });
}

describe("counter, against brute force", () => {
  // Each kind of history that the theorem tells apart: void increments, answering ones, or both.
  test.each([
    ["void", 0],
    ["answering", 1],
    ["mixed", 0.5],
  ] as const)(`${rounds} random histories, %s increments`, (_, answering) => {
    const random = seeded(seed);
    let wrong: string | undefined;
    const counts = { valid: 0, invalid: 0 };
    for (let round = 0; round < rounds; round++) {
      const made = randomHistory(
        {
          model: counter(),
          clients: 2 + Math.floor(random() * 3),
          operations: 2 + Math.floor(random() * 7),
          crashed: random() < 0.5 ? 0.25 : 0,
          failed: 0.05,
          call: () => (random() < 0.6 ? { f: "add", input: 1 } : { f: "read", input: null }),
          answer: (value, { f }) =>
            f === "read" ? value : random() < answering ? Number(value) + 1 : null,
        },
        random,
      );
      const operations = random() < 0.7 ? disturb(made, random) : made;
      const expected = bruteForce(operations, counter()) ? "valid" : "invalid";
      counts[expected]++;
      const { verdict } = judge(operations);
      const fault = counterFault(operations, 0);
      if (fault !== undefined && !isTrue(fault, operations))
        wrong ??= `round ${round}: untrue: ${JSON.stringify({ fault, operations })}`;
      if (verdict !== expected)
        wrong ??= `round ${round} is ${expected}, not ${verdict}: ${JSON.stringify(operations)}`;
    }
    expect(wrong).toBeUndefined();
    console.log(`seed ${seed}, ${answering}: ${counts.valid} valid, ${counts.invalid} invalid`);
    expect(Math.min(counts.valid, counts.invalid)).toBeGreaterThan(rounds / 10);
  });
});

/** `0 add 1 -> 5`: process, operation, invoke, return, answer. */
function op(
  process: number,
  f: string,
  invoked: number,
  returned: number,
  output: unknown,
): Operation {
  return {
    process,
    f,
    key: "k",
    input: f === "add" ? 1 : null,
    output,
    error: undefined,
    status: returned === Infinity ? "info" : "ok",
    invoked,
    returned,
    invoked_ns: invoked,
    returned_ns: returned,
  };
}

describe("counter, in words", () => {
  test.each([
    [
      "process 1 read 0 after process 0's read of 1 had returned.",
      [op(2, "add", 0, 9, null), op(0, "read", 1, 2, 1), op(1, "read", 3, 4, 0)],
    ],
    [
      "process 1 was told 1 after process 0's increment to 2 had returned.",
      [op(0, "add", 0, 1, 2), op(1, "add", 2, 3, 1)],
    ],
    [
      "process 0 and process 1 both added 1 and both were told 1.",
      [op(0, "add", 0, 2, 1), op(1, "add", 1, 3, 1)],
    ],
    [
      "process 1 read 1, too low: 2 increments had happened since the start.",
      [op(0, "add", 0, 1, null), op(0, "add", 2, 3, null), op(1, "read", 4, 5, 1)],
    ],
    [
      "process 2 read 2, too low: 2 increments had happened since process 1 read 1.",
      [
        op(0, "add", 0, 1, null),
        op(1, "read", 2, 3, 1),
        op(0, "add", 4, 5, null),
        op(0, "add", 6, 7, null),
        op(2, "read", 8, 9, 2),
      ],
    ],
    [
      "process 1 read 1, too low: 1 increment had happened since process 1 read 1.",
      [
        op(0, "add", 0, 1, null),
        op(1, "read", 2, 3, 1),
        op(0, "add", 4, 5, null),
        op(1, "read", 6, 7, 1),
      ],
    ],
    [
      "process 1 read 2, too high: only 1 increment can have happened since the start.",
      [op(0, "add", 0, 1, null), op(1, "read", 2, 3, 2)],
    ],
    [
      "process 1 read 3, too high: only 1 increment can have happened since process 2 read 1.",
      [
        op(3, "add", 2, 3, null),
        op(2, "read", 4, 6, 1),
        op(0, "add", 5, 7, null),
        op(1, "read", 8, 9, 3),
        op(0, "add", 10, 11, null),
      ],
    ],
    ["process 0 read -1, less than the initial 0.", [op(0, "read", 0, 1, -1)]],
    [
      // A slot for each increment up to here would not fit into any memory.
      `process 1 read ${Number.MAX_SAFE_INTEGER}, too high: only 1 increment can have happened since the start.`,
      [
        op(0, "add", 0, 1, null),
        { ...op(2, "add", 2, 3, undefined), status: "fail" as const },
        op(1, "read", 4, 5, Number.MAX_SAFE_INTEGER),
        op(0, "add", 6, 7, null),
      ],
    ],
  ])("%s", (sentence, operations) => {
    const { verdict, reason } = judge(operations);
    expect([verdict, reason]).toEqual(["invalid", sentence]);
  });

  test.each([
    [
      "process 0 added -1: only increments by 1 can be judged.",
      { ...op(0, "add", 0, 1, null), input: -1 },
    ],
    ['A counter has no operation "write".', op(0, "write", 0, 1, null)],
    ['process 0 was answered "7", which is no whole number.', op(0, "read", 0, 1, "7")],
  ])("unknown: %s", (sentence, operation) => {
    expect(judge([operation])).toMatchObject({ verdict: "unknown", reason: sentence });
  });

  test("valid: what a failed operation and a read were given does not count", () => {
    const operations = [
      { ...op(0, "write", 0, 1, null), status: "fail" as const },
      { ...op(0, "read", 2, 3, 0), input: 5 },
    ];
    expect(judge(operations)).toEqual({
      checker: "counter",
      verdict: "valid",
      reason: "All 2 operations fit into one order.",
      figures: { operations: 2 },
    });
  });

  test("an invalid key weighs more than one that cannot be judged", () => {
    const strange = { ...op(0, "add", 0, 1, null), input: 5 };
    const wrong = { ...op(0, "read", 2, 3, 1), key: "other" };
    expect(judge([strange, wrong])).toMatchObject({
      verdict: "invalid",
      reason:
        "process 0 read 1, too high: only 0 increments can have happened since the start (key other).",
    });
  });
});
