import { expect, test } from "vitest";
import type { TraceStep } from "../../schedules/trace.ts";
import {
  edge,
  failureOf,
  lost_in_transactions,
  readBalance,
  traceOf,
  writeBalance,
} from "./results.test-support.ts";
import { storyOf } from "./story.ts";

const tell = (steps: readonly TraceStep[]) =>
  storyOf({ failure: failureOf(traceOf(steps)), token: "", replay: "" });

/** `client 2 goes on: 70, client 2 wrote 60`: each moment, and what is in the only place after it. */
function told(steps: readonly TraceStep[]): string[] {
  const { moments, steps: told } = tell(steps);
  return moments.map(({ step, is, state: [place] }) => {
    const open = (place?.open ?? []).map(
      ({ client, value }) => `, client ${client} wrote ${value}`,
    );
    const what = { sent: "waits", done: "goes on", whole: told[step]!.kind }[is];
    return `client ${told[step]!.client} ${what}: ${place?.value ?? "?"}${open.join("")}`;
  });
}

test("what is written is in the database once it is committed, and a waiting write not before it goes on", () => {
  expect(told(lost_in_transactions)).toEqual([
    "client 1 begin: 100",
    "client 1 read: 100",
    "client 1 write: 100, client 1 wrote 70",
    "client 2 begin: 100, client 1 wrote 70",
    "client 2 read: 100, client 1 wrote 70",
    "client 2 waits: 100, client 1 wrote 70",
    "client 1 commit: 70",
    "client 2 goes on: 70, client 2 wrote 60",
    "client 2 commit: 60",
  ]);
});

test("what is rolled back never was; a write by itself is there at once", () => {
  const rolled_back = [edge(1, "begin"), readBalance(1, "100"), writeBalance(1, "70")];
  expect(told([...rolled_back, edge(1, "rollback"), writeBalance(2, "60")])).toEqual([
    "client 1 begin: 100",
    "client 1 read: 100",
    "client 1 write: 100, client 1 wrote 70",
    "client 1 rollback: 100",
    "client 2 write: 60",
  ]);
});

test("after a step that may have written anything nothing is known, until it is written", () => {
  const { facts: _, ...opaque } = writeBalance(2, "60");
  expect(told([readBalance(1, "100"), opaque, readBalance(1, "1"), writeBalance(1, "2")])).toEqual([
    "client 1 read: 100",
    "client 2 write: ?",
    "client 1 read: ?",
    "client 1 write: 2",
  ]);
});

test("a failed write changes nothing", () => {
  const failed = { ...writeBalance(2, "60"), error: "40001" };
  expect(told([readBalance(1, "100"), failed])).toEqual([
    "client 1 read: 100",
    "client 2 write: 100",
  ]);
});

test("the steps to blame are marked, where the facts leave no doubt", () => {
  const parts = (steps: readonly TraceStep[]) =>
    tell(steps).steps.flatMap(({ client, part }) => (part ? [`${client}: ${part.text}`] : []));
  expect(parts(lost_in_transactions)).toEqual([
    "1: lost: client 2 writes over it",
    "2: does not see client 1's change",
    "2: overwrites client 1's value",
  ]);
  expect(parts([readBalance(1, "100"), writeBalance(1, "70"), readBalance(2, "70")])).toEqual([]);
});
