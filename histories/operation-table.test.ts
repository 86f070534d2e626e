import { expect, test } from "vitest";
import type { HistoryEvent, Operation } from "./event.ts";
import { Pairing } from "./pair.ts";

const seed = Number(process.env["SEED"] ?? Math.floor(Math.random() * 2 ** 31));

/** A generator of numbers below one (mulberry32). */
function numbers(state: number): () => number {
  let at = state;
  return () => {
    at = (at + 0x6d2b79f5) | 0;
    let mixed = Math.imul(at ^ (at >>> 15), 1 | at);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const values: readonly unknown[] = [
  ...[
    null,
    undefined,
    0,
    -0,
    1,
    -1,
    2 ** 31 - 1,
    2 ** 31,
    -(2 ** 31),
    -(2 ** 31) + 1,
    -(2 ** 31) + 2,
  ],
  ...[
    2 ** 53 - 1,
    0.5,
    Number.NaN,
    Number.NEGATIVE_INFINITY,
    12n,
    "",
    "a text",
    true,
    [1, null],
    { a: 1 },
  ],
];

/** All fields, also those that an operation in columns only seems to have. */
const copied = (operation: Operation): Operation => ({
  process: operation.process,
  f: operation.f,
  key: operation.key,
  input: operation.input,
  status: operation.status,
  output: operation.output,
  error: operation.error,
  invoked: operation.invoked,
  returned: operation.returned,
  invoked_ns: operation.invoked_ns,
  returned_ns: operation.returned_ns,
  invoked_line: operation.invoked_line,
  returned_line: operation.returned_line,
});

test(`operations in columns are those in objects (seed ${seed})`, () => {
  const random = numbers(seed);
  const oneOf = <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)] as T;
  const [plain, dense] = [new Pairing(), new Pairing(true, undefined, true)];
  const open = new Set<number | string>();
  // More than one block of them.
  for (let index = 0; index < 150_000; index++) {
    const process = oneOf([0, 1, 2, 3, -4, 7, 2 ** 31, "client 1"]);
    const at = { index, time_ns: index * 1_000.5, process };
    const ends: HistoryEvent[] = [
      { ...at, type: "ok", output: oneOf(values) },
      { ...at, type: "fail", error: "refused" },
      { ...at, type: "info", error: oneOf(["no answer", ""]) },
    ];
    const begins = { f: oneOf(["add", "read", "write"]), key: oneOf(["a", "b", ""]) };
    const event: HistoryEvent = open.has(process)
      ? oneOf(ends)
      : { ...at, type: "invoke", ...begins, input: oneOf(values) };
    if (event.type === "invoke") open.add(process);
    else open.delete(process);
    for (const pairing of [plain, dense]) pairing.add(event, index + 1);
  }
  const [objects, rows] = [plain.operations, dense.operations];
  expect(rows).toHaveLength(objects.length);
  const different = objects.flatMap((object, i) => {
    const row = copied(rows[i]!);
    const fields = Object.keys(row) as (keyof Operation)[];
    return fields.every((field) => Object.is(row[field], object[field])) ? [] : [{ row, object }];
  });
  expect(different).toEqual([]);
});
