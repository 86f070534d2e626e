/** A history with anything that its model does not know is refused, even where the search would not ask. */
import { describe, expect, test } from "vitest";
import type { Operation } from "../histories/event.ts";
import { operation } from "./example.test-support.ts";
import { linearizable } from "./linearizable.ts";
import { runChecker } from "./merge.ts";
import type { Model } from "./model.ts";
import { checkerFor, modelNames } from "./select.ts";

const on_lines = { invoked_line: 4, returned_line: 7 };

async function told(model: string, ...rows: Partial<Operation>[]): Promise<string> {
  const operations = rows.map((row, index) => ({
    ...operation,
    invoked: 2 * index,
    returned: 2 * index + 1,
    ...row,
  }));
  const { verdict, reason } = await runChecker(checkerFor(model), {
    header: undefined,
    operations,
  });
  return `${verdict}. ${reason}`;
}

const answered = (f: string, output: unknown, input: unknown = null): Partial<Operation> => ({
  f,
  output,
  input,
  ...on_lines,
});

describe("an operation that it does not know", () => {
  const any = ["unique", "unique-ids"];
  test.each(modelNames.filter((name) => !any.includes(name)))("%s", async (name) => {
    expect(await told(name, answered("txns", [["append", 3, 1]]))).toMatch(
      new RegExp(`^unknown\\. line 7: ${name} has no operation "txns"; it knows .*\\w\\.$`),
    );
    expect(await told(name, answered("toString", 1))).toMatch(/no operation "toString"/);
  });

  test("among others, failed or crashed", async () => {
    const get = answered("get", "");
    for (const status of ["fail", "info"] as const)
      expect(await told("kv", get, { f: "write", input: "a", status, ...on_lines })).toBe(
        'unknown. line 4: kv has no operation "write"; it knows get, put, append, delete.',
      );
  });
});

describe("a value that is missing, or is no value of its kind", () => {
  test.each([
    ["register", answered("read", undefined), "read must be answered with a value, not nothing"],
    [
      "register",
      { ...answered("write", null), input: undefined },
      "write needs a value for its input",
    ],
    ["cas-register", answered("cas", true, 7), "cas needs [from, to] for its input, not 7"],
    ["cas-register", answered("cas", "no", [1, 2]), "cas must be answered with true, false or"],
    ["counter", answered("read", undefined), "read must be answered with a whole number"],
    ["counter", answered("read", null), "read must be answered with a whole number, not null"],
    ["counter", answered("add", null, "1"), "add needs a whole number, or nothing for its input"],
    ["counter", answered("add", null, 0.1), "add needs a whole number"],
    ["kv", answered("get", undefined), "get must be answered with"],
    ["kv", answered("put", null, { a: 1 }), 'put needs a text or a number for its input, not {"a"'],
    ["mutex", answered("acquire", false), "acquire must be answered with anything but false"],
    ["queue", answered("dequeue", undefined), "dequeue must be answered with a value"],
    ["queue", { ...answered("enqueue", null), input: undefined }, "enqueue needs a value"],
    ["multi-register", answered("txn", [], [["append", 3, 1]]), "txn needs a list like [["],
    ["set", answered("read", "all"), 'read must be answered with a list, not "all"'],
    ["set", answered("contains", 1, 1), "contains must be answered with true or false, not 1"],
    ["set-at-rest", answered("read", undefined), "read must be answered with a list"],
    ["set-full", answered("read", undefined), "read must be answered with a list"],
    ["total-queue", answered("dequeue", undefined), "dequeue must be answered with a value"],
    ["total-queue", answered("drain", null), "drain must be answered with a list"],
    ["bank", answered("read", undefined), "read must be answered with"],
    ["read-modify-write", answered("update", undefined), "update must be answered with"],
    ["lost-update", answered("read", undefined), "read must be answered with"],
    ["unique-ids", answered("generate", undefined), "the ok of generate has no output"],
  ])("%s: %j", async (name, row, sentence) => {
    expect(await told(name, row)).toContain(`unknown. line 7: ${sentence}`);
  });

  test("what failed or crashed need not have one", async () => {
    const lacking = { f: "write", input: undefined, status: "fail", output: undefined } as const;
    const crashed = { f: "read", status: "info", output: undefined } as const;
    expect(await told("register", lacking, crashed, answered("read", null))).toMatch(/^valid/);
  });

  test("where the line is not known, the client is named", async () => {
    expect(await told("kv", { f: "get", output: undefined, process: 3 })).toMatch(
      /^unknown\. process 3: get must/,
    );
  });
});

describe("a model that does not say what it knows", () => {
  const appender: Model<string> = {
    name: "appender",
    init: "",
    step(text, { f, input, output }) {
      if (f === "append") return text + String(input);
      if (f === "get") return output === undefined || output === text ? text : undefined;
      if (f === "clear") return undefined;
      throw new Error(`what is ${f}?`);
    },
    observes: ({ f }) => f === "get",
    reaches: (text, { output }) => String(output).startsWith(text),
  };
  const ask = (model: Model<string>, row: Partial<Operation>): string => {
    const history = { header: undefined, operations: [{ ...operation, ...row }] };
    const { verdict, reason } = linearizable("mine", () => model).check(history);
    return `${verdict}. ${reason}`;
  };

  test("is asked for a step of each name, even if the search need not ask", () => {
    expect(ask(appender, answered("append", null, "a"))).toMatch(/^valid/);
    expect(ask(appender, answered("write", null, "a"))).toBe(
      'unknown. line 7: the model appender cannot judge write "a": what is write?.',
    );
    expect(ask(appender, answered("clear", null))).toMatch(
      /^unknown\. line 7: the model appender refuses clear, though with "reaches"/,
    );
  });

  test("needs an answer to every acknowledged operation", () => {
    expect(ask(appender, answered("get", undefined))).toBe(
      "unknown. line 7: the ok of get has no output.",
    );
  });

  test("may say what it knows", () => {
    const knowing = { ...appender, knows: { get: {}, append: {} } };
    expect(ask(knowing, answered("append", undefined, "a"))).toMatch(/^valid/);
    expect(ask(knowing, answered("clear", null))).toBe(
      'unknown. line 7: mine has no operation "clear"; it knows get, append.',
    );
  });
});
