import { describe, expect, test } from "vitest";
import type { Row, TableRows } from "../backends/rows.ts";
import type { Ended } from "./ended.ts";
import { keepSetUp, learn } from "./learn.ts";
import { areSame } from "./same.ts";
import { findLinks, Soft } from "./soft.ts";

let clock_ms = 0;

interface Given {
  readonly tables?: Readonly<Record<string, readonly Row[]>>;
  readonly answers?: readonly unknown[];
  readonly sequences?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** An outcome of a run that took 10 ms, a second after the one before it. */
function ended({ tables = {}, answers = [], sequences = {} }: Given): Ended {
  clock_ms += 1_000;
  return {
    answers: answers.map((value, i) => ({
      client: i + 1,
      operation: 1,
      how: "answered",
      value,
      may_be_absent: false,
    })),
    tables: new Map(
      Object.entries(tables).map(([table, rows]): [string, TableRows] => [
        table,
        { rows, sequences: sequences[table] ?? {} },
      ]),
    ),
    began_ms: clock_ms,
    ended_ms: clock_ms + 10,
  };
}

const pairs = (one: Ended, two: Ended) =>
  one.answers.map((answer, i) => [answer, two.answers[i]!] as const);

/** Whether an outcome is the same as that of an order which was run twice. */
function isLike(twice: readonly [Given, Given], now: Given, empty?: Given): boolean | undefined {
  const soft = new Soft();
  const [one, two] = twice.map(ended) as [Ended, Ended];
  const place = learn(soft, one, two);
  if (place) throw new Error(`not steady at ${place.path}`);
  if (empty) keepSetUp(soft, ended(empty), ended(empty));
  findLinks(soft, [one]);
  const third = ended(now);
  return areSame(soft, one, third, pairs(one, third));
}

const once = (given: Given): readonly [Given, Given] => [given, given];

describe("values that stay", () => {
  const accounts = (...balances: number[]): Given => ({
    tables: {
      account: balances.map((balance, i) => ({ id: String(i), balance: String(balance) })),
    },
  });

  test("are compared as they are, in any order of rows", () => {
    expect(isLike(once(accounts(70, 40)), accounts(70, 40))).toBe(true);
    expect(isLike(once(accounts(70, 40)), accounts(70, 41))).toBe(false);
    expect(isLike(once(accounts(70, 40)), accounts(70))).toBe(false);
    const [a, b] = [{ id: "1" }, { id: "2" }];
    expect(isLike(once({ tables: { t: [a, b] } }), { tables: { t: [b, a] } })).toBe(true);
    expect(isLike(once({ answers: [[a, b]] }), { answers: [[b, a]] })).toBe(true);
  });

  test("words with digits are none that are generated, while they come again", () => {
    const owner = (name: string): Given => ({ tables: { job: [{ taken_by: name }] } });
    expect(isLike(once(owner("worker-17")), owner("worker-18"))).toBe(false);
    const uuid = (last: string): Given => owner(`3f2b8c1d-0000-4000-8000-00000000000${last}`);
    expect(isLike(once(uuid("1")), uuid("2"))).toBe(false);
  });

  test("NULL is no value, and times of the program's own data are compared", () => {
    const slot = (at: string | null): Given => ({ tables: { booking: [{ at }] } });
    expect(isLike(once(slot(null)), slot("1"))).toBe(false);
    expect(isLike(once(slot("2030-01-01 10:00:00")), slot("2030-01-01 11:00:00"))).toBe(false);
  });

  test("what is not the same when it is run again is told with its place", () => {
    const [one, two] = [ended(accounts(40)), ended(accounts(60))];
    expect(learn(new Soft(), one, two)?.path).toBe("account.balance");
    const rows = [ended(accounts(1)), ended(accounts(1, 2))] as const;
    expect(learn(new Soft(), ...rows)?.path).toBe("account");
  });
});

describe("times", () => {
  const at = (ms: number): Given => ({
    tables: { t: [{ at: new Date(Date.now() + ms).toISOString(), ms: String(Date.now() + ms) }] },
  });

  test("may be as far apart as the runs", () => {
    expect(isLike([at(0), at(1_000)], at(2_000))).toBe(true);
    expect(isLike([at(0), at(1_000)], at(3_602_000))).toBe(false);
  });

  test("that do not move with the clock are the program's own", () => {
    const slot = (next: string): Given => ({ tables: { slot: [{ next }] } });
    const twice = once(slot("2026-01-01 10:00:00.5"));
    expect(isLike(twice, slot("2026-01-01 10:00:00.5"))).toBe(true);
    expect(isLike(twice, slot("2026-01-01 10:00:01.5"))).toBe(false);
  });
});

describe("sequences", () => {
  const sequences = { orders: { id: "orders id" }, line: { order_id: "orders id" } };
  const two = (a: number, b: number, line: number, free = line, answer = a): Given => ({
    sequences,
    answers: [{ id: answer }],
    tables: {
      orders: [
        { id: String(a), who: "alice" },
        { id: String(b), who: "bob" },
      ],
      line: [{ order_id: String(line), free_id: String(free) }],
    },
  });

  test("are renamed with what refers to them, and only so", () => {
    const serial = [two(1, 2, 1), two(3, 4, 3)] as const;
    expect(isLike(serial, two(7, 9, 7))).toBe(true);
    expect(isLike(serial, two(9, 7, 9))).toBe(true);
    expect(isLike(serial, two(7, 9, 9))).toBe(false);
    expect(isLike(serial, two(7, 9, 7, 9))).toBe(false);
    expect(isLike(serial, two(7, 9, 7, 7, 9))).toBe(false);
  });

  test("also where they begin anew each time", () => {
    const serial = once(two(1, 2, 1));
    expect(isLike(serial, two(1, 3, 1))).toBe(true);
    expect(isLike(serial, two(2, 1, 2))).toBe(true);
    expect(isLike(serial, two(2, 1, 1))).toBe(false);
  });

  test("numbers that only look like those of a sequence are their own", () => {
    const invoices = (...numbers: number[]): Given => ({
      sequences: { invoice: { id: "invoice id" } },
      tables: {
        invoice: numbers.map((number, i) => ({ id: String(i + 1), number: String(number) })),
      },
    });
    expect(isLike(once(invoices(1, 2)), invoices(1, 1))).toBe(false);
    expect(isLike(once(invoices(1, 2)), invoices(2, 1))).toBe(true);
  });

  test("rows of set-up keep their numbers", () => {
    const accounts = (one: number, two: number): Given => ({
      sequences: { account: { id: "account id" } },
      tables: {
        account: [
          { id: "1", balance: String(one) },
          { id: "2", balance: String(two) },
        ],
      },
    });
    expect(isLike(once(accounts(70, 130)), accounts(130, 70), accounts(100, 100))).toBe(false);
  });

  test("two that go in step are two", () => {
    const both = { orders: { id: "orders id" }, payment: { id: "payment id" } };
    const paid = (order: number, payment: number): Given => ({
      sequences: both,
      tables: { orders: [{ id: String(order) }], payment: [{ id: String(payment) }] },
    });
    expect(isLike(once(paid(1, 1)), paid(1, 2))).toBe(true);
  });
});

describe("random words", () => {
  const session = (token: string, used = token): Given => ({
    answers: [token],
    tables: { session: [{ token, data: `{"token":"${used}"}` }] },
  });

  test("are the same wherever they are", () => {
    const twice = [session("x7Qf2kLm"), session("p9Zt4aBc")] as const;
    expect(isLike(twice, session("h3Yy8wNn"))).toBe(true);
    expect(isLike(twice, session("h3Yy8wNn", "a1Bb2cCc"))).toBe(false);
    const old = { answers: ["h3Yy8wNn"], tables: session("other1Token").tables! };
    expect(isLike(twice, old)).toBe(false);
  });
});

test("many rows that differ in nothing but their number", () => {
  const rows = (from: number, count: number): Given => ({
    sequences: { t: { id: "t id" } },
    tables: { t: Array.from({ length: count }, (_, i) => ({ id: String(from + i), a: "x" })) },
  });
  expect(isLike([rows(0, 300), rows(300, 300)], rows(900, 300))).toBe(true);
  expect(isLike([rows(0, 300), rows(300, 300)], rows(900, 299))).toBe(false);
});
