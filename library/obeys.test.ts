import { expect, test } from "vitest";
import type { HistoryEvent } from "../histories/event.ts";
import { obeys } from "./obeys.ts";

/** Two clients; client 1 goes on as process 3 after an operation of unknown outcome. */
function reasonFor(answer: number, final?: number): Promise<unknown> {
  const invoke = (process: number, f: string, input: unknown) =>
    ({ process, type: "invoke", f, key: "x", input }) as const;
  const events: HistoryEvent[] = [
    invoke(1, "write", 1),
    { process: 1, type: "info", error: "connection lost" } as const,
    invoke(2, "write", 2),
    { process: 2, type: "ok", output: null } as const,
    invoke(3, "read", null),
    { process: 3, type: "ok", output: answer } as const,
  ].map((event, index) => ({ ...event, index, time_ns: index }));
  const check = obeys("register", {
    initial: 0,
    ...(final === undefined ? {} : { final: async () => ({ f: "read", output: final }) }),
  });
  const trace = {
    operations: [2, 1],
    choices: [],
    faults: [],
    steps: [],
    results: [],
    ending: { kind: "ended" },
  } as const;
  return check(undefined, { key: "x", events, trace }).then(
    () => undefined,
    (error: Error) => error.message,
  );
}

test("a reason names clients like the table of steps, also after an unknown outcome", async () => {
  expect(await reasonFor(2)).toBeUndefined();
  expect(await reasonFor(5)).toMatch(/^client 1's read → 5 is impossible/);
});

test("the final read is the check's", async () => {
  expect(await reasonFor(2, 2)).toBeUndefined();
  expect(await reasonFor(2, 7)).toMatch(/^the check's read → 7 is impossible/);
});
