import { describe, expect, test } from "vitest";
import type { Operation } from "../histories/event.ts";
import { bruteForce } from "./brute-force.ts";
import { header as example_header } from "./example.test-support.ts";
import { lostUpdateChecker } from "./lost-update.ts";
import { merge, runChecker } from "./merge.ts";
import { counter } from "./models/counter.ts";
import { randomHistory, seeded } from "./random-history.ts";
import { checkerFor } from "./select.ts";
import { uniqueChecker } from "./unique.ts";

const seed = Number(process.env["SEED"] ?? Math.floor(Math.random() * 2 ** 31));
const rounds = Number(process.env["ROUNDS"] ?? 100_000);
const header = { ...example_header, clients: 8 };

let at = 0;
/** Operations one after the other, in the order of the calls. */
function op(
  process: number,
  f: string,
  output: unknown,
  change: Partial<Operation> = {},
): Operation {
  const invoked = at++;
  return {
    process,
    f,
    key: "k",
    input: f === "add" ? 1 : null,
    status: "ok",
    output,
    error: undefined,
    invoked,
    returned: at++,
    invoked_ns: 0,
    returned_ns: 0,
    ...change,
  };
}
const info = { status: "info", output: undefined, returned: Infinity } as const;

describe("lost-update", () => {
  test("names those who wrote the same value", () => {
    const operations = [op(0, "add", 41), op(3, "add", 42), op(15, "add", 42), op(0, "read", 42)];
    expect(lostUpdateChecker.check({ header: { ...header, initial: 40 }, operations })).toEqual({
      checker: "lost-update",
      verdict: "invalid",
      reason:
        "1 acknowledged update was lost: client 4 and client 8 both read 41 and both wrote 42.",
      figures: { acknowledged: 3, unknown: 0, failed: 0, lost: 1, applied_twice: 0 },
    });
  });

  test("adds up what all keys have seen", () => {
    const both = ["a", "b"].flatMap((key) => [
      op(0, "add", 1, { key }),
      op(1, "add", null, { key, ...info }),
      op(2, "add", null, { key, status: "fail" }),
      op(3, "add", null, { key }),
      op(0, "read", 1, { key }),
    ]);
    expect(lostUpdateChecker.check({ header, operations: both })).toMatchObject({
      reason: "1 acknowledged update was lost (key a).",
      figures: { acknowledged: 4, unknown: 2, failed: 2, lost: 2, applied_twice: 0 },
    });
  });

  test.each([
    [
      "valid",
      "All 2 acknowledged increments are there.",
      [op(0, "add", 1), op(1, "add", 2), op(0, "read", 2)],
    ],
    [
      "invalid",
      "2 acknowledged updates were lost: client 1 and client 2 both read 40 and both wrote 42.",
      [op(0, "add", 42, { input: 2 }), op(1, "add", 42, { input: 2 }), op(0, "read", 2)],
    ],
    [
      "invalid",
      "1 acknowledged update was lost: client 1 and client 2 both read 0 and both wrote 1.",
      [op(0, "add", 1, { input: null }), op(1, "add", 1), op(0, "read", 1)],
    ],
    [
      // Neither reads nor failed operations count as lost.
      "invalid",
      "1 acknowledged update was lost.",
      [
        op(0, "read", 1, { input: 1 }),
        op(0, "add", 1),
        op(1, "add", 1, { status: "fail" }),
        op(1, "add", null),
        op(0, "read", 1, { input: 1 }),
      ],
    ],
    [
      "invalid",
      "2 updates were applied twice: the value grew by 3, with 1 acknowledged.",
      [op(0, "add", null), op(0, "read", 3)],
    ],
    [
      "valid",
      "All 1 acknowledged increments are there.",
      [op(0, "add", null), op(1, "add", null, info), op(0, "read", 2)],
    ],
    [
      "valid",
      "All 1 acknowledged increments are there.",
      [op(0, "add", null), op(1, "add", null, info), op(0, "read", 1)],
    ],
    [
      "valid",
      "All 0 acknowledged increments are there.",
      [op(0, "add", null, { status: "fail" }), op(0, "read", 0)],
    ],
    [
      "valid",
      "All 2 acknowledged increments are there.",
      [op(0, "add", null, { input: 5 }), op(1, "add", null, { input: -2 }), op(0, "read", 3)],
    ],
    [
      "invalid",
      "2 acknowledged updates were lost.",
      [op(0, "add", null), op(1, "add", null), op(0, "read", 0)],
    ],
    [
      "invalid",
      "1 update was applied twice: the value grew by 3, with 1 acknowledged and 1 of unknown outcome.",
      [op(0, "add", null), op(1, "add", null, info), op(0, "read", 3)],
    ],
    [
      "invalid",
      "1 acknowledged update was lost (key b).",
      [
        op(0, "add", null),
        op(0, "read", 1),
        op(0, "add", null, { key: "b" }),
        op(0, "read", 0, { key: "b" }),
      ],
    ],
    ["unknown", "There is no read at rest, after everything else had returned.", [op(0, "add", 1)]],
    [
      "unknown",
      "There is no read at rest, after everything else had returned.",
      [op(0, "add", 1, { returned: Number.MAX_SAFE_INTEGER }), op(0, "read", 1)],
    ],
    [
      "unknown",
      "There is no read at rest, after everything else had returned.",
      [op(0, "add", 1), op(0, "read", null, info)],
    ],
    [
      "unknown",
      "There is no read at rest, after everything else had returned.",
      [op(0, "add", 1), op(0, "read", 1, { status: "fail" })],
    ],
    [
      "unknown",
      "There is no read at rest, after everything else had returned.",
      [op(0, "add", 1), op(0, "read", "1")],
    ],
  ])("%s: %s", (verdict, reason, operations) => {
    expect(lostUpdateChecker.check({ header, operations })).toMatchObject({ verdict, reason });
  });

  test(`${rounds} random histories: what is linearizable has lost nothing; a planted loss is found`, () => {
    const random = seeded(seed);
    let planted = 0;
    let wrong: string | undefined;
    for (let round = 0; round < rounds; round++) {
      const operations = randomHistory(
        {
          model: counter(),
          clients: 3,
          operations: 5,
          crashed: 0.2,
          failed: 0.1,
          call: () => ({ f: "add", input: 1 + Math.floor(random() * 3) }),
        },
        random,
      );
      const certain = operations.filter(({ status }) => status === "ok");
      const sum = certain.reduce((total, { input }) => total + Number(input), 0);
      const most = operations
        .filter(({ status }) => status === "info")
        .reduce((total, { input }) => total + Number(input), sum);
      // Somewhere about the right value.
      const final = Math.floor(random() * (most + 3));
      const end = { key: "k0", invoked: 1000, returned: 1001 };
      const history = { header, operations: [...operations, op(9, "read", final, end)] };
      const { verdict, figures } = lostUpdateChecker.check(history);
      const found = [verdict, figures?.["lost"], figures?.["applied_twice"]];
      const lost = Math.max(0, sum - final);
      const twice = Math.max(0, final - most);
      const expected = [lost + twice > 0 ? "invalid" : "valid", lost, twice];
      if (lost + twice > 0) planted++;
      const linearizable = bruteForce(history.operations, counter());
      if ((linearizable && lost + twice > 0) || String(found) !== String(expected))
        wrong ??= `round ${round}: ${String(found)} in ${JSON.stringify(history)}`;
    }
    expect(wrong).toBeUndefined();
    console.log(`seed ${seed}: ${planted} of ${rounds} planted`);
    expect(planted).toBeGreaterThan(rounds / 10);
    expect(planted).toBeLessThan(0.9 * rounds);
  });
});

