/** In PostgreSQL a transaction's time is when it began: where a program asks for it, the order of two BEGINs matters. */
import pg from "pg";
import { expect, inject, test } from "vitest";
import { explore, type Report } from "../../library/explore.ts";

const inTransaction = async (db: pg.Pool, sql: string): Promise<void> => {
  const client = await db.connect();
  for (const text of ["BEGIN", sql, "COMMIT"]) await client.query(text);
  client.release();
};

/** Client 1 notes when it was there, and client 2 counts, unless that is later than now. */
const explored = (time: string): Promise<Report> =>
  explore({
    database: inject("servers").postgres.url,
    schema: "CREATE TABLE counter (n int, seen timestamptz)",
    client: (url) => new pg.Pool({ connectionString: url }),
    setup: (db) => db.query("TRUNCATE counter; INSERT INTO counter VALUES (0, '2020-01-01')"),
    run: [
      (db) => inTransaction(db, `UPDATE counter SET seen = ${time}`),
      (db) => inTransaction(db, "UPDATE counter SET n = n + 1 WHERE seen <= now()"),
    ],
    repairs: false,
  });

test("client 2 begins, client 1 begins and is over, and then its time is later than that of client 2", async () => {
  await expect(explored("now()")).rejects.toThrow(/unlike any serial order/);
});

test("a time that everybody knows is a proof", async () => {
  expect((await explored("'2021-01-01'")).proof).toBe(true);
});
