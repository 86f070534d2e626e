/** What files may contain, and how it is judged: there is never a verdict on something that was not looked at. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { CheckOptions } from "./check-options.ts";
import { checkShare } from "./check-share.ts";

const folder = mkdtempSync(join(tmpdir(), "raceproof-rules-"));
afterAll(() => rmSync(folder, { recursive: true }));

async function judge(
  content: string | readonly string[],
  options: Partial<CheckOptions> & { model: string },
): Promise<string> {
  const path = join(folder, "history");
  writeFileSync(path, typeof content === "string" ? content : content.join("\n"));
  const { verdict, reason, notes } = await checkShare(path, options);
  return [`${verdict}. ${reason}`, ...notes].join(" ").replaceAll(path, "FILE");
}

const edn = (process: string | number, type: string, f: string, value: string): string =>
  `{:process ${process}, :type :${type}, :f :${f}, :value ${value}}`;
const done = (process: string | number, f: string, value: string, answer = value): string =>
  `${edn(process, "invoke", f, value)}\n${edn(process, "ok", f, answer)}`;
const own = (process: number, f: string, input: unknown, output?: unknown): string =>
  `${JSON.stringify({ process, type: "invoke", f, input })}\n${JSON.stringify({ process, type: "ok", output })}`;

describe("operations that a model does not know", () => {
  test.each(["write", "txn"])("kv, %s", async (f) => {
    const line = done(0, f, '"a"');
    expect(await judge([done(0, "put", '"a"'), line], { model: "kv" })).toBe(
      `unknown. line 4: kv has no operation "${f}"; it knows get, put, append, delete.`,
    );
  });

  test("another name for them", async () => {
    const locks = [done(0, "lock", "nil"), done(1, "lock", "nil"), done(0, "unlock", "nil")];
    const rename = { lock: "acquire", unlock: "release" };
    expect(await judge(locks, { model: "mutex" })).toMatch(/no operation "lock"/);
    expect(await judge(locks, { model: "mutex", rename })).toMatch(/^invalid/);
    expect(await judge(locks[0]!, { model: "mutex", rename })).toMatch(
      /^valid.* There is no operation "unlock" to be renamed\.$/,
    );
  });
});

describe("a completion without its value", () => {
  test("is no success where a value is needed", async () => {
    const lines = [own(0, "write", 1, null), own(1, "read", null)];
    expect(await judge(lines, { model: "register" })).toBe(
      "unknown. line 4: read must be answered with a value, not nothing.",
    );
  });

  test("but is fine where none is", async () => {
    expect(
      await judge([own(0, "acquire", null), own(0, "release", null)], { model: "mutex" }),
    ).toMatch(/^valid/);
  });

  test("`value` is Jepsen's word for it", async () => {
    const event = (type: string, f: string, value: unknown): string =>
      JSON.stringify({ process: 0, type, f, value });
    const read = (value: unknown): string[] => [
      event("invoke", "write", 1),
      event("ok", "write", 1),
      event("invoke", "read", null),
      event("ok", "read", value),
    ];
    expect(await judge(read(1), { model: "register" })).toMatch(/^valid/);
    expect(await judge(read(2), { model: "register" })).toMatch(/^invalid/);
    expect(await judge(`[${read(2).join()}]`, { model: "register" })).toMatch(/^invalid/);
  });
});

describe("what is cut off, and what is broken", () => {
  const many = Array.from({ length: 1_000 }, (_, index) => done(0, "write", String(index)));
  test.each([
    ["a quote", '"'],
    ["a bracket", "["],
    ["a brace", "{"],
  ])("%s too many on line 5", async (_, stray) => {
    const lines = many.join("\n").split("\n");
    lines[4] = lines[4]!.replace(":value", `:value ${stray}`);
    expect(await judge(lines, { model: "register" })).toMatch(/^unknown\. FILE, line 5\b/);
    expect(await judge([`[${lines[0]!}`, ...lines.slice(1), "]"], { model: "register" })).toMatch(
      /^unknown\. FILE, line 5\b/,
    );
  });

  test("two quotes too many, a line apart", async () => {
    const lines = [done(0, "write", '"1'), done(0, "read", 'nil " 1'), done(0, "read", "nil", "7")];
    expect(await judge(lines, { model: "register" })).toMatch(/^unknown\. FILE, line 1/);
  });

  test("the very last form may be cut off", async () => {
    const cut = `${done(0, "write", "1")}\n${done(1, "read", "nil", "7").slice(0, -4)}`;
    const note = "The history is cut off in the middle of line 4; what was whole was judged.";
    expect(await judge(cut, { model: "register" })).toBe(
      `valid. All 2 operations fit into one order. ${note}`,
    );
    expect(await judge(`[${cut}`, { model: "register" })).toMatch(/^valid/);
  });

  test("JSON: only the last line, wherever it is cut", async () => {
    const whole = own(0, "write", { a: [1, "b\u00e9", true, null] }, null);
    const last = JSON.stringify({
      process: 1,
      type: "invoke",
      f: "read",
      input: { b: [-1.5e3, "x\n"] },
    });
    for (let length = 1; length < last.length; length++) {
      const told = await judge([whole, last.slice(0, length)], { model: "register" });
      expect(told).toMatch(/^valid\..* The last line \(3\) is cut off/);
      const more = await judge([whole, last.slice(0, length), last], { model: "register" });
      expect(more).toMatch(/^unknown\. FILE, line 3 is not JSON/);
    }
    expect(await judge([whole, "not json"], { model: "register" })).toMatch(/^unknown/);
  });

  test("a line separator inside of a line ends no line", async () => {
    const log = ["INFO  jepsen.util - ", "invoke", "ok"]
      .slice(1)
      .map((type) => `INFO  jepsen.util - 0\t:${type}\t:write\t"a\u2028b"`);
    const read = [
      `INFO  jepsen.util - 0\t:invoke\t:read\tnil`,
      `INFO  jepsen.util - 0\t:ok\t:read\t"c"`,
    ];
    expect(await judge([...log, ...read], { model: "register" })).toMatch(/^invalid/);
  });

  test("lines that are passed over are counted", async () => {
    const lines = [
      "INFO jepsen.core - hello",
      ...["invoke", "ok"].map((type) => `INFO  jepsen.util - 0\t:${type}\t:write\t1`),
      "bye",
    ];
    expect(await judge(lines, { model: "register" })).toMatch(
      /^valid.* 2 of 4 lines are no operations and were passed over, the first is line 1\.$/,
    );
  });

  test("an operation of a log that is not whole, and not the last line", async () => {
    const lines = ["INFO  jepsen.util - 0\t:invoke", "INFO  jepsen.util - 0\t:ok\t:write\t1"];
    expect(await judge(lines, { model: "register", format: "jepsen-log" })).toMatch(
      /^unknown\. FILE, line 1: the operation has no :f\./,
    );
  });
});

describe("EDN that cannot be", () => {
  const write = done(0, "write", "1");
  test.each([
    [
      "a key twice",
      write.replace("}", ", :f :read}"),
      "line 1, column 1: a map has the key f twice",
    ],
    ["a key twice, in a value", done(0, "write", "{:a 1 :a 2}"), "a map has the key a twice"],
    ["an element twice", done(0, "write", "#{[1] 2 [1]}"), "a set has [1] twice"],
    [
      "two lists",
      `[${write}]\n[${write}]`,
      "line 3, column 1: the list of events has ended, and another",
    ],
    [
      "events after the list",
      `[${write}]\n${write}`,
      "line 3, column 1: the list of events has ended, but",
    ],
    ["a list after events", `${write}\n[${write}]`, 'line 3, column 1: "[" is not expected here'],
    [
      "the completion of something else",
      `${edn(0, "invoke", "write", "1")}\n${edn(0, "ok", "read", "1")}`,
      'line 2: process 0 has the "ok" of "read", but it invoked "write"',
    ],
    [
      "no process",
      "{:type :invoke, :f :read}",
      "the process must be a number or a name, not missing",
    ],
    ["no :f", "{:process 0, :type :invoke}", "an invoke needs :f"],
    [
      "too deep",
      done(0, "write", `${"[".repeat(5_000)}${"]".repeat(5_000)}`),
      "nested more than 1000 deep",
    ],
  ])("%s", async (_, content, sentence) => {
    const told = await judge(content, { model: "register" });
    expect(told).toMatch(/^unknown\. FILE, line/);
    expect(told).toContain(sentence);
  });

  test("JSON, too", async () => {
    const deep = `${'{"a":'.repeat(5_000)}1${"}".repeat(5_000)}`;
    const lines = (value: string): string =>
      `{"process":0,"type":"invoke","f":"write","input":${value}}\n{"process":0,"type":"ok","output":null}\n`;
    expect(await judge(lines(deep), { model: "register" })).toMatch(/line 1 .*1000 deep/);
    expect(await judge(lines('{"a":1,"a":2, "b" :3}'), { model: "register" })).toMatch(
      /line 1 .*key a twice/,
    );
    expect(await judge(lines('{"a":1,"a":2}'), { model: "register" })).toMatch(
      /line 1 .*key a twice/,
    );
    expect(await judge(lines('"\\":"'), { model: "register" })).toMatch(/^valid/);
  });
});

describe("a completion that repeats", () => {
  const ends = (type: string, more: string): string[] => [
    own(1, "write", 0, null),
    '{"process":0,"type":"invoke","f":"write","key":"a","input":1}',
    `{"process":0,"type":"${type}","output":null,${more}}`,
  ];
  test.each(["ok", "fail", "info"])("in JSON, the %s of something else", async (type) => {
    const told = (more: string): Promise<string> => judge(ends(type, more), { model: "register" });
    for (const same of ['"f":"write","key":"a"', '"f":null,"key":null', '"f":"","key":""'])
      expect(await told(same)).toMatch(/^valid/);
    expect(await told('"f":7')).toMatch(/^unknown.*line 4: "f" must be a string/);
    expect(await told('"f":"read"')).toMatch(/^unknown.*line 4: .* of "read", but it invoked/);
    expect(await told('"key":"b"')).toMatch(/^unknown.*line 4: .* of key b, but it invoked key a/);
    expect(await told('"key":7')).toMatch(/^unknown.*line 4: "key" must be a string/);
  });

  test("in EDN, no key", async () => {
    const lines = [edn(0, "invoke", "write", "1, :key :a"), edn(0, "ok", "write", "1")];
    expect(await judge(lines, { model: "register" })).toMatch(/^valid/);
  });

  test("a key that is a map, whatever the order of its keys", async () => {
    const lines = [done(0, "write", "[{:a 1 :b 2} 5]", "[{:b 2 :a 1} 5]")];
    const read = (value: number): string =>
      done(1, "read", "[{:b 2 :a 1} nil]", `[{:a 1 :b 2} ${value}]`);
    const options = { model: "register", independent: true };
    expect(await judge([...lines, read(5)], options)).toMatch(/^valid/);
    expect(await judge([...lines, read(6)], options)).toMatch(/^invalid/);
  });
});

describe("processes", () => {
  test.each([":c1", '"client-a"', "c1"])("%s is a client", async (name) => {
    const lines = [done(name, "write", "1"), done(name, "read", "nil", "2")];
    expect(await judge(lines, { model: "register" })).toMatch(/^invalid\. process /);
  });

  test.each([":nemesis", '"nemesis"'])("%s is none", async (name) => {
    const lines = [done(name, "start", "1"), done(0, "write", "1")];
    expect(await judge(lines, { model: "register" })).toBe(
      "valid. All 1 operations fit into one order.",
    );
  });

  test("names in JSON", async () => {
    const lines = own(0, "write", 1, null).replaceAll('"process":0', '"process":"client-a"');
    expect(await judge([lines, own(1, "read", null, 2)], { model: "register" })).toMatch(
      /^invalid/,
    );
  });
});

describe("kv", () => {
  test.each([
    ["numbers", [done(0, "put", "1"), done(1, "get", "nil", "1")], "valid"],
    ["numbers as texts", [done(0, "put", "1"), done(1, "get", "nil", '"1"')], "valid"],
    ["another number", [done(0, "put", "1"), done(1, "get", "nil", "2")], "invalid"],
    ["nil for an absent key", [done(1, "get", "nil")], "valid"],
    ["or an empty text", [done(1, "get", "nil", '""')], "valid"],
    ["but not after a put", [done(0, "put", '"a"'), done(1, "get", "nil")], "invalid"],
    ["not even of nothing", [done(0, "put", '""'), done(1, "get", "nil")], "invalid"],
    ["0 is not nothing", [done(1, "get", "nil", "0")], "invalid"],
    ["deleted", [done(0, "put", "1"), done(0, "delete", "nil"), done(1, "get", "nil")], "valid"],
  ])("%s", async (_, lines, verdict) => {
    expect(await judge(lines, { model: "kv" })).toMatch(new RegExp(`^${verdict}`));
  });

  const header = `{"raceproof":1,"backend":"b","server":"s","strategy":"x","isolation":null,"seed":1,"clients":2,"initial":0,"started":"t"}`;
  test("the header's initial number is not for texts", async () => {
    expect(await judge([header, own(0, "get", null, "")], { model: "kv" })).toMatch(/^valid/);
    expect(await judge([header, own(0, "get", null, "0")], { model: "kv" })).toMatch(/^invalid/);
    expect(await judge([header, own(0, "read", null, 0)], { model: "register" })).toMatch(/^valid/);
  });
});

describe("what everything starts with", () => {
  test.each([
    ["lost-update", 40, [done(0, "add", "1"), done(0, "read", "nil", "41")], "valid"],
    ["lost-update", 0, [done(0, "add", "1"), done(0, "read", "nil", "41")], "invalid"],
    ["lost-update", "a", [done(0, "add", "1")], "unknown"],
    ["queue", [7], [done(0, "dequeue", "nil", "7")], "valid"],
    ["queue", 7, [done(0, "dequeue", "nil", "7")], "unknown"],
    ["set", [7], [done(0, "read", "nil", "[7]")], "valid"],
    ["set", [], [done(0, "read", "nil", "[7]")], "invalid"],
    ["set", 7, [done(0, "read", "nil", "[7]")], "unknown"],
    ["mutex", true, [done(0, "release", "nil")], "valid"],
    ["mutex", false, [done(0, "release", "nil")], "invalid"],
    ["mutex", 1, [done(0, "release", "nil")], "unknown"],
    ["counter", "a", [done(0, "read", "nil", "0")], "unknown"],
    ["kv", "a", [done(0, "get", "nil", '"a"')], "valid"],
    ["kv", [], [done(0, "get", "nil", '"a"')], "unknown"],
    ["semaphore", 2, [done(0, "acquire", "1"), done(1, "acquire", "1")], "valid"],
    ["pn-counter", 5, [done(0, "add", "1"), done(0, "read", "nil", "6")], "valid"],
    ["pn-counter", 5, [done(0, "add", "1"), done(0, "read", "nil", "1")], "invalid"],
    ["set-full", [1], [done(0, "add", "1"), done(0, "read", "nil", "[1]")], "unknown"],
    ["unique-ids", 1, [done(0, "generate", "nil", "1")], "unknown"],
  ])("%s from %j: %#", async (model, initial, lines, verdict) => {
    expect(await judge(lines, { model, initial })).toMatch(new RegExp(`^${verdict}\\. [^{]*$`));
  });

  const wrong: Record<string, unknown[]> = {
    queue: [0, "a", {}, null],
    stack: [0],
    deque: [0],
    "priority-queue": [0, ["a"]],
    set: [0],
    "set-with-answers": [0],
    semaphore: [0, -1, 1.5, "2", [2], true, null],
    "multi-register": [0, "x", [1], null],
    "pn-counter": [1.5, "5", [5], null, 2n ** 60n],
    "lost-update": [1.5, 2n ** 60n],
    mutex: [2n ** 60n, null],
    kv: [[2n ** 60n]],
  };
  test.each(Object.keys(wrong))("what %s cannot start with", async (model) => {
    for (const initial of wrong[model]!)
      expect(await judge(done(0, "read", "nil", "1"), { model, initial })).toMatch(
        /^unknown\. [A-Z].*\bmust\b.*, not |^unknown\. A mutex starts held .*, not /,
      );
  });
});

test.each(["counter", "lost-update", "pn-counter"])(
  "the header's initial number is what a %s starts with, if it is whole",
  async (model) => {
    const from = (initial: number): string[] => [
      `{"raceproof":1,"backend":"b","server":"s","strategy":"x","isolation":null,"seed":1,"clients":2,"initial":${initial},"started":"t"}`,
      ...[own(0, "add", 1, null), own(0, "read", null, 6)],
    ];
    expect(await judge(from(5), { model })).toMatch(/^valid/);
    expect(await judge(from(4), { model })).toMatch(/^invalid/);
    expect(await judge(from(4.5), { model })).toMatch(/^unknown.* whole number.*, not 4\.5/);
  },
);

describe("values", () => {
  const big = (written: string, read: string): string[] => [
    `{"process":0,"type":"invoke","f":"write","input":${written}}`,
    `{"process":0,"type":"ok","output":null}`,
    `{"process":0,"type":"invoke","f":"read"}`,
    `{"process":0,"type":"ok","output":${read}}`,
  ];
  test("whole numbers of 64 bits are exact", async () => {
    const [one, other] = ["9007199254740993", "9007199254740992"];
    expect(await judge(big(one, one), { model: "register" })).toMatch(/^valid/);
    expect(await judge(big(one, other), { model: "register" })).toMatch(
      /^invalid.*nobody wrote 9007199254740992 /,
    );
    const of_edn = (written: string, read: string): string[] => [
      done(0, "write", written),
      done(0, "read", "nil", read),
    ];
    expect(await judge(of_edn(one, `${one}N`), { model: "register" })).toMatch(/^valid/);
    expect(await judge(of_edn(one, other), { model: "register" })).toMatch(/^invalid/);
    expect(await judge(of_edn("5N", "5"), { model: "register" })).toMatch(/^valid/);
  });

  test("a counter beyond 2^53", async () => {
    const rows = (last: string): string[] => [
      done(0, "add", "9007199254740991"),
      done(0, "add", "2"),
      done(0, "read", "nil", last),
    ];
    expect(await judge(rows("9007199254740993"), { model: "counter" })).toMatch(/^valid/);
    expect(await judge(rows("9007199254740992"), { model: "counter" })).toMatch(/^invalid/);
  });

  test("too large for any number", async () => {
    expect(await judge(big("5", "1e999"), { model: "register" })).toMatch(
      /^invalid.*read → Infinity/,
    );
  });

  test("ids that are maps, whatever the order of their keys", async () => {
    const ids = [
      done(0, "generate", "nil", "{:a 1 :b 2}"),
      done(1, "generate", "nil", "{:b 2 :a 1}"),
    ];
    expect(await judge(ids, { model: "unique-ids" })).toMatch(/^invalid/);
  });

  test.each([
    ["100000000000000000000", "1e20", "100000000000000000001"],
    ["9007199254740992", "9007199254740992.0", "9007199254740993.0"],
    ["-1200000000000000000000", "-1.2E+21", "-1.2e22"],
  ])("large whole numbers: %s is %s, not %s", async (one, same, other) => {
    expect(await judge(big(one, same), { model: "register" })).toMatch(/^valid/);
    expect(await judge(big(one, other), { model: "register" })).toMatch(/^invalid/);
  });

  test("sets of numbers of any size, whatever their order", async () => {
    const sets = ["9 10 10000000000000000000 ##NaN", "10000000000000000000 ##NaN 10 9"];
    const lines = [done(0, "write", `#{${sets[0]}}`), done(0, "read", "nil", `#{${sets[1]}}`)];
    expect(await judge(lines, { model: "register" })).toMatch(/^valid/);
  });

  test("sets, whatever the order of their elements", async () => {
    const sets = (read: string): string[] => [
      done(0, "write", "#{[1] 10 2 :a}"),
      done(0, "read", "nil", read),
    ];
    expect(await judge(sets("#{:a 2 10 [1]}"), { model: "register" })).toMatch(/^valid/);
    expect(await judge(sets("#{:a 2 11 [1]}"), { model: "register" })).toMatch(/^invalid/);
  });

  test("a bank's balance below 0 is wrong, as in Jepsen", async () => {
    const reads = [done(0, "read", "nil", "{0 10, 1 0}"), done(0, "read", "nil", "{0 11, 1 -1}")];
    expect(await judge(reads, { model: "bank" })).toBe(
      "invalid. process 0 read a balance of -1, below 0.",
    );
  });

  test("answers of an add that are none of the input", async () => {
    const adds = [done(0, "add", "1", "true"), done(1, "add", "1", "true")];
    expect(await judge(adds, { model: "set-with-answers" })).toMatch(/^invalid/);
  });
});

describe("independent workloads", () => {
  const tuples = [
    done(0, "write", "[1 5]"),
    done(0, "write", "[2 6]"),
    done(1, "read", "[1 nil]", "[1 5]"),
  ];
  test("are asked for, not called invalid", async () => {
    expect(await judge(tuples, { model: "register" })).toMatch(/^unknown.*say --independent/);
    expect(await judge(tuples, { model: "register", independent: true })).toMatch(/^valid/);
    expect(await judge(tuples, { model: "register", independent: false })).toMatch(/^invalid/);
  });

  test.each([
    [
      "a read that found nothing",
      "register",
      [done(0, "write", "[1 5]"), done(1, "read", "[2 nil]")],
    ],
    [
      "keys that are lists",
      "register",
      [done(0, "write", "[[1 2] 5]"), done(1, "read", "[[1 3] nil]")],
    ],
    ["no read at all", "cas-register", [done(0, "write", "[1 0]"), done(1, "cas", "[1 [0 2]]")]],
    ["no values", "mutex", [done(0, "acquire", "[1 nil]"), done(1, "acquire", "[2 nil]")]],
  ])("%s", async (_, model, lines) => {
    expect(await judge(lines, { model })).toMatch(/^unknown.*say --independent/);
    expect(await judge(lines, { model, independent: true })).toMatch(/^valid/);
    expect(await judge(lines, { model, independent: false })).toMatch(/^invalid|^unknown/);
  });

  test("in our own words", async () => {
    const start = [own(0, "write", [1, 5], null), own(0, "write", [2, 6], null)];
    const read = (value: number): string[] => [...start, own(1, "read", [1, null], [1, value])];
    expect(await judge(read(5), { model: "register" })).toMatch(/^unknown.*say --independent/);
    expect(await judge(read(5), { model: "register", independent: true })).toMatch(/^valid/);
    expect(await judge(read(6), { model: "register", independent: true })).toMatch(/^invalid/);
    const other = [...start, own(1, "read", [1, null], [2, 6])];
    expect(await judge(other, { model: "register", independent: true })).toMatch(/^unknown.*key 2/);
    expect(
      await judge([...start, own(1, "read", null, 5)], { model: "register", independent: true }),
    ).toMatch(/^unknown.*line 5: the value is null, no \[key value\]/);
  });

  test("a cas of pairs is none", async () => {
    const lines = [
      done(0, "write", "[1 2]"),
      done(1, "cas", "[[1 2] [3 4]]"),
      done(2, "cas", "[7 nil]"),
    ];
    expect(await judge(lines, { model: "register" })).toMatch(/^invalid/);
  });

  test("lists that are no tuples", async () => {
    const lists = [done(0, "write", "[1 5]"), done(1, "read", "nil", "[1 5]")];
    expect(await judge(lists, { model: "register" })).toMatch(/^valid/);
    expect(await judge(lists, { model: "register", independent: true })).toMatch(
      /^unknown\. FILE, line 3.*no \[key value\]/,
    );
  });
});

describe("a history that is not whole", () => {
  const late = [edn(3, "ok", "write", "7"), done(0, "read", "nil", "7"), done(0, "write", "1")];
  test("is judged: what began before may have happened", async () => {
    expect(await judge(late, { model: "register", initial: 0 })).toMatch(
      /^valid.* line 1: process 3 has an "ok" without an invoke before it; that was taken as "info"/,
    );
    const wrong = [...late, done(1, "read", "nil", "7")];
    expect(await judge(wrong, { model: "register", initial: 0 })).toMatch(/^invalid/);
    expect(await judge(wrong, { model: "register" })).toMatch(
      /^unknown\. By what the file has, it would be invalid: .* say it with --initial\./,
    );
  });

  test("what failed has changed nothing", async () => {
    const lines = [edn(3, "fail", "write", "7"), done(0, "write", "1")];
    expect(await judge(lines, { model: "register" })).toMatch(
      /^valid.* has a "fail" without an invoke before it; that was left out, since it changed nothing\.$/,
    );
  });

  test("an answer to nobody knows what is left out", async () => {
    const lines = ['{"process":4,"type":"ok","output":7}', own(0, "write", 1, null)];
    expect(await judge(lines, { model: "register", initial: 0 })).toMatch(/^valid.* left out\.$/);
    const wrong = [...lines, own(0, "read", null, 2)];
    expect(await judge(wrong, { model: "register", initial: 0 })).toMatch(/^unknown.* not known\./);
    const ids = [lines[0]!, own(0, "generate", null, 1), own(0, "generate", null, 1)];
    expect(await judge(ids, { model: "unique-ids" })).toMatch(/^invalid/);
  });
});

test("the smallest example of the docs is what it says", async () => {
  const page = readFileSync(new URL("../docs/history-format.md", import.meta.url), "utf8");
  const example = /```json\n([^]*?)```/.exec(page)?.[1] ?? "";
  expect(await judge(example, { model: "register" })).toMatch(/^invalid\. process 2's read → 0/);
});
