import { expect, test } from "vitest";
import type { HistoryEvent } from "../histories/event.ts";
import { historyOf } from "../histories/history-of.ts";
import { checkHistory } from "./check-history.ts";
import { register } from "./models/register.ts";

/** A write of 1, and a read that answers `seen`. */
const events = (seen: number): HistoryEvent[] => [
  { index: 0, time_ns: 0, process: 1, type: "invoke", f: "write", key: "x", input: 1 },
  { index: 1, time_ns: 1, process: 1, type: "ok", output: 1 },
  { index: 2, time_ns: 2, process: 2, type: "invoke", f: "read", key: "x", input: null },
  { index: 3, time_ns: 3, process: 2, type: "ok", output: seen },
];

test.each(["register", register])("a name or a model of one's own judges: %s", async (model) => {
  const right = await checkHistory(historyOf(events(1)), { model, witness: true });
  expect(right.verdict).toBe("valid");
  expect(right.witness).toHaveLength(2);
  const wrong = await checkHistory(historyOf(events(7)), { model });
  expect(wrong.verdict).toBe("invalid");
});

test("an initial value counts", async () => {
  const read_first = historyOf(events(7).slice(2));
  const judge = (initial: number) => checkHistory(read_first, { model: "register", initial });
  expect((await judge(7)).verdict).toBe("valid");
  expect((await judge(8)).verdict).toBe("invalid");
});

test("a model that there is not is an error, an empty history is unknown", async () => {
  await expect(checkHistory(historyOf([]), { model: "regsiter" })).rejects.toThrow(
    'There is no model "regsiter"',
  );
  expect((await checkHistory(historyOf([]), { model: "register" })).verdict).toBe("unknown");
});

test("events that cannot be are refused", () => {
  expect(() => historyOf(events(1).slice(1))).toThrow(
    'event 1: process 1 has an "ok" without an invoke before it.',
  );
});
