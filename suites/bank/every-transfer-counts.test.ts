import { describe, expect, test } from "vitest";
import type { History, Operation } from "../../histories/event.ts";
import { everyTransferCounts } from "./every-transfer-counts.ts";
import type { Balances, Transfer } from "./transfer.ts";
import { transferring } from "./workload.ts";

type Fate = readonly [Transfer, Operation["status"]];

/** These transfers, one after the other, and a read at rest. */
function history(fates: readonly Fate[], at_rest: Balances): History {
  const made = (
    f: string,
    input: unknown,
    status: Operation["status"],
    output: unknown,
    i: number,
  ) => ({
    process: i,
    f,
    key: "bank",
    input,
    status,
    output,
    error: undefined,
    invoked: 2 * i,
    returned: status === "info" ? Infinity : 2 * i + 1,
    invoked_ns: 2 * i,
    returned_ns: 2 * i + 1,
  });
  const transfers = fates.map(([input, status], i) => made("transfer", input, status, null, i));
  const read = made("read", null, "ok", at_rest, fates.length);
  return { header: undefined, operations: [...transfers, read] };
}

const anomalyIn = (of: History): string | undefined =>
  transferring.classify(transferring.checkers.map((checker) => checker.check(of, {}) as never));

const sixty = (to: string): Transfer => ({ from: "a", to, amount: 60 });

describe("a bank", () => {
  test("is right when all that was acknowledged, and no more, is in the balances", () => {
    expect(anomalyIn(history([[sixty("b"), "ok"]], { a: 40, b: 160, c: 100 }))).toBeUndefined();
    expect(anomalyIn(history([[sixty("b"), "fail"]], { a: 100, b: 100, c: 100 }))).toBeUndefined();
  });

  test("may or may not have done a transfer of unknown outcome", () => {
    const fates: Fate[] = [[sixty("b"), "info"]];
    expect(anomalyIn(history(fates, { a: 40, b: 160, c: 100 }))).toBeUndefined();
    expect(anomalyIn(history(fates, { a: 100, b: 100, c: 100 }))).toBeUndefined();
    expect(anomalyIn(history(fates, { a: 10, b: 190, c: 100 }))).toBe("wrong balance");
  });

  const one = [sixty("b")];
  const two = [sixty("b"), sixty("c")];
  test.each([
    ["made money", two, { a: 40, b: 160, c: 160 }, "wrong total"],
    ["lost money", one, { a: 40, b: 100, c: 100 }, "wrong total"],
    ["paid more than there was", two, { a: -20, b: 160, c: 160 }, "overdrawn"],
    ["forgot a transfer", one, { a: 100, b: 100, c: 100 }, "wrong balance"],
    ["paid the wrong account", one, { a: 40, b: 100, c: 160 }, "wrong balance"],
  ])("has %s", (_, transfers, at_rest, anomaly) => {
    const fates = transfers.map((transfer): Fate => [transfer, "ok"]);
    expect(anomalyIn(history(fates, at_rest))).toBe(anomaly);
  });

  test("that nobody read at rest has no verdict", () => {
    const { operations } = history([[sixty("b"), "ok"]], { a: 40, b: 160, c: 100 });
    const unread = { header: undefined, operations: operations.slice(0, 1) };
    expect(everyTransferCounts.check(unread).verdict).toBe("unknown");
  });
});
