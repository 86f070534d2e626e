/** The other half is in tests/honest/sentences.test.ts: the same stories on real servers. */
import { describe, expect, test } from "vitest";
import type { Fact, Values } from "../backends/step-facts.ts";
import type { Trace, TraceStep } from "../schedules/trace.ts";
import { explain } from "./sentence.ts";

const step = (
  client: number,
  kind: TraceStep["kind"],
  more: Partial<TraceStep> = {},
): TraceStep => ({
  client,
  operation: 1,
  statement: kind,
  kind,
  keys: undefined,
  ...more,
});

const of_alice = { table: "account", where: { id: "alice" }, isAll: true, rows: 1 };

const read = (client: number, columns: Values, more: Partial<Fact> = {}): TraceStep =>
  step(client, "read", {
    facts: [{ does: "find", ...of_alice, found: [{ columns, computed: {} }], ...more }],
  });

const write = (
  client: number,
  assigned: NonNullable<Fact["assigned"]>,
  more: Partial<Fact> = {},
): TraceStep =>
  step(client, "write", { facts: [{ does: "change", ...of_alice, assigned, ...more }] });

const edge = (client: number, kind: "begin" | "commit" | "rollback"): TraceStep =>
  step(client, kind, { facts: [] });

function told(...steps: TraceStep[]): string {
  const trace: Trace = {
    operations: [1, 1, 1],
    choices: [],
    faults: [],
    steps,
    results: [1, 2, 3].map((client) => ({ client, operation: 1, status: "ok" })),
    ending: { kind: "ended" },
  };
  return explain(trace, { kind: "lost", message: "one is lost" });
}

const nothing = "one is lost.";
const lost =
  "client 1 read balance = 100 of account alice; client 2 wrote balance = 70; client 1 then wrote balance = 40 over it without having seen client 2's 70.";

