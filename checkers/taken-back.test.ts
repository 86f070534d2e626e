import { expect, test } from "vitest";
import type { Operation } from "../histories/event.ts";
import { counterChecker } from "./counter.ts";
import { withoutTakenBack } from "./taken-back.ts";

/** An operation by its lines in a file: the events are numbered like them. */
function operation(
  f: "add" | "read",
  [begin, end]: readonly [number, number],
  status: "ok" | "info",
  output: unknown = null,
): Operation {
  const input = f === "add" ? 1 : null;
  const error = status === "info" ? "connection lost" : undefined;
  const times = { invoked_ns: begin, returned_ns: end, invoked_line: begin, returned_line: end };
  const returned = status === "ok" ? end : Number.POSITIVE_INFINITY;
  return {
    process: begin,
    f,
    key: "a",
    input,
    status,
    output,
    error,
    invoked: begin,
    returned,
    ...times,
  };
}

/** Client 1 is told 1; client 2 begins to make it 2, client 3 reads 2; a kill; client 4 is told 2 again. */
const acknowledged = operation("add", [1, 2], "ok", 1);
const unanswered = operation("add", [3, 6], "info");
const seen = operation("read", [4, 5], "ok", 2);
const again = operation("add", [7, 8], "ok", 2);
const at_rest = operation("read", [9, 10], "ok", 2);

test("a read of what was under way when the server was killed is left out, and all fits", () => {
  const history = {
    header: undefined,
    operations: [acknowledged, unanswered, seen, again, at_rest],
  };
  expect(counterChecker.check(history)).toMatchObject({ verdict: "invalid" });
  const rest = withoutTakenBack(history)!;
  expect(rest.operations).toEqual([acknowledged, unanswered, again, at_rest]);
  expect(counterChecker.check(rest)).toMatchObject({ verdict: "valid" });
});

test("what was acknowledged is not excused by it", () => {
  const operations = [acknowledged, operation("add", [3, 6], "ok", 2), seen, again, at_rest];
  expect(withoutTakenBack({ header: undefined, operations })).toBeUndefined();
});

test("nor a read before or after what nobody knows", () => {
  const before = operation("read", [1, 2], "ok", 7);
  const after = operation("read", [7, 8], "ok", 0);
  const operations = [before, operation("add", [3, 6], "info"), after];
  expect(withoutTakenBack({ header: undefined, operations })).toBeUndefined();
});
