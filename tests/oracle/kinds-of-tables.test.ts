/** Whatever holds rows is compared: materialized views, partitions, MariaDB's tables that keep their history. */
import mysql, { type RowDataPacket } from "mysql2/promise";
import pg from "pg";
import { expect, inject, test } from "vitest";
import { explore, type Report } from "../../library/explore.ts";

const servers = inject("servers");

/** Both clients add a sale, and bring the view up to date. */
const selling = (lock: string, view: string): Promise<Report> =>
  explore({
    database: servers.postgres.url,
    schema: `CREATE TABLE sale (n int);
      CREATE MATERIALIZED VIEW sales AS SELECT count(*) AS n FROM sale;
      CREATE MATERIALIZED VIEW never AS SELECT n FROM sale WITH NO DATA`,
    client: (url) => new pg.Pool({ connectionString: url }),
    setup: async (db) => {
      await db.query("TRUNCATE sale");
      await db.query("REFRESH MATERIALIZED VIEW sales");
    },
    run: async (db) => {
      const client = await db.connect();
      for (const sql of ["BEGIN", lock, "INSERT INTO sale VALUES (1)", view, "COMMIT"])
        await client.query(sql);
      client.release();
    },
    repairs: false,
  });

test("PostgreSQL: a materialized view that misses a row", async () => {
  const refresh = "REFRESH MATERIALIZED VIEW sales";
  await expect(selling("SELECT 1", refresh)).rejects.toThrow(/sales: .*n 1.*there .*n 2/);
  expect((await selling("LOCK TABLE sale IN EXCLUSIVE MODE", refresh)).proof).toBe(true);
});

test("MariaDB: a table with system versioning, without a lock and with one", async () => {
  const counting = (lock: string): Promise<Report> =>
    explore({
      database: servers.mariadb.url,
      schema: "CREATE TABLE counter (id int PRIMARY KEY, n int) WITH SYSTEM VERSIONING",
      client: (url) => mysql.createPool(url),
      setup: async (db) => {
        await db.query("DELETE FROM counter");
        await db.query("INSERT INTO counter VALUES (1, 0)");
      },
      run: async (db) => {
        const connection = await db.getConnection();
        await connection.query("BEGIN");
        const [rows] = await connection.query<RowDataPacket[]>(`SELECT n FROM counter ${lock}`);
        await connection.query(`UPDATE counter SET n = ${Number(rows[0]!["n"]) + 1}`);
        await connection.query("COMMIT");
        connection.release();
      },
      isolation: "READ COMMITTED",
      repairs: false,
    });
  await expect(counting("")).rejects.toThrow(/n = 1, there 2/);
  expect((await counting("FOR UPDATE")).proof).toBe(true);
});
