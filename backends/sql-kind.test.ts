import { describe, expect, it } from "vitest";
import { kindOf } from "./sql-kind.ts";

const kinds = {
  begin: ["BEGIN", "begin;", "START TRANSACTION", "BEGIN ISOLATION LEVEL SERIALIZABLE"],
  commit: ["COMMIT", "commit work;", "END"],
  rollback: ["ROLLBACK", "rollback transaction"],
  read: [
    "SELECT count_value FROM Counter WHERE id = $1",
    "SELECT v\n  FROM t WHERE name = 'for update; nextval(''x'')'",
    "SELECT count(*), coalesce(max(v), 0) FROM t WHERE id IN (1, 2)",
    "(SELECT 1) UNION (SELECT 2)",
    'SELECT "order" FROM `t` WHERE (a = 1) AND (b = 2)',
    "TABLE t",
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
    "SELECT 'a\\', nextval('s') --'",
    "SELECT $$ ' $$, nextval('s')",
    "SELECT 1 /*! FOR UPDATE */",
    "SELECT 1 # it's\n, nextval('s')",
    "SELECT 5--nextval('s')",
    "EXPLAIN ANALYZE UPDATE t SET v = 1",
    "CALL p()",
    "",
  ],
} as const;

describe("what a statement can mean to others, from its text", () => {
  for (const [kind, statements] of Object.entries(kinds)) {
    for (const sql of statements) {
      it(`${kind}: ${sql}`, () => {
        expect(kindOf(sql)).toBe(kind);
      });
    }
  }
});
