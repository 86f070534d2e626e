/** Which pairs of statements were seen in both orders. */
import { expect, test } from "vitest";
import { OrdersSeen } from "./coverage.ts";
import type { Trace } from "./trace.ts";

const read = "SELECT n FROM counter";
const write = "UPDATE counter SET n = 1";
const shown = "UPDATE counter SET n = …";
const other = "UPDATE log SET n = 1";

/** @param steps of clients, as `1:statement` */
function trace(...steps: readonly (readonly [client: number, statement: string])[]): Trace {
  const seen = steps.map(([client, statement]) => ({
    client,
    statement,
    operation: 1,
    kind: statement === read ? ("read" as const) : ("write" as const),
    keys: undefined,
  }));
  return {
    operations: [1, 1],
    choices: [],
    faults: [],
    steps: seen,
    results: [],
    ending: { kind: "ended" },
  };
}

test("both orders, one order, and what does not meet", () => {
  const seen = new OrdersSeen();
  seen.add(trace([1, read], [1, write], [2, read], [2, write], [2, other]));
  expect(seen.coverage()).toEqual({
    pairs: 3,
    oneOrder: [
      [
        { client: 1, statement: shown },
        { client: 2, statement: read },
      ],
      [
        { client: 1, statement: read },
        { client: 2, statement: shown },
      ],
      [
        { client: 1, statement: shown },
        { client: 2, statement: shown },
      ],
    ],
  });
  seen.add(trace([2, read], [2, write], [1, read], [2, other], [1, write]));
  expect(seen.coverage()).toEqual({ pairs: 3, oneOrder: [] });
});

test("other values make no other statement", () => {
  const seen = new OrdersSeen();
  seen.add(trace([1, write], [2, read]));
  seen.add(trace([2, read], [1, "UPDATE counter SET n = 'it''s 2'"]));
  expect(seen.coverage()).toEqual({ pairs: 1, oneOrder: [] });
});

test("two reads never matter", () => {
  const seen = new OrdersSeen();
  seen.add(trace([1, read], [2, read]));
  expect(seen.coverage().pairs).toBe(0);
});