describe("unique", () => {
  test("the same number twice", () => {
    const operations = [op(0, "add", 5), op(1, "add", 7), op(2, "add", 5), op(2, "read", 5)];
    expect(uniqueChecker.check({ header, operations })).toMatchObject({
      verdict: "invalid",
      reason: "client 1 and client 3 were both given 5.",
      figures: { acknowledged: 3, duplicates: 1 },
    });
  });

  test("gaps are fine, other keys are others, unknown outcomes say nothing", () => {
    const operations = [
      op(0, "add", 5),
      op(1, "add", 9),
      op(2, "add", 5, { key: "b" }),
      op(3, "add", 5, { ...info, output: 5 }),
    ];
    expect(uniqueChecker.check({ header, operations }).verdict).toBe("valid");
    expect(uniqueChecker.check({ header, operations: [op(0, "add", null)] })).toMatchObject({
      verdict: "unknown",
      reason: "No operation answered a number.",
    });
  });
});

describe("merge and runChecker", () => {
  const [valid, unknown, invalid] = (["valid", "unknown", "invalid"] as const).map((verdict) => ({
    checker: "c",
    verdict,
    reason: "",
  }));

  test("invalid > unknown > valid", () => {
    expect(merge([valid!, unknown!, valid!]).verdict).toBe("unknown");
    expect(merge([valid!, invalid!, unknown!]).verdict).toBe("invalid");
    expect(merge([valid!]).verdict).toBe("valid");
    expect(merge([invalid!, { ...invalid! }])).toBe(invalid);
    expect(merge([])).toEqual({
      checker: "none",
      verdict: "unknown",
      reason: "Nothing was checked.",
    });
  });

  test("a checker that throws is unknown", async () => {
    const broken = {
      name: "broken",
      check: () => {
        throw new Error("no memory");
      },
    };
    const history = { header, operations: [op(0, "add", 1)] };
    expect(await runChecker(broken, history)).toEqual({
      checker: "broken",
      verdict: "unknown",
      reason: "The checker failed: no memory",
    });
  });

  test("no completed operation is unknown, whatever the checker says", async () => {
    const history = { header, operations: [op(0, "add", 1, info)] };
    expect(await runChecker({ name: "c", check: () => valid! }, history)).toMatchObject({
      verdict: "unknown",
      reason: "No operation completed, so there is nothing to judge.",
    });
  });

  test("a model that is not there", () => {
    expect(() => checkerFor("nope")).toThrow('There is no model "nope"; there are ');
  });
});
