import { expect, test } from "vitest";
import type { Step } from "../../backends/backend.ts";
import { WrappedOperation } from "./wrapped-operation.ts";

const connection = () => {
  const ends: string[] = [];
  return { ends, endTransaction: async (how: string) => void ends.push(how) };
};

/** Which of these requests go into the transaction. */
function taken(
  operation: WrappedOperation,
  on: ReturnType<typeof connection>,
  kinds: Step["kind"][],
) {
  return kinds.map((kind) => operation.takes(on, { kind }));
}

test("all statements go into one transaction, which ends once", async () => {
  const [operation, on] = [new WrappedOperation(), connection()];
  expect(taken(operation, on, ["read", "write"])).toEqual([true, true]);
  expect([operation.begins(), operation.begins()]).toEqual([true, false]);
  await operation.end("commit");
  expect(on.ends).toEqual(["commit"]);
  expect(operation.obstacle).toBe(undefined);
});

test("the program's own transaction is left as it is", async () => {
  const [operation, on] = [new WrappedOperation(), connection()];
  expect(taken(operation, on, ["begin", "read", "commit"])).toEqual([false, false, false]);
  await operation.end("commit");
  expect(on.ends).toEqual([]);
  expect(operation.obstacle).toBe(undefined);
});

test("a transaction of its own among other statements cannot be put into one", () => {
  const before = new WrappedOperation();
  taken(before, connection(), ["read", "begin"]);
  expect(before.obstacle).toBe("a transaction of its own");
  const after = new WrappedOperation();
  taken(after, connection(), ["begin", "write", "commit", "read"]);
  expect(after.obstacle).toBe("a transaction of its own");
});

test("neither can statements on several connections", () => {
  const operation = new WrappedOperation();
  taken(operation, connection(), ["read"]);
  expect(taken(operation, connection(), ["write"])).toEqual([false]);
  expect(operation.obstacle).toBe("several connections");
});
