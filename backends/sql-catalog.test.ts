import { describe, expect, test } from "vitest";
import { effectsOf } from "./sql-kind.ts";
import type { Dialect } from "./sql-tokens.ts";

type Row = readonly [sql: string, dialect?: Dialect];

const rows = (texts: readonly Row[]) =>
  texts.flatMap(([sql, dialect]) =>
    (dialect ? [dialect] : (["postgres", "mysql"] as const)).map((of) => [of, sql] as const),
  );

describe("touches only its own session", () => {
  test.each(
    rows([
      ["SELECT 1"],
      ["SELECT version()"],
      ["SELECT now()"],
      ["select current_schema()", "postgres"],
      ["show transaction isolation level", "postgres"],
      ["SET client_min_messages TO 'warning'", "postgres"],
      ["SET SESSION timezone TO 'UTC'", "postgres"],
      ["SET TIME ZONE 'America/Chicago'", "postgres"],
      ["SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL SERIALIZABLE", "postgres"],
      ["SET SESSION sql_mode = 'ANSI'", "mysql"],
      ["SET NAMES utf8mb4", "mysql"],
      ["SET TRANSACTION ISOLATION LEVEL READ COMMITTED"],
    ]),
  )("%s: %s", (dialect, sql) => {
    expect(effectsOf(sql, dialect).catalog).toBe("nothing");
  });
});

describe("reads how the tables are made", () => {
  test.each(
    rows([
      ["SELECT t.oid, t.typname FROM pg_type as t WHERE t.typname IN ('int2')", "postgres"],
      [
        "SELECT a.attname, format_type(a.atttypid, a.atttypmod), pg_get_expr(d.adbin, d.adrelid) FROM pg_attribute a " +
          "LEFT JOIN pg_attrdef d ON a.attrelid = d.adrelid WHERE a.attrelid = '\"accounts\"'::regclass",
        "postgres",
      ],
      ["SELECT count(*) FROM pg_catalog.pg_class c WHERE c.relname = 'a'", "postgres"],
      ["SELECT column_name FROM information_schema.columns WHERE table_name = 'a'"],
      ["SELECT table_name FROM information_schema.tables"],
      ["SHOW FULL FIELDS FROM `accounts`", "mysql"],
      ["SHOW VARIABLES LIKE 'sql_mode'", "mysql"],
      ["SELECT @@max_allowed_packet", "mysql"],
      ["SELECT to_regclass('a') IS NULL", "postgres"],
      ["SELECT 'a'::regclass", "postgres"],
      ["SELECT has_table_privilege('a', 'select')", "postgres"],
    ]),
  )("%s: %s", (dialect, sql) => {
    expect(effectsOf(sql, dialect).catalog).toBe("reads");
  });
});

describe("may change how they are made", () => {
  test.each(
    rows([
      ["CREATE TABLE a (id int)"],
      ["ALTER TABLE a ADD COLUMN b int"],
      ["DROP INDEX i ON a"],
      ["TRUNCATE a"],
      ["CALL migrate()"],
      ["SELECT migrate()"],
      ["INSERT INTO a SELECT migrate()"],
      ["SET GLOBAL sql_mode = ''", "mysql"],
      ["SET autocommit = 1", "mysql"],
      ["SET CONSTRAINTS ALL IMMEDIATE", "postgres"],
      ["DO $$ BEGIN CREATE TABLE a (id int); END $$", "postgres"],
      ["SELECT 1; DROP TABLE a"],
    ]),
  )("%s: %s", (dialect, sql) => {
    expect(effectsOf(sql, dialect).catalog).toBe("may change");
  });
});

describe("works with rows, or with what changes with them", () => {
  test.each(
    rows([
      ["SELECT * FROM a"],
      ["SELECT 1 FROM a, pg_type", "postgres"],
      ["SELECT (SELECT max(id) FROM a)"],
      ["SELECT oid FROM pg_type WHERE oid IN (SELECT id FROM a)", "postgres"],
      ["WITH pg_type AS (SELECT id FROM a) SELECT id FROM pg_type", "postgres"],
      ["SELECT reltuples FROM pg_class", "postgres"],
      ["SELECT pid FROM pg_stat_activity", "postgres"],
      ["SELECT pid FROM pg_locks", "postgres"],
      ["SELECT last_value FROM pg_sequences", "postgres"],
      ["SELECT typname FROM shop.pg_type", "postgres"],
      ["SELECT * FROM information_schema.tables", "mysql"],
      ["SELECT auto_increment FROM information_schema.tables", "mysql"],
      ["SHOW TABLE STATUS", "mysql"],
      ["SHOW CREATE TABLE a", "mysql"],
      ["UPDATE a SET n = 1"],
      ["TABLE a"],
      ["COMMIT"],
    ]),
  )("%s: %s", (dialect, sql) => {
    expect(effectsOf(sql, dialect).catalog).toBeUndefined();
  });
});
