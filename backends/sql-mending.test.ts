import { expect, test } from "vitest";
import { atLevel, levelNamedIn, tableToLock, withLevel, withLock } from "./sql-mending.ts";

test.each([
  ["SELECT v FROM t WHERE id = $1", "SELECT v FROM t WHERE id = $1\nFOR UPDATE"],
  ["select v from Public.T as a limit 1; ", "select v from Public.T as a limit 1\nFOR UPDATE"],
  ["SELECT v FROM t -- comment", "SELECT v FROM t -- comment\nFOR UPDATE"],
  ["SELECT coalesce(v, 0) FROM t", "SELECT coalesce(v, 0) FROM t\nFOR UPDATE"],
])("%s can lock", (sql, locked) => {
  expect(withLock(sql, "postgres", "all")).toBe(locked);
  expect(tableToLock(sql, "postgres")).toBe("t");
});

test.each([
  "SELECT count(*) FROM t",
  "SELECT DISTINCT v FROM t",
  "SELECT v FROM t GROUP BY v",
  "SELECT v FROM t FOR SHARE",
  "SELECT v FROM t UNION SELECT 1",
  "SELECT v FROM t WHERE id IN (SELECT id FROM u)",
  "SELECT t.v FROM t LEFT JOIN u ON true",
  "SELECT 1",
  "SELECT v FROM t; SELECT v FROM t",
  "UPDATE t SET v = 1",
  "WITH w AS (SELECT 1) SELECT * FROM w",
  "SELECT v FROM t WHERE name = 'no end",
])("%s stays as it is", (sql) => {
  expect(withLock(sql, "postgres", "all")).toBe(sql);
});

test("only SELECTs from these tables lock", () => {
  expect(withLock("SELECT v FROM t", "postgres", ["u"])).toBe("SELECT v FROM t");
  expect(withLock("SELECT v FROM U", "postgres", ["u"])).toBe("SELECT v FROM U\nFOR UPDATE");
});

test("MySQL locks the rows behind a sum", () => {
  const sql = "SELECT COALESCE(MAX(n), 0) + 1 FROM `t`";
  expect(withLock(sql, "mysql", ["t"])).toBe(`${sql}\nFOR UPDATE`);
});

test("a weaker level is raised, in whatever statement names it", () => {
  const wanted = "SERIALIZABLE";
  expect(withLevel("BEGIN isolation  level read\n committed READ WRITE", wanted)).toBe(
    "BEGIN ISOLATION LEVEL SERIALIZABLE READ WRITE",
  );
  expect(withLevel("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ", wanted)).toBe(
    "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE",
  );
  for (const sql of [
    "BEGIN ISOLATION LEVEL SERIALIZABLE",
    "BEGIN",
    "SELECT 'isolation level read committed'",
  ])
    expect(withLevel(sql, "REPEATABLE READ")).toBe(sql);
  expect(atLevel("BEGIN ISOLATION LEVEL SERIALIZABLE", "READ COMMITTED")).toBe(
    "BEGIN ISOLATION LEVEL READ COMMITTED",
  );
  expect(levelNamedIn("start transaction isolation level read uncommitted")).toBe(
    "READ UNCOMMITTED",
  );
});
