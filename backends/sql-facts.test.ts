import { expect, test } from "vitest";
import { factsOfSql, type SqlReply } from "./sql-facts.ts";
import { type Dialect, statementsOf } from "./sql-tokens.ts";

function factsOf(
  sql: string,
  reply: SqlReply = {},
  values: readonly unknown[] = [],
  dialect: Dialect = "postgres",
) {
  return factsOfSql(statementsOf(sql, dialect), dialect, values, reply);
}

test("what a SELECT found, of which row", () => {
  const rows = [{ balance: "100", at: new Date(0) }];
  expect(
    factsOf("SELECT balance, at FROM account WHERE id = $1 FOR UPDATE", { rows }, ["a"]),
  ).toEqual([
    {
      does: "find",
      table: "account",
      where: { id: "a" },
      isAll: true,
      names: expect.arrayContaining(["balance", "at", "id"]),
      rows: 1,
      found: [{ columns: { balance: "100" }, computed: {} }],
    },
  ]);
});

test("names as ORMs write them", () => {
  const sql = `SELECT "t"."balance" AS "t_balance", "t"."id" AS "t_id" FROM "public"."account" "t"
    WHERE ("t"."id" = $1) AND ("t"."deleted" IS NULL) LIMIT 1`;
  expect(factsOf(sql, { rows: [{ t_balance: 5, t_id: "a" }] }, ["a"])).toMatchObject([
    {
      table: "account",
      where: { id: "a" },
      isAll: false,
      found: [{ columns: { balance: "5", id: "a" } }],
    },
  ]);
  const backticks = "select `a`.`balance` from `account` as `a` where `a`.`id` = 'x' limit 1";
  expect(factsOf(backticks, { rows: [{ balance: 5 }] }, [], "mysql")).toMatchObject([
    { table: "account", where: { id: "x" }, isAll: false, found: [{ columns: { balance: "5" } }] },
  ]);
});

test("which columns a SELECT names at all", () => {
  const names = (sql: string): unknown => factsOf(sql)?.[0]?.names;
  expect(names('SELECT "a"."ID" FROM account a WHERE a.state > 1 ORDER BY n')).toEqual(
    expect.arrayContaining(["id", "state", "n"]),
  );
  for (const list of ["*", "a.*", "a", "count(*)", "to_json(a)", "id + a"])
    expect(names(`SELECT ${list} FROM account AS a`), list).toBeUndefined();
  expect(names("SELECT id FROM account WHERE account IS NULL")).toBeUndefined();
});

test("conditions that say no more than one equality", () => {
  const update = (where: string): unknown =>
    factsOf(`UPDATE account SET balance = 70 WHERE ${where}`, { changed: 1 }, ["a"]);
  for (const where of [
    "(account.id = $1 AND 1=1)",
    "id IN ($1)",
    "id IN ($1) AND (id = 'a' AND 1=1)",
    "'a' = id",
  ])
    expect(update(where), where).toMatchObject([{ where: { id: "a" }, isAll: true }]);
  for (const where of ["id = $1 AND 1=0", "id = $1 AND id = 'b'", "id = $1 AND id IN ('a', 'b')"])
    expect(update(where), where).toMatchObject([{ where: { id: "a" }, isAll: false }]);
  for (const where of ["id IN ($1, 'b')", "id NOT IN ($1)", "id IN ($1) = false", "1=1 OR id = $1"])
    expect(update(where), where).toMatchObject([{ where: {}, isAll: false }]);
});

test("a table is called as it is written, and found whatever its letters", () => {
  const sql = "SELECT Counter.v FROM Counter WHERE counter.id = 1";
  expect(factsOf(sql, { rows: [{ v: 5 }] })).toMatchObject([
    { table: "Counter", where: { id: "1" }, isAll: true, found: [{ columns: { v: "5" } }] },
  ]);
});

test("what is computed is no column, and a row of sums is none of the table", () => {
  const sql = "SELECT count(*) AS count, 1 AS max FROM booking WHERE room = 7";
  const [fact] = factsOf(sql, { rows: [{ count: "0", max: 1 }] }) ?? [];
  expect(fact).toMatchObject({
    where: { room: "7" },
    found: [{ columns: {}, computed: { count: "0", max: "1" } }],
  });
  expect(fact?.rows).toBe(undefined);
});

