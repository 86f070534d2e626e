import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { EdnReader } from "./edn.ts";
import { type ReadOptions, readHistory } from "./read-history.ts";

const folder = mkdtempSync(join(tmpdir(), "raceproof-formats-"));
afterAll(() => rmSync(folder, { recursive: true }));

function file(content: string): string {
  const path = join(folder, "history");
  writeFileSync(path, content);
  return path;
}

async function short(content: string, options: ReadOptions = {}): Promise<unknown[]> {
  const { operations } = await readHistory(file(content), options);
  return operations.map(({ process, f, key, input, status, output }) =>
    [process, f, key, input, status, output].filter((field) => field !== undefined),
  );
}

describe("EDN", () => {
  test.each([
    ["nil true false", null],
    ['"a\\n\\u0041\\""', 'a\nA"'],
    [":key", ":key"],
    ["[1 -2 +3 1.5e3 7N 2.5M 1/2]", [1, -2, 3, 1500, 7, 2.5, "1/2"]],
    ["12345678901234567890", 12345678901234567890n],
    ["#{1 2}", [1, 2]],
    ["(1 (2))", [1, [2]]],
    ['{:a 1 "b" 2 3 4 [5] 6}', { a: 1, b: 2, "3": 4, "[5]": 6 }],
    ['#inst "2026"', "2026"],
    ["#jepsen.history.Op{:a 1}", { a: 1 }],
    ["; comment\n #_ {:left out} 5", 5],
    ["[\\a \\newline \\(]", ["a", "\n", "("]],
    ["[##NaN ##Inf ##-Inf]", [Number.NaN, Infinity, -Infinity]],
    ["{:__proto__ 1}", JSON.parse('{"__proto__":1}')],
  ])("%s", (text, value) => {
    expect(new EdnReader(`${text} `).read()).toEqual(value);
  });

  const invoke = "{:process 0, :type :invoke, :f :write, :value 3}";
  const ok = "{:process 0, :type :ok, :f :write, :value 3}";

  test.each([
    ["one map a line", `${invoke}\n${ok}\n`],
    ["a vector", `[${invoke}\n${ok}]`],
    ["a list, comments", `; first\n(${invoke}\n; second\n${ok})`],
    ["records", `[#jepsen.history.Op${invoke} #jepsen.history.Op${ok}]`],
    ["extra fields", `[${invoke.replace("}", ", :time 5, :index 0, :error [:x nil]}")} ${ok}]`],
    [
      "nemesis",
      `[{:process :nemesis :type :info :f :start :value nil} ${invoke} {:process :nemesis :type :info :f :start} ${ok}]`,
    ],
  ])("%s", async (_, content) => {
    expect(await short(content)).toEqual([[0, "write", "", 3, "ok", 3]]);
  });

  test("keys: a field, or tuples", async () => {
    const kv =
      '{:process 0 :type :invoke :f :get :key "k" :value nil}{:process 0 :type :ok :f :get :key "k" :value "v"}';
    expect(await short(kv)).toEqual([[0, "get", "k", null, "ok", "v"]]);
    const tuples =
      "{:process 0 :type :invoke :f :read :value [7 nil]}{:process 0 :type :ok :f :read :value [7 1]}";
    expect(await short(tuples, { independent: true })).toEqual([[0, "read", "7", null, "ok", 1]]);
    expect(await short(tuples, { independent: false })).toEqual([
      [0, "read", "", [7, null], "ok", [7, 1]],
    ]);
  });

  test("info ends a process, fail did not happen, add tells nothing", async () => {
    const content = `[{:process 0 :type :invoke :f :add :value 1} {:process 0 :type :info :f :add :value 1 :error :timeout}
      {:process 5 :type :invoke :f :add :value 1} {:process 5 :type :fail :f :add :value 1}
      {:process 5 :type :invoke :f :add :value 1} {:process 5 :type :ok :f :add :value 1}]`;
    expect(await short(content)).toEqual([
      [0, "add", "", 1, "info"],
      [5, "add", "", 1, "fail"],
      [5, "add", "", 1, "ok", null],
    ]);
  });

  test("cut off in the middle", async () => {
    const { operations, notes } = await readHistory(file(`[${invoke}\n${ok.slice(0, 20)}`));
    expect(operations[0]?.status).toBe("info");
    expect(notes).toEqual([
      "The history is cut off in the middle of line 2; what was whole was judged.",
    ]);
  });

  test("a vector on one line that is longer than a piece", async () => {
    const many = Array.from({ length: 30_000 }, () => `${invoke} ${ok}`).join(" ");
    expect((await readHistory(file(`[${many}]`))).operations).toHaveLength(30_000);
  });

  test.each([
    ["line 2, column 1: an event must be a map, or [process type f value].", `${invoke}\n5\n`],
    [
      "line 2, column 3: :type must be :invoke, :ok, :fail or :info, not done.",
      `${invoke}\n  {:process 0 :type :done}\n`,
    ],
    ["line 1, column 1: a map has a key without a value.", "{:process}"],
    ['line 1, column 3: "]" is not expected here.', "[]]"],
    [
      "line 2: process 0 starts an operation, but its last one (line 1) has not returned.",
      `${invoke}\n${invoke}\n`,
    ],
  ])("%s", async (sentence, content) => {
    await expect(readHistory(file(content))).rejects.toThrow(sentence);
  });
});

describe("Jepsen's text log", () => {
  test("operations among other lines, tabs or spaces", async () => {
    const content = `INFO  jepsen.core - starting
INFO  jepsen.util - 0\t:invoke\t:cas\t[1 2]
INFO  jepsen.util - 1 :invoke :read nil
INFO  jepsen.util - :nemesis\t:info\t:start\tnil
INFO  jepsen.util - 0\t:info\t:cas\t:timed-out
INFO  jepsen.util - 1 :ok :read 2`;
    expect(await short(content)).toEqual([
      [0, "cas", "", [1, 2], "info"],
      [1, "read", "", null, "ok", 2],
    ]);
  });

  test("a value that is no EDN", async () => {
    await expect(readHistory(file("INFO  jepsen.util - 0\t:invoke\t:write\t}\n"))).rejects.toThrow(
      'line 1: the value is no EDN: "}" closes nothing.',
    );
  });
});

test("what is no history", async () => {
  await expect(readHistory(file("<html>"))).rejects.toThrow(
    "is no history: neither JSON lines (docs/history-format.md), nor",
  );
  await expect(readHistory(file("[1 2\n"), { format: "jsonl" })).rejects.toThrow(
    "line 1 is not JSON",
  );
});
