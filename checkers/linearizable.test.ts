import { describe, expect, test } from "vitest";
import type { Operation } from "../histories/event.ts";
import { header as example_header } from "./example.test-support.ts";
import { linearizable } from "./linearizable.ts";
import { models } from "./models/index.ts";

const unknown = { status: "info", output: undefined, returned: Infinity } as const;

let at = 0;
function op(f: string, input: unknown, output: unknown, more: Partial<Operation> = {}): Operation {
  const invoked = at++;
  const times = { invoked, returned: at++, invoked_ns: 0, returned_ns: 0 };
  return {
    process: 0,
    f,
    key: "a",
    input,
    output,
    status: "ok",
    error: undefined,
    ...times,
    ...more,
  };
}
const history = (...operations: Operation[]) => ({ header: undefined, operations });

describe("linearizable", () => {
  test("keys are judged each by itself, and the one that is wrong is named", () => {
    const right = op("write", 1, null, { key: "b" });
    const told = linearizable("register", models["register"]!).check(
      history(right, op("write", 1, null), op("read", null, 2)),
    );
    expect(told).toMatchObject({
      verdict: "invalid",
      reason: "process 0's read → 2 is impossible: nobody wrote 2 before it returned (key a).",
    });
  });

  test("with a share of 1 in 2, every second key is judged", () => {
    const wrong = history(op("read", null, 5), op("read", null, null, { key: "b" }));
    const verdict = (index: number): string =>
      linearizable("register", models["register"]!, { share: { index, of: 2 } }).check(wrong)
        .verdict;
    expect([verdict(0), verdict(1)]).toEqual(["invalid", "valid"]);
  });

  test("a crashed put that leaves the value as it is may have hidden another", () => {
    const at = (invoked: number, returned: number) => ({ invoked, returned });
    const told = linearizable("kv", models["kv"]!).check(
      history(
        op("append", "a", null, at(0, 9)),
        op("get", null, "a", at(1, 2)),
        op("append", "b", null, at(3, 7)),
        op("put", "a", undefined, { invoked: 4, ...unknown }),
        op("put", "b", null, at(5, 10)),
        op("get", null, "ab", at(11, 12)),
      ),
    );
    expect(told.verdict).toBe("valid");
  });

  test("nothing is said of keys where there is only one", () => {
    const check = linearizable("register", models["register"]!);
    const valid = check.check(history(op("write", 1, null), op("read", null, 1)));
    expect(valid).toEqual({
      checker: "register",
      verdict: "valid",
      reason: "All 2 operations fit into one order.",
      figures: { operations: 2 },
    });
    expect(check.check(history(op("read", null, 1))).reason).toBe(
      "process 0's read → 1 is impossible: nobody wrote 1 before it returned.",
    );
  });

  test("the sentence is true whatever became of the crashed write", () => {
    const at = (invoked: number, returned: number) => ({ invoked, returned });
    const check = linearizable("register", models["register"]!, { initial: 0 });
    const told = check.check(
      history(
        op("write", 1, null, { process: 1, ...at(0, 3) }),
        op("write", 2, null, { process: 2, ...at(1, 2) }),
        op("write", 9, undefined, { process: 4, invoked: 4, ...unknown }),
        op("write", 8, undefined, { process: 5, ...at(5, 6), status: "fail" }),
        op("read", null, 0, { process: 3, ...at(7, 8) }),
        op("write", 8, null, { process: 5, ...at(9, 10) }),
      ),
    );
    expect(told.reason).toBe(
      "process 3's read → 0 cannot come after process 1's write 1, which had returned before it was called.",
    );
  });

  test("a witness goes through the model, step by step", () => {
    const steps = [op("write", 1, null), op("cas", [1, 2], true), op("read", null, 2)];
    const check = linearizable("register", models["register"]!, { witness: true });
    expect(check.check(history(...steps)).witness).toEqual(steps);
    expect(linearizable("register", models["register"]!).check(history(...steps)).witness).toBe(
      undefined,
    );
  });

  test("a witness is also told where a quicker way knows the verdict", () => {
    const writes = [op("write", 1, null), op("read", null, 1)];
    const register = linearizable("register", models["register"]!, { witness: true });
    expect(register.check(history(...writes)).witness).toEqual(writes);
    const adds = [op("add", 1, null), op("read", null, 1)];
    const counter = linearizable("counter", models["counter"]!, { witness: true });
    expect(counter.check(history(...adds)).witness).toEqual(adds);
  });

  test("a model of one's own is used, whatever its name", () => {
    const nothing = () => ({ name: "counter", init: 0, step: () => 0 });
    expect(linearizable("counter", nothing).check(history(op("read", null, 99))).verdict).toBe(
      "valid",
    );
  });

  test("what starts with what: the option, the header, the model", () => {
    const read = history(op("read", null, 7));
    const header = { ...example_header, initial: 7 };
    const check = (initial?: number) =>
      linearizable("counter", models["counter"]!, initial === undefined ? {} : { initial });
    expect(check().check(read).verdict).toBe("invalid");
    expect(check(7).check(read).verdict).toBe("valid");
    expect(check().check({ ...read, header }).verdict).toBe("valid");
    expect(check(8).check({ ...read, header }).verdict).toBe("invalid");
    const twice = history(op("add", -1, null), op("read", null, 1));
    const range = (initial?: number): unknown =>
      linearizable("counter", models["counter"]!, { initial }).check({ ...twice, header }).why;
    expect(range()).toMatchObject({ low: 6, high: 7 });
    expect(range(8)).toMatchObject({ low: 7, high: 8 });
  });

  test("a counter with other deltas goes through the search; one by 1 has sentence and drawing", () => {
    const check = linearizable("counter", models["counter"]!);
    expect(check.check(history(op("add", -3, null), op("read", null, -3))).verdict).toBe("valid");
    const told = check.check(history(op("add", 1, null), op("read", null, 0)));
    expect(told.reason).toBe(
      "process 0 read 0, too low: 1 increment had happened since the start.",
    );
    expect(told.drawing).toMatch(/read → 0 {3}← cannot be placed$/);
  });

  test("gives up in time, when told, and within the memory: with the reason and how far it got", () => {
    const puts = Array.from({ length: 14 }, (_, process) =>
      op("push", process >> 1, null, { process }),
    );
    const open = puts.map((put) => ({ ...put, returned: 1_000 + Number(put.process) }));
    const first = op("push", 50, null, { invoked: -2, returned: -1 });
    const last = op("pop", null, 50, { invoked: 2_000, returned: 2_001 });
    const hopeless = history(first, ...open, last);
    const check = linearizable("stack", models["stack"]!);
    const started_ms = performance.now() - 10_000;
    expect(check.check(hopeless, { timeoutMs: 1 })).toMatchObject({
      verdict: "unknown",
      reason: expect.stringMatching(/^Not decided within 0\.001 s: event \d+ of 32 was reached\.$/),
    });
    expect(
      linearizable("stack", models["stack"]!, { started_ms }).check(hopeless, { timeoutMs: 9_000 })
        .reason,
    ).toMatch(/^Not decided within 9 s/);
    expect(check.check(hopeless, { signal: AbortSignal.abort() }).reason).toMatch(
      /^Told to stop: event/,
    );
    expect(check.check(hopeless, { memoryMb: 1 }).reason).toMatch(
      /^Not decided within 1 MB: event/,
    );
    const both = [...hopeless.operations, op("pop", null, null, { key: "b" })];
    expect(check.check(history(...both), { timeoutMs: 1 }).reason).toMatch(/ \(key a\)\.$/);
    const progress = new Int32Array(1);
    linearizable("stack", models["stack"]!, { progress }).check(hopeless, { memoryMb: 1 });
    expect(progress[0]).toBeGreaterThan(0);
  });
});