test("what an UPDATE assigned, outright or not", () => {
  const sql =
    "UPDATE account SET balance = $1, version = version + 1, note = 'a, b' WHERE id = $2 AND version = -0";
  expect(factsOf(sql, { changed: 1 }, [70, "a"])).toEqual([
    {
      does: "change",
      table: "account",
      where: { id: "a", version: "-0" },
      isAll: true,
      assigned: { balance: "70", version: undefined, note: "a, b" },
      rows: 1,
    },
  ]);
});

test("an INSERT makes a row; with ON CONFLICT it may change one", () => {
  const sql = "INSERT INTO account (id, v) VALUES ('a', 1)";
  expect(factsOf(sql, { changed: 1 })).toMatchObject([
    { does: "insert", table: "account", assigned: { id: "a", v: "1" }, rows: 1 },
  ]);
  expect(
    factsOf(`${sql} ON CONFLICT (id) DO UPDATE SET v = EXCLUDED.v`, { changed: 1 }),
  ).toMatchObject([{ does: "change", where: { id: "a" }, isAll: true, assigned: { v: "1" } }]);
  expect(
    factsOf(`${sql} ON CONFLICT (id) DO UPDATE SET v = account.v + 1`, { changed: 1 })?.[0]
      ?.assigned,
  ).toEqual({ id: undefined, v: undefined });
  expect(factsOf(`${sql} ON DUPLICATE KEY UPDATE v = 1`, { changed: 2 }, [], "mysql")).toBe(
    undefined,
  );
});

test("conditions that say less, or more, than these values", () => {
  for (const [where, expected] of [
    ["id = 1 AND v > 0", { where: { id: "1" }, isAll: false }],
    ["id = 1 OR id = 2", { where: {}, isAll: false }],
    ["((id = 1) AND (2 = v))", { where: { id: "1", v: "2" }, isAll: true }],
    ["id = 1 AND id = 2", { where: { id: "1" }, isAll: false }],
    ["id BETWEEN 1 AND 2", { where: {}, isAll: false }],
    ["id = NULL", { where: {}, isAll: false }],
    ["id = 1 AND t.v IS NULL", { where: { id: "1", v: null }, isAll: true }],
    ["id = 1 AND v IS NOT NULL", { where: { id: "1" }, isAll: false }],
    ["id = 1 AND v + 1 IS NULL", { where: { id: "1" }, isAll: false }],
    ["id = v", { where: {}, isAll: false }],
    ["id = lower('A')", { where: {}, isAll: false }],
    ["other.id = 1", { where: {}, isAll: false }],
    ["id = '1'::int", { where: { id: "1" }, isAll: true }],
    ["note = 'WHERE id = 2; --'", { where: { note: "WHERE id = 2; --" }, isAll: true }],
  ] as const) {
    expect(factsOf(`UPDATE t SET w = 1 WHERE ${where}`, { changed: 1 })).toMatchObject([expected]);
  }
});

test("what is not read for certain has no facts", () => {
  for (const sql of [
    "SELECT a.v FROM a JOIN b ON a.id = b.id",
    "SELECT v FROM a, b",
    "SELECT v FROM a WHERE id = (SELECT 1)",
    "SELECT DISTINCT v FROM a",
    "SELECT my_function() FROM a",
    "WITH w AS (SELECT 1) SELECT * FROM w",
    "UPDATE a SET v = my_function()",
    "UPDATE a SET (v, w) = (1, 2)",
    "INSERT INTO a SELECT 1",
    "CALL p()",
    "DO $$ $$",
    "SELECT 1; UPDATE a SET v = 1",
    "TRUNCATE a",
    "SELECT 'a",
  ])
    expect(factsOf(sql, { changed: 1, rows: [] })).toBe(undefined);
});

test("locks, sequences and the ends of transactions touch no table", () => {
  for (const sql of [
    "SELECT pg_advisory_lock(1)",
    "SELECT pg_advisory_unlock(1)",
    "SELECT nextval('s')",
    "BEGIN",
    "COMMIT",
    "SET LOCAL x = 1",
  ])
    expect(factsOf(sql, { rows: [{ v: 1 }] })).toEqual([]);
  expect(factsOf("DO RELEASE_LOCK('a')", {}, [], "mysql")).toEqual([]);
});
