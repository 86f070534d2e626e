import fc from "fast-check";
import { expect, test } from "vitest";
import type { Header, History, HistoryEvent, Operation } from "./event.ts";
import { type Format, parserFor } from "./format.ts";
import { Pairing } from "./pair.ts";
import { writeEdn } from "./write-edn.ts";
import { writeJsonl } from "./write-jsonl.ts";

const seed = Number(process.env["SEED"] ?? Math.floor(Math.random() * 2 ** 31));

function read(text: string, format: Format): History {
  const pairing = new Pairing();
  let header: Header | undefined;
  const sink = {
    header: (given: Header) => (header = given),
    event: (event: HistoryEvent, line: number) => pairing.add(event, line),
    note: (sentence: string) => expect(sentence).toBe("nothing to note"),
    doubt: (sentence: string) => expect(sentence).toBe("nothing to doubt"),
  };
  const parser = parserFor(format, sink);
  parser.push(text);
  parser.end();
  return { header, operations: pairing.operations };
}

/** Plain data that both formats can express: JSON has no -0. */
const values = fc
  .json({ maxDepth: 3 })
  .filter(
    (text) =>
      !/":/.test(text.replace(/"(?:[^":\\]|\\.)*":/g, "")) && !/\d{16}|e[+-]?\d/i.test(text),
  )
  .map((text): unknown => JSON.parse(text));

/** What some processes do, turn by turn: each turn starts or ends an operation of one process. */
const histories = fc
  .array(
    fc.record({
      process: fc.nat(3),
      type: fc.constantFrom("ok", "fail", "info"),
      f: fc.constantFrom("read", "write", "what ever", "cas!"),
      key: fc.constantFrom("", "k", ':"'),
      value: values,
      error: fc.string(),
    }),
    { maxLength: 30 },
  )
  .map((turns) => {
    const pairing = new Pairing();
    const open = new Set<number>();
    for (const [index, { process, type, f, key, value, error }] of turns.entries()) {
      const at = { index, time_ns: 10 * index, process };
      if (!open.delete(process)) {
        open.add(process);
        pairing.add({ ...at, type: "invoke", f, key, input: value });
      } else if (type === "ok") pairing.add({ ...at, type, output: value });
      else pairing.add({ ...at, type: type === "fail" ? "fail" : "info", error });
    }
    return pairing.operations;
  });

/** Replaces event numbers by their ranks, because writing counts the events anew. */
function ranked(operations: readonly Operation[]): Operation[] {
  const times = operations
    .flatMap(({ invoked, returned }) => [invoked, returned])
    .filter(Number.isFinite)
    .sort((one, other) => one - other);
  const rank = (at: number): number => (Number.isFinite(at) ? times.indexOf(at) : at);
  return operations.map((operation) => ({
    ...operation,
    invoked: rank(operation.invoked),
    returned: rank(operation.returned),
    invoked_line: undefined,
    returned_line: undefined,
  }));
}

const header: Header = {
  raceproof: 1,
  backend: "b",
  server: "s",
  strategy: "t",
  isolation: null,
  seed: 7,
  clients: 4,
  initial: 0,
  started: "2026-01-01",
};

test("JSONL that is written reads as the same history", () => {
  console.log(`seed ${seed}`);
  fc.assert(
    fc.property(histories, fc.boolean(), (operations, headed) => {
      const given = { header: headed ? header : undefined, operations };
      const back = read(writeJsonl(given), "jsonl");
      expect(back.header).toEqual(given.header);
      expect(ranked(back.operations)).toEqual(ranked(operations));
    }),
    { seed, numRuns: 300 },
  );
});

test("EDN that is written reads as the same operations", () => {
  console.log(`seed ${seed}`);
  fc.assert(
    fc.property(histories, (operations) => {
      expect(ranked(read(writeEdn({ operations }), "edn").operations)).toEqual(ranked(operations));
    }),
    { seed, numRuns: 300 },
  );
});

test("EDN looks like Jepsen's", () => {
  const [operation] = read("{:process 3 :type :invoke :f :cas :value [1 2]}", "edn").operations;
  const done = { ...operation!, status: "ok", output: { a: [true, "x\n"] }, returned: 1 } as const;
  expect(writeEdn({ operations: [done] })).toBe(
    '{:process 3, :type :invoke, :f :cas, :value [1 2], :time 0}\n{:process 3, :type :ok, :f :cas, :value {:a [true "x\\n"]}, :time 0}\n',
  );
});

test("in EDN a string that begins with a colon is no keyword, also as the key of a map", () => {
  const lines = `{:process 0, :type :invoke, :f :write, :value {":a" 1, :b 2}}\n`;
  expect(read(lines, "edn").operations).toMatchObject([{ input: { ":a": 1, b: 2 } }]);
});