describe("a lost update", () => {
  test("is told with its row, its column and its values", () => {
    expect(
      told(read(1, { balance: "100" }), write(2, { balance: "70" }), write(1, { balance: "40" })),
    ).toBe(lost);
  });

  test("also where only another column was read again", () => {
    const [before, after] = [read(1, { balance: "100" }), write(2, { balance: "70" })];
    const again = (...names: string[]) =>
      told(before, after, read(1, { id: "alice" }, { names }), write(1, { balance: "40" }));
    expect(again("id")).toBe(lost);
    expect(again("id", "balance")).toBe(nothing);
  });

  const missing = { rows: 0, found: [] };
  const nothing_there =
    "client 1 and client 2 both found nothing at account alice; client 2 wrote balance = 5; client 1 then wrote balance = 3 over it without having seen client 2's 5.";
  test("of a row that was not there yet", () => {
    const [one, two] = [read(1, {}, missing), read(2, {}, missing)];
    expect(told(one, two, write(2, { balance: "5" }), write(1, { balance: "3" }))).toBe(
      nothing_there,
    );
  });

  test("but not where the row was seen later, by whatever column", () => {
    const [before, after] = [read(1, {}, missing), write(2, { balance: "5" })];
    const again = read(1, { id: "alice" }, { names: ["id"] });
    expect(told(before, after, again, write(1, { balance: "3" }))).toBe(nothing);
  });

  test("but not where something narrower was not there", () => {
    const open = { ...missing, where: { id: "alice", state: "open" } };
    const [one, two] = [read(1, {}, open), read(2, {}, open)];
    expect(told(one, two, write(2, { balance: "5" }), write(1, { balance: "3" }))).toBe(nothing);
  });

  test("in transactions, of which the later one had to wait", () => {
    expect(
      told(
        edge(1, "begin"),
        read(1, { balance: "100" }),
        edge(2, "begin"),
        write(2, { balance: "70" }),
        { ...write(1, { balance: "40" }), waited: true, releasedBy: 5 },
        edge(2, "commit"),
        edge(1, "commit"),
      ),
    ).toBe(lost);
  });

  test.each<[string, TraceStep[]]>([
    [
      "another row",
      [
        read(1, { balance: "100" }),
        write(2, { balance: "70" }, { where: { id: "bob" } }),
        write(1, { balance: "40" }),
      ],
    ],
    [
      "another table",
      [
        read(1, { balance: "100" }),
        write(2, { balance: "70" }, { table: "log" }),
        write(1, { balance: "40" }),
      ],
    ],
    [
      "another column",
      [read(1, { balance: "100" }), write(2, { version: "1" }), write(1, { balance: "40" })],
    ],
    ["not read", [write(2, { balance: "70" }), write(1, { balance: "40" })]],
    [
      "read afterwards",
      [write(2, { balance: "70" }), read(1, { balance: "70" }), write(1, { balance: "40" })],
    ],
    [
      "read once more",
      [
        read(1, { balance: "100" }),
        write(2, { balance: "70" }),
        read(1, { balance: "70" }),
        write(1, { balance: "40" }),
      ],
    ],
    [
      "what was written is what was read",
      [read(1, { balance: "100.00" }), write(2, { balance: "100" }), write(1, { balance: "40" })],
    ],
    [
      "nobody knows what was written",
      [read(1, { balance: "100" }), write(2, { balance: undefined }), write(1, { balance: "40" })],
    ],
    [
      "times that may be the same",
      [
        read(1, { at: "2026-01-01 00:00" }),
        write(2, { at: "2026-01-01T00:00Z" }),
        write(1, { at: "2026-01-02" }),
      ],
    ],
    [
      "a third one was there between",
      [
        read(1, { balance: "100" }),
        write(2, { balance: "70" }),
        write(3, { balance: undefined }),
        write(1, { balance: "40" }),
      ],
    ],
    [
      "a statement of which nobody knows what it did",
      [
        read(1, { balance: "100" }),
        write(2, { balance: "70" }),
        step(3, "write"),
        write(1, { balance: "40" }),
      ],
    ],
    [
      "a statement that may have shown it",
      [
        read(1, { balance: "100" }),
        write(2, { balance: "70" }),
        step(1, "read"),
        write(1, { balance: "40" }),
      ],
    ],
    [
      "not all rows of one name",
      [
        read(1, { balance: "100" }, { isAll: false }),
        write(2, { balance: "70" }, { isAll: false }),
        write(1, { balance: "40" }, { isAll: false }),
      ],
    ],
    [
      "several rows",
      [
        read(1, { balance: "100" }),
        write(2, { balance: "70" }, { rows: 2 }),
        write(1, { balance: "40" }, { rows: 2 }),
      ],
    ],
    [
      "nothing was changed",
      [
        read(1, { balance: "100" }),
        write(2, { balance: "70" }, { rows: 0 }),
        write(1, { balance: "40" }),
      ],
    ],
    [
      "the row is known by what is changed",
      [
        read(1, { state: "new" }, { where: { state: "new" } }),
        write(2, { state: "old" }, { where: { state: "new" } }),
        write(1, { state: "gone" }, { where: { state: "new" } }),
      ],
    ],
    [
      "refused",
      [
        read(1, { balance: "100" }),
        step(2, "write", { error: "40001" }),
        write(1, { balance: "40" }),
      ],
    ],
    [
      "rolled back",
      [
        read(1, { balance: "100" }),
        edge(2, "begin"),
        write(2, { balance: "70" }),
        edge(2, "rollback"),
        write(1, { balance: "40" }),
      ],
    ],
    [
      "rolled back by the later one",
      [
        edge(1, "begin"),
        read(1, { balance: "100" }),
        write(2, { balance: "70" }),
        write(1, { balance: "40" }),
        edge(1, "rollback"),
      ],
    ],
    [
      "taken back after an error",
      [
        read(1, { balance: "100" }),
        edge(2, "begin"),
        write(2, { balance: "70" }),
        step(2, "write", { error: "23505" }),
        edge(2, "commit"),
        write(1, { balance: "40" }),
      ],
    ],
    [
      "not yet committed",
      [
        read(1, { balance: "100" }),
        edge(2, "begin"),
        write(2, { balance: "70" }),
        write(1, { balance: "40" }),
        edge(2, "commit"),
      ],
    ],
  ])("is not told: %s", (_, steps) => {
    expect(told(...steps)).toBe(nothing);
  });

  test("of two rows that are written as wholes, each with its key", () => {
    const bob = write(2, { id: "bob", balance: "160" }, { where: { id: "bob" } });
    const whole = write(1, { id: "alice", balance: "40" });
    expect(told(read(1, { balance: "100" }), write(2, { balance: "70" }), bob, whole)).toBe(lost);
  });

  test("what ORMs write: LIMIT 1, another condition beside the key", () => {
    expect(
      told(
        read(1, { balance: "100", id: "alice" }, { isAll: false }),
        write(2, { balance: "70" }),
        write(1, { balance: "40" }, { where: { id: "alice", version: "0" } }),
      ),
    ).toBe(lost);
  });
});

