/** Files as other tools write them: the format is told from the content, and the verdict is right. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { checkShare } from "./check-share.ts";

const folder = mkdtempSync(join(tmpdir(), "raceproof-others-"));
afterAll(() => rmSync(folder, { recursive: true }));

async function judge(content: string, model: string, initial?: unknown): Promise<string> {
  const path = join(folder, "history");
  writeFileSync(path, content);
  const given = initial === undefined ? {} : { initial };
  const { verdict, reason, notes } = await checkShare(path, { model, ...given });
  return [`${verdict}. ${reason}`, ...notes].join(" ").replaceAll(path, "FILE");
}

describe("Jepsen's logs of all years, and history.txt", () => {
  const rows = (answer: string): string[] => [
    "0\t:invoke\t:write\t1",
    "0\t:ok\t:write\t1",
    ":nemesis\t:info\t:start\tnil",
    "1\t:invoke\t:cas\t[1 2]",
    "1\t:info\t:cas\t[1 2]\t:timeout",
    "2\t:invoke\t:read\tnil",
    `2\t:ok\t:read\t${answer}`,
  ];
  const ways: Record<string, (row: string) => string> = {
    "2014": (row) => `INFO  jepsen.util - ${row}`,
    "2017": (row) => `INFO [2017-10-05 14:01:02,003] jepsen worker 0 - jepsen.util ${row}`,
    today: (row) => `2024-01-31 14:01:02,003{GMT}\tINFO\t[jepsen worker 1] jepsen.util: ${row}`,
    "history.txt": (row) => row,
    CRLF: (row) => `${row}\r`,
    spaces: (row) => `INFO  jepsen.util - ${row.replaceAll("\t", " ")}`,
  };
  test.each(Object.keys(ways))("%s", async (name) => {
    const text = (answer: string): string => `${rows(answer).map(ways[name]!).join("\n")}\n`;
    expect(await judge(text("2"), "cas-register")).toBe(
      "valid. All 3 operations fit into one order.",
    );
    expect(await judge(text("3"), "cas-register")).toMatch(/^invalid/);
  });

  test("among other lines", async () => {
    const text = rows("3").map(ways["today"]!).join("\n");
    const other = "2024-01-31 14:01:02,003{GMT}\tINFO\t[main] jepsen.core: Worker 3 :ok then";
    expect(await judge(`${other}\n${text}\n${other}\n`, "cas-register")).toMatch(
      /^invalid.* 2 of 9 lines are no operations and were passed over, the first is line 1\.$/,
    );
  });

  test("a process that is a name, in history.txt", async () => {
    const named = rows("3").map((row) => row.replace(/^2/, "client-b"));
    expect(await judge(named.join("\n"), "cas-register")).toMatch(/^invalid\. process client-b/);
  });

  test("a last line that is cut off", async () => {
    const text = rows('"a b"').slice(0, -1).join("\n");
    expect(await judge(`${text}\n2\t:ok\t:read\t"a`, "cas-register")).toMatch(
      /^valid.* The last line \(7\) is cut off, as by a killed run; it was left out\.$/,
    );
    expect(
      await judge(`${text}\n2\t:ok\t:read\t"a\n3\t:invoke\t:read\tnil`, "cas-register"),
    ).toMatch(/^unknown\. FILE, line 7: the value ends too early\.$/);
  });
});

describe("Knossos' vectors", () => {
  test.each([
    [
      "one a line",
      "[0 :invoke :write 1]\n[0 :ok :write 1]\n[1 :invoke :read nil]\n[1 :ok :read 2]",
    ],
    [
      "in a vector",
      "[[0 :invoke :write 1] [0 :ok :write 1]\n[1 :invoke :read nil] [1 :ok :read 2]]",
    ],
  ])("%s", async (_, text) => {
    expect(await judge(text, "register")).toMatch(/^invalid/);
    expect(await judge(text.replace(":read 2", ":read 1"), "register")).toMatch(/^valid/);
  });
});

describe("elle-cli's JSON", () => {
  const events = (held: string): unknown[] => [
    { type: "invoke", f: "acquire", process: 0, time: 341187643, index: 0 },
    { type: "ok", f: "acquire", process: 0, time: 342667129, index: 1 },
    { type: "info", f: "start", process: "nemesis", time: 342667130, value: "all", index: 2 },
    { type: "invoke", f: "acquire", process: 3, time: 371408519, index: 3 },
    { type: held, f: "acquire", process: 3, time: 371408520, error: "already-held", index: 4 },
  ];
  test.each([
    ["an array", (list: unknown[]) => JSON.stringify(list)],
    ["an array over several lines", (list: unknown[]) => JSON.stringify(list, null, 2)],
    ["one event a line", (list: unknown[]) => list.map((each) => JSON.stringify(each)).join("\n")],
    [
      "in an array, one a line",
      (list: unknown[]) => `[${list.map((each) => JSON.stringify(each)).join(",\n")}]`,
    ],
    [
      "one after the other",
      (list: unknown[]) => list.map((each) => JSON.stringify(each, null, 2)).join("\n"),
    ],
  ])("%s", async (_, write) => {
    expect(await judge(write(events("fail")), "mutex")).toMatch(/^valid/);
    expect(await judge(write(events("ok")), "mutex")).toMatch(/^invalid/);
  });

  test("balances", async () => {
    const read = (a: number, b: number): string =>
      `{"type":"invoke","f":"read","process":0,"time":1},\n{"type":"ok","f":"read","process":0,"time":2,"value":{"0":${a},"1":${b}}}`;
    expect(await judge(`[${read(6, 4)},${read(5, 5)}]`, "bank")).toMatch(/^valid/);
    expect(await judge(`[${read(6, 4)},${read(5, 4)}]`, "bank")).toMatch(/^invalid/);
  });
});

describe("PolyLin's and Fptlin's text", () => {
  test.each([
    ["# stack\npush 1 1 2\npush 2 3 4\npop 2 5 6\npop 1 7 8", "stack", "valid"],
    ["# stack\npush 1 1 2\npush 2 3 4\npop 1 5 6\npop 2 7 8\n", "stack", "invalid"],
    ["# queue\nenq 2 0 1\nenq 1 1 2\ndeq 2 2 3\ndeq 1 3 4", "queue", "valid"],
    ["# queue\nenq 2 0 1\nenq 1 1 2\ndeq 1 2 3\ndeq 2 3 4", "queue", "invalid"],
    ["# queue\nenq 2 0 3\ndeq -1 1 2\n", "queue", "valid"],
    ["# queue\nenq 2 0 1\ndeq -1 2 3\n", "queue", "invalid"],
    ["# deque\npush_front 1 1 2\npush_back 2 3 4\npop_back 1 5 6", "deque", "invalid"],
    ["# deque\npush_front 1 1 2\npush_back 2 3 4\npop_back 2 5 6", "deque", "valid"],
    ["# set\nremove 1 0 1 2\ninsert 1 1 5 7\ncontains 1 1 4 6", "set-with-answers", "valid"],
    ["# set\nINSERT 2 1 0 1\ncontains 2 0 1 2", "set-with-answers", "invalid"],
    ["# stack\n0 1 5 PUSH 1\n1 2 6 PUSH 2\n2 3 7 POP 2\n3 4 8 POP 1\n", "stack", "valid"],
    ["# stack\r\n0 1 2 PUSH 1\r\n1 2 3 PUSH 2\r\n0 3 4 POP 1\r\n1 4 5 POP 2", "stack", "invalid"],
    [
      "# set\n0 0 1 INSERT 2 1\n1 1 2 CONTAINS 2 0\n0 2 6 REMOVE 2 1",
      "set-with-answers",
      "invalid",
    ],
    [
      "# rmw\n0 1 10 READ_MODIFY_WRITE 0 2\n1 1 10 READ_MODIFY_WRITE 2 3\n",
      "cas-register",
      "valid",
    ],
    [
      "# rmw\n0 1 10 READ_MODIFY_WRITE 0 2\n1 1 10 READ_MODIFY_WRITE 0 3\n",
      "cas-register",
      "invalid",
    ],
  ])("%j by %s: %s", async (text, model, verdict) => {
    const initial = model === "cas-register" ? 0 : undefined;
    expect(await judge(text, model, initial)).toMatch(new RegExp(`^${verdict}`));
  });

  test.each([
    ["# pqueue\ninsert 5 1 3\npoll 5 6 7", "priority-queue", 'no operation "dequeue-largest"'],
    [
      "# stack\npush 1 1\n",
      "stack",
      "FILE, line 2: an operation of a stack is a method, its values",
    ],
    ["# stack\npush 1 3 2\n", "stack", "FILE, line 2: "],
    ["# stack\nenq 1 3 4\n", "stack", "FILE, line 2: "],
  ])("%j is refused", async (text, model, sentence) => {
    const told = await judge(text, model);
    expect(told).toMatch(/^unknown/);
    expect(told).toContain(sentence);
  });
});

describe("LiMo's text", () => {
  const stack = (last: string): string =>
    `# @object atomic-stack\n# why\n[1] call push(a)\n    [2] call pop\n[1] return\n    [2] return a\n\n[1] call push 3\n[1] return\n[1] call pop()\n[1] return${last}`;
  test("a stack", async () => {
    expect(await judge(stack(" 3"), "stack")).toMatch(/^valid/);
    expect(await judge(stack(" a"), "stack")).toMatch(/^invalid/);
    expect(await judge(stack(""), "stack")).toMatch(/^invalid/); // it was empty
  });

  test("a queue", async () => {
    const queue = (...answers: string[]): string =>
      `# @object atomic-queue\n[1] call deq\n[1] return empty\n[2] call enq(1)\n[2] return\n[3] call add(2)\n[3] return\n${answers.map((answer) => `[4] call remove\n[4] return ${answer}`).join("\n")}`;
    expect(await judge(queue("1", "2", "empty"), "queue")).toMatch(/^valid/);
    expect(await judge(queue("2"), "queue")).toMatch(/^invalid/);
  });

  test("an object that is none of LiMo's", async () => {
    const set = (there: boolean): string =>
      `# @object set\n[1] call add 3\n[1] return\n[1] call contains 3\n[1] return ${there}`;
    expect(await judge(set(true), "set")).toMatch(/^valid/);
    expect(await judge(set(false), "set")).toMatch(/^invalid/);
  });

  test("what is no event", async () => {
    expect(await judge("# @object atomic-queue\n[1] calls deq\n", "queue")).toMatch(
      /^unknown\. FILE, line 2: an event is "\[thread\] call name"/,
    );
  });
});

describe("operations.json of etcd's robustness tests", () => {
  const line = (
    client: number,
    input: object,
    output: object,
    call: number,
    back: number,
  ): string =>
    `${JSON.stringify({ ClientId: client, Input: input, Call: call, Output: { Error: "", ...output }, Return: back })}\n`;
  const get = (client: number, value: string | null, call: number, back: number): string =>
    line(
      client,
      { Type: "range", Range: { Start: "k", End: "", Limit: 0, Revision: 0 }, Txn: null },
      {
        Range: {
          KVs:
            value === null ? [] : [{ Key: "k", Value: { Value: value, Hash: 0 }, ModRevision: 5 }],
          Count: 1,
        },
      },
      call,
      back,
    );
  const change = (
    client: number,
    operation: object,
    output: object,
    call: number,
    back: number,
  ): string =>
    line(
      client,
      {
        Type: "txn",
        Range: null,
        Txn: { Conditions: null, OperationsOnSuccess: [operation], OperationsOnFailure: null },
      },
      output,
      call,
      back,
    );
  const put = (value: string, lease = 0): object => ({
    Type: "put-operation",
    Put: { Key: "k", Value: { Value: value, Hash: 0 }, LeaseID: lease },
  });
  const done = { Txn: { Failure: false, Results: [{ KVs: null, Count: 0, Deleted: 0 }] } };

  test("gets, puts and deletes", async () => {
    const start = get(1, null, 0, 1) + change(2, put("a"), done, 2, 5);
    const removed = change(1, { Type: "delete-operation", Delete: { Key: "k" } }, done, 8, 9);
    expect(await judge(start + get(1, "a", 3, 4) + removed + get(2, null, 10, 11), "kv")).toMatch(
      /^valid/,
    );
    expect(await judge(start + get(1, "b", 6, 7), "kv")).toMatch(/^invalid/);
    expect(await judge(start + get(1, null, 6, 7), "kv")).toMatch(/^invalid/);
    expect(await judge(start + removed + get(2, "a", 10, 11), "kv")).toMatch(/^invalid/);
  });

  test("what takes no time overlaps with what happens at the same time", async () => {
    const late = get(1, "b", 5, 5) + change(2, put("b"), done, 5, 5);
    expect(await judge(change(2, put("a"), done, 0, 1) + late, "kv")).toMatch(/^valid/);
    expect(await judge(late.replaceAll("5}", "6}"), "kv")).toMatch(/^valid/);
  });

  test("a put of unknown outcome", async () => {
    const start = change(2, put("a"), { Error: "timeout", Txn: null }, 0, 1);
    expect(await judge(start + get(1, "a", 6, 7), "kv")).toMatch(/^valid/);
    expect(await judge(start + get(1, null, 6, 7), "kv")).toMatch(/^valid/);
  });

  test("what cannot be judged is said", async () => {
    expect(await judge(get(1, "a", 6, 7), "kv")).toMatch(
      /^unknown\. By what the file has.*one client only; put those of all into one: cat/,
    );
    expect(await judge(get(1, null, 0, 1) + change(2, put("a", 7), done, 2, 3), "kv")).toMatch(
      /^unknown\. FILE, line 2: the key k has a lease/,
    );
    const range = line(
      2,
      { Type: "range", Range: { Start: "a", End: "z" } },
      { Range: { KVs: [] } },
      2,
      3,
    );
    expect(await judge(get(1, null, 0, 1) + range, "kv")).toMatch(
      /^valid.* no conditions, .* 1 requests, or parts of them, were left out/,
    );
    const reading = { Type: "range-operation", Range: { Start: "k" } };
    const both = line(
      2,
      { Type: "txn", Txn: { OperationsOnSuccess: [reading, put("b")] } },
      { Txn: { Results: [{ KVs: [{ Key: "k", Value: { Value: "?" } }] }, {}] } },
      2,
      3,
    );
    expect(await judge(get(1, null, 0, 1) + both, "kv")).toMatch(/^valid.* 1 requests, or parts/);
    expect(await judge(line(1, { Type: "range", Range: { Start: "k" } }, {}, 1, 2), "kv")).toMatch(
      /^unknown\. FILE, line 1: the "Output" has no error, and no "Range"/,
    );
    expect(await judge(get(1, null, 2, 1), "kv")).toMatch(/^unknown\. FILE, line 1: .* later one/);
  });
});

test("a binary file of Jepsen's", async () => {
  const path = join(folder, "test.jepsen");
  writeFileSync(path, Buffer.from([...Buffer.from("JEPSEN"), 0, 0, 1]));
  expect((await checkShare(path, { model: "register" })).reason).toMatch(
    /is a binary file, not a history\. Jepsen also writes history\.edn beside it; or /,
  );
});
