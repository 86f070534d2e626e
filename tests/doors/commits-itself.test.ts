/** What runs outside a transaction is its work and its commit, whatever it is called: others can come between the two. */
import mysql, { type Pool as MysqlPool } from "mysql2/promise";
import pg from "pg";
import { describe, expect, inject, test } from "vitest";
import { explore, type Report } from "../../library/explore.ts";

const servers = inject("servers");

describe("PostgreSQL", () => {
  const both = (statement: string): Promise<Report> =>
    explore({
      database: servers.postgres.url,
      schema: "CREATE TABLE invoice (n int)",
      client: (url) => new pg.Pool({ connectionString: url }),
      setup: (db) =>
        db.query("DROP TABLE IF EXISTS made; TRUNCATE invoice; INSERT INTO invoice VALUES (1)"),
      run: async (db) => void (await db.query(statement)),
      repairs: false,
    });

  test.each(["(n int)", "AS SELECT 1 AS n"])(
    "two CREATE TABLE IF NOT EXISTS made %s at once: one may fail",
    async (columns) => {
      const { failed } = await both(`CREATE TABLE IF NOT EXISTS made ${columns}`);
      expect(failed).toEqual({ "23505": 2 });
    },
  );

  test("EXPLAIN ANALYZE does what it explains", async () => {
    const found = both("EXPLAIN ANALYZE INSERT INTO invoice SELECT max(n) + 1 FROM invoice");
    await expect(found).rejects.toThrow(/unlike any serial order/);
  });

  test("what cannot be in a transaction goes through as it is", async () => {
    const { proof } = await both("CREATE INDEX CONCURRENTLY IF NOT EXISTS by_n ON invoice (n)");
    expect(proof).toBe(true);
  });

  test("whether a table is there depends on who makes it", async () => {
    const found = explore({
      database: servers.postgres.url,
      schema: "CREATE TABLE other (n int)",
      client: (url) => new pg.Pool({ connectionString: url }),
      setup: (db) => db.query("DROP TABLE IF EXISTS a, b"),
      run: [
        async (db) =>
          (await db.query("SELECT to_regclass('a') IS NULL AS a, to_regclass('b') IS NULL AS b"))
            .rows,
        async (db) => {
          await db.query("CREATE TABLE a (n int)");
          await db.query("CREATE TABLE b (n int)");
        },
      ],
      repairs: false,
    });
    await expect(found).rejects.toThrow(/unlike any serial order/);
  });
});

describe("MySQL", () => {
  const all = async (db: MysqlPool, ...statements: string[]): Promise<void> => {
    for (const statement of statements) await db.query(statement);
  };
  const both = (body: string, statement: string): Promise<Report> =>
    explore({
      database: servers.mysql.url,
      isolation: "READ COMMITTED",
      schema: `CREATE TABLE invoice (n int);
        CREATE FUNCTION next_no() RETURNS int NOT DETERMINISTIC MODIFIES SQL DATA BEGIN ${body}; RETURN 1; END`,
      client: (url) => mysql.createPool(url),
      setup: (db) => all(db, "DELETE FROM invoice", "INSERT INTO invoice VALUES (1)"),
      run: (db) => all(db, statement),
      repairs: false,
    });

  test.each(["DO next_no()", "SET @no = next_no()"])(
    "%s, of a function that reads and writes",
    async (statement) => {
      const found = both("INSERT INTO invoice SELECT max(n) + 1 FROM invoice", statement);
      await expect(found).rejects.toThrow(/unlike any serial order/);
    },
  );

  test("DO next_no(), of a function that only adds", async () => {
    const { proof } = await both("UPDATE invoice SET n = n + 1", "DO next_no()");
    expect(proof).toBe(true);
  });
});
