import { describe, expect, it, test } from "vitest";
import { effectsOf } from "./sql-kind.ts";

const kinds = {
  begin: ["BEGIN", "begin;", "START TRANSACTION", "BEGIN ISOLATION LEVEL SERIALIZABLE"],
  commit: ["COMMIT", "commit work;", "END"],
  rollback: ["ROLLBACK", "rollback transaction"],
  read: [
    "SELECT count_value FROM Counter WHERE id = $1",
    "SELECT v\n  FROM t WHERE name = 'for update; nextval(''x'')'",
    "SELECT count(*), coalesce(max(v), 0) FROM t WHERE id IN (1, 2)",
    "(SELECT 1) UNION (SELECT 2)",
    "SELECT v FROM t WHERE (a = 1) AND (b = 2)",
    "TABLE t",
    "/* shop; */ SELECT v FROM t WHERE name = 'it''s' -- nextval('s')",
  ],
  lock: [
    "SELECT v FROM t WHERE id = 1 FOR UPDATE",
    "SELECT v FROM t FOR NO KEY UPDATE SKIP LOCKED",
    "SELECT v FROM t FOR SHARE",
    "SELECT v FROM t LOCK IN SHARE MODE",
    "SELECT GET_LOCK('a', 10) AS locked",
    "SELECT pg_advisory_lock($1)",
    "SELECT pg_try_advisory_xact_lock(1, 2)",
  ],
  other: [
    "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE",
    "SET SESSION innodb_lock_wait_timeout = 1",
    "SAVEPOINT a",
  ],
  write: [
    "UPDATE t SET v = v + 1",
    "INSERT INTO t SELECT 1",
    "SELECT nextval('s')",
    "SELECT \"nextval\"('s')",
    "SELECT my_function()",
    "SELECT RELEASE_LOCK('a')",
    "SELECT pg_advisory_unlock(1)",
    "SELECT v INTO copy FROM t",
    "SELECT 1 INTO OUTFILE 'f'",
    "SELECT @v := 1",
    "WITH w AS (DELETE FROM t RETURNING v) SELECT * FROM w",
    "BEGIN; UPDATE t SET v = 1; COMMIT",
    "SELECT 1; DELETE FROM t",
    "START TRANSACTION WITH CONSISTENT SNAPSHOT",
    "ROLLBACK TO SAVEPOINT a",
    "COMMIT PREPARED 'x'",
    "SET GLOBAL innodb_lock_wait_timeout = 1",
    "SET SESSION autocommit = 0",
    "SET autocommit = 1",
    "EXPLAIN ANALYZE UPDATE t SET v = 1",
    "CALL p()",
    "",
  ],
} as const;

describe("what a statement can mean to others, from its text", () => {
  for (const [kind, statements] of Object.entries(kinds)) {
    for (const sql of statements) {
      it(`${kind}: ${sql}`, () => {
        for (const dialect of ["postgres", "mysql"] as const)
          expect(effectsOf(sql, dialect).effects.kind).toBe(kind);
      });
    }
  }
});

test("what one server takes for a comment or a text, another one does not", () => {
  const kinds = (sql: string) =>
    (["postgres", "mysql"] as const).map((dialect) => effectsOf(sql, dialect).effects.kind);
  expect(kinds("SELECT 5--nextval('s')")).toEqual(["read", "write"]);
  expect(kinds("SELECT 1 # it's\n, nextval('s')")).toEqual(["write", "write"]);
  expect(kinds("SELECT $$ ' $$, nextval('s')")).toEqual(["write", "write"]);
  expect(kinds("SELECT 1 /*! FOR UPDATE */")).toEqual(["read", "write"]);
  expect(kinds("SELECT 'a\\', nextval('s') --'")).toEqual(["write", "read"]);
});

const long_list = Array.from({ length: 60 }, (_, i) => `column_${i}`).join(", ");
const effects = (sql: string) => effectsOf(sql, "postgres");

