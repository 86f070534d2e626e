import { expect, test } from "vitest";
import type { TraceStep } from "../../schedules/trace.ts";
import { exampleOf } from "./example.ts";
import { edge, readBalance, traceOf, writeBalance } from "./results.test-support.ts";

const why = (steps: readonly TraceStep[]): string =>
  exampleOf(traceOf(steps)).sentence.replace(/^The clients take turns .* ends well: /, "");
const plain = (client: number, statement: string, reply: string): TraceStep => {
  const { facts: _, ...step } = writeBalance(client, "");
  return { ...step, statement, reply };
};

test("a lock: who waits for whom, and until when", () => {
  const locking = (client: number): TraceStep => ({
    ...readBalance(client, "100"),
    statement: "L",
  });
  const steps: TraceStep[] = [
    locking(1),
    { ...locking(2), waited: true, releasedBy: 2 },
    edge(1, "commit"),
  ];
  expect(why(steps)).toBe("client 2's `L` waits for client 1, until its `COMMIT`.");
});

test("a write that changes nothing, a refusal, an answer after which it begins again", () => {
  const [mine, facts] = [writeBalance(1, "70"), writeBalance(1, "70").facts!];
  const none = { ...mine, facts: [{ ...facts[0]!, rows: 0 }] };
  expect(why([readBalance(1, "100"), none, readBalance(1, "60"), mine])).toMatch(
    /^client 1's `UPDATE .*` changes no row, and client 1 tries again\.$/,
  );
  expect(why([{ ...mine, error: "40001" }, mine])).toMatch(
    /^client 1's `UPDATE .*` is refused with error 40001, and client 1 tries again\.$/,
  );
  expect(why([plain(1, "WATCH a", "OK"), plain(1, "EXEC", "nil"), plain(1, "WATCH a", "OK")])).toBe(
    "client 1's `EXEC` is answered with nil, and client 1 tries again.",
  );
});

test("what the server computes; one step each; and nothing more where there is nothing more", () => {
  const [one, two] = [1, 2].map((client): TraceStep => {
    const step = writeBalance(client, "");
    return { ...step, statement: "U", facts: [{ ...step.facts![0]!, became: { balance: "1" } }] };
  });
  expect(why([one!, two!])).toBe("the server itself computes the new value, in `U`.");
  expect(why([plain(1, "EVAL", "1"), plain(2, "EVAL", "2")])).toMatch(
    /^each operation is one step/,
  );
  expect(why([plain(1, "A", ""), plain(1, "B", ""), plain(2, "A", "")])).toBe(
    "no step waits, and none ends in an error.",
  );
});
