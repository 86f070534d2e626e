import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { ledBy } from "./source.ts";

const stack = (...frames: readonly string[]): string =>
  ["Error", ...frames.map((frame) => `    at ${frame}`)].join("\n");
const own = (file: string, line: number, column: number) => ({
  to: "own code",
  source: { file, line, column },
});
const library = "Client.query (/app/node_modules/pg/lib/client.js:5:7)";
const node = "process.processTicksAndRejections (node:internal/process/task_queues:95:5)";

test("the innermost line that is neither Node's nor a library's", () => {
  expect(ledBy(stack(library, "withdraw (/app/bank.ts:3:20)", "main (/app/main.ts:9:1)"))).toEqual(
    own("/app/bank.ts", 3, 20),
  );
  expect(ledBy(stack(library, node, "async withdraw (file:///app/a%20b.js:3:20)"))).toEqual(
    own("/app/a b.js", 3, 20),
  );
  expect(ledBy(stack("Bank.pay [as take] (/app/x (1)/bank.ts?v=2:3:20)"))).toEqual(
    own("/app/x (1)/bank.ts", 3, 20),
  );
  expect(ledBy(stack("/app/x (1)/bank.ts:3:20"))).toEqual(own("/app/x (1)/bank.ts", 3, 20));
  expect(ledBy(stack("async /app/bank.ts:3:20"))).toEqual(own("/app/bank.ts", 3, 20));
});

test("our own lines are not the user's, but our examples are", () => {
  const ours = fileURLToPath(new URL("../run/lane.ts", import.meta.url));
  const example = fileURLToPath(new URL("../../examples/withdraw.test.js", import.meta.url));
  expect(ledBy(stack(`Lane.play (${ours}:1:1)`))).toEqual({ to: "the resource" });
  expect(ledBy(stack(`Lane.play (${ours}:1:1)`, `test (${example}:8:2)`))).toEqual(
    own(example, 8, 2),
  );
});

test("what is in no file is nobody's", () => {
  const frames = ["eval (eval at run (evalmachine.<anonymous>:1:1), <anonymous>:1:1)"];
  frames.push("new Promise (<anonymous>)", "async Promise.all (index 0)", "native", node);
  expect(ledBy(stack(...frames))).toEqual({ to: "the resource" });
});

test("below a callback that was bound is another's code", () => {
  const bound = "AsyncResource.runInAsyncScope (node:async_hooks:206:9)";
  expect(ledBy(stack(library, bound, "other (/app/bank.ts:3:20)"))).toEqual({ to: "the resource" });
  expect(ledBy(stack("mine (/app/bank.ts:1:1)", bound))).toEqual(own("/app/bank.ts", 1, 1));
});

test("whoever gives a connection back to a pool may set off another's request", () => {
  const released = "BoundPool._release (/app/node_modules/pg-pool/index.js:361:10)";
  expect(ledBy(stack(library, released, "other (/app/bank.ts:3:20)"))).toEqual({ to: "nowhere" });
  const lock = "Lock.release (/app/node_modules/redlock/index.js:1:1)";
  expect(ledBy(stack(library, lock, "mine (/app/bank.ts:3:20)"))).toEqual(
    own("/app/bank.ts", 3, 20),
  );
});