test("an unlock behind the 200th character may let others go on, and the word in a text does not", () => {
  for (const unlock of ["pg_advisory_unlock(1)", "my_function()"])
    expect(effects(`SELECT ${long_list}, ${unlock} FROM t`).effects.mayUnlock).toBe(true);
  for (const sql of ["ROLLBACK TO SAVEPOINT a", "CALL p()", "DO $$ $$", "SELECT 'a"])
    expect(effects(sql).effects.mayUnlock).toBe(true);
  for (const sql of [
    "UPDATE door SET state = 'unlock', release = 1 WHERE id = 1",
    "INSERT INTO release (id, n) VALUES (nextval('s'), 1) ON CONFLICT (id) DO NOTHING",
    "SELECT v FROM t /* unlock() */ FOR UPDATE",
    "SELECT pg_advisory_xact_lock(1)",
  ])
    expect(effects(sql).effects.mayUnlock).toBe(false);
});

test("what is left in the session", () => {
  for (const sql of [
    "SET x = 1",
    "SET SESSION x = 1",
    "SELECT pg_advisory_lock(1)",
    "SELECT set_config('x', '1', false)",
    "CREATE TEMP TABLE x (a int)",
    "/* SELECT */ SET x TO 1",
  ])
    expect(effects(sql).effects.leavesBehind).toBe(true);
  for (const sql of [
    "SET LOCAL x = 1",
    "SELECT pg_advisory_xact_lock(1)",
    "SELECT v FROM t FOR UPDATE",
    "UPDATE t SET v = 1",
    "COMMIT",
  ])
    expect(effects(sql).effects.leavesBehind).toBe(false);
  expect(effectsOf("SET LOCAL x = 1", "mysql").effects.leavesBehind).toBe(true);
});

test("a change that commits itself, also behind a comment; two of them do not", () => {
  const commits = (sql: string): boolean => effects(sql).commits_itself;
  expect(commits("/* shop: a; b */ UPDATE t SET v = ';' WHERE id = 1;")).toBe(true);
  expect(commits("UPDATE t SET v = 1; DELETE FROM t")).toBe(false);
  expect(commits("SELECT v FROM t")).toBe(false);
  expect(commits("CREATE TABLE t (v int)")).toBe(true);
  expect(commits("EXPLAIN ANALYZE DELETE FROM t")).toBe(true);
  expect(commits("REFRESH MATERIALIZED VIEW CONCURRENTLY seen")).toBe(true);
  for (const alone of ["CREATE INDEX CONCURRENTLY i ON t (v)", "DROP DATABASE d", "LOCK TABLE t"])
    expect(commits(alone)).toBe(false);
});

test("in MySQL what changes tables commits at once, and what calls a function of the user's does not", () => {
  const commits = (sql: string): boolean => effectsOf(sql, "mysql").commits_itself;
  for (const sql of ["DO next_no()", "SET @a = next_no()", "VALUES ROW(next_no())"])
    expect(commits(sql)).toBe(true);
  for (const sql of ["CREATE TABLE t (v int)", "DO sleep(1)", "DO release_lock('a')", "SET @a = 1"])
    expect(commits(sql)).toBe(false);
});

test("locks with names belong to the whole server, in a text they are none", () => {
  const is_server_wide = (sql: string) => effectsOf(sql, "mysql").effects.serverWide;
  expect(is_server_wide("SELECT GET_LOCK('a', 1)")).toBe(true);
  expect(is_server_wide("INSERT INTO t VALUES ('get_lock(1)')")).toBe(false);
});

test("a number of a sequence, and another's snapshot, are not read for oneself alone", () => {
  const next = effectsOf("SELECT NEXT VALUE FOR ticket_no", "mysql");
  expect([next.effects.kind, next.catalog]).toEqual(["write", undefined]);
  const shared = effects("SET TRANSACTION SNAPSHOT '00000003-1'");
  expect([shared.effects.kind, shared.catalog]).toEqual(["write", "may change"]);
  const level = effects("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE");
  expect([level.effects.kind, level.catalog]).toEqual(["other", "nothing"]);
});