describe("changes in place", () => {
  test("after both had read the same", () => {
    expect(
      told(
        read(1, { n: "1" }),
        read(2, { n: "1" }),
        write(2, { n: undefined }),
        write(1, { n: undefined }),
      ),
    ).toBe(
      "client 1 and client 2 both read n = 1 of account alice; client 2 updated n; client 1 then updated it, too, without having read it again.",
    );
  });

  test("are no writes over another's; what was written over them is", () => {
    const added = (client: number, n: string): TraceStep =>
      write(client, { n: undefined }, { became: { n } });
    expect(told(read(1, { n: "5" }), read(2, { n: "5" }), added(2, "4"), added(1, "3"))).toBe(
      "client 1 and client 2 both read n = 5 of account alice; client 2 updated n; client 1 then updated it, too, without having read it again.",
    );
    expect(told(read(1, { n: "5" }), added(2, "6"), write(1, { n: "1" }))).toBe(
      "client 1 read n = 5 of account alice; client 2 updated n to 6; client 1 then wrote n = 1 over it without having seen client 2's 6.",
    );
  });

  test("are not told where the later one read the change", () => {
    expect(
      told(
        read(2, { n: "1" }),
        write(2, { n: undefined }),
        read(1, { n: "0" }),
        write(1, { n: undefined }),
      ),
    ).toBe(nothing);
  });
});

describe("inserts after a look", () => {
  const look = (client: number, more: Partial<Fact> = {}): TraceStep =>
    step(client, "read", {
      facts: [
        {
          does: "find",
          table: "booking",
          where: { room: "7" },
          isAll: true,
          rows: 0,
          found: [],
          ...more,
        },
      ],
    });
  const insert = (client: number, table = "booking"): TraceStep =>
    step(client, "write", {
      facts: [{ does: "insert", table, where: {}, isAll: false, rows: 1, assigned: { room: "7" } }],
    });

  test("that found nothing", () => {
    expect(told(look(1), look(2), insert(2), insert(1))).toBe(
      "client 1 and client 2 both found no row in booking (room = 7); client 2 inserted a row into booking; client 1 then inserted one, too, without having looked again.",
    );
  });

  test.each<[string, TraceStep[]]>([
    ["one after the other", [look(2), insert(2), look(1), insert(1)]],
    ["into another table", [look(1), look(2), insert(2, "log"), insert(1, "log")]],
    ["they found a row", [look(1, { rows: 1 }), look(2, { rows: 1 }), insert(2), insert(1)]],
    ["it looked again", [look(1), look(2), insert(2), step(1, "read"), insert(1)]],
  ])("are not told: %s", (_, steps) => {
    expect(told(...steps)).toBe(nothing);
  });
});

test("a lost reply is no more than that", () => {
  expect(told(step(1, "write", { fault: "lose reply", error: "08006" }))).toBe(
    "the server's reply to client 1's `write` was lost: client 1 saw error 08006.",
  );
});
