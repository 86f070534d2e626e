/** Times of a clock may differ from run to run; numbers that look like times, and times that are put off, may not. */
import mysql from "mysql2/promise";
import pg from "pg";
import { describe, expect, inject, test } from "vitest";
import { explore, type Report } from "../../library/explore.ts";

const servers = inject("servers");

/** Both clients work on the value of one row. */
const both = (
  [type, from]: readonly [string, string],
  run: (db: pg.Pool) => unknown,
): Promise<Report> =>
  explore({
    database: servers.postgres.url,
    schema: `CREATE TABLE kept (id int PRIMARY KEY, value ${type})`,
    client: (url) => new pg.Pool({ connectionString: url }),
    setup: (db) => db.query(`DELETE FROM kept; INSERT INTO kept VALUES (1, ${from})`),
    run: async (db) => void (await run(db)),
    repairs: false,
  });

describe.each([
  { type: "bigint", from: "1700000000", more: "1" },
  { type: "bigint", from: "1700000000000", more: "250" },
  { type: "timestamp", from: "'2026-01-01 10:00:00'", more: "interval '1 second'" },
  { type: "timestamptz", from: "'2026-01-01 10:00:00.5'", more: "interval '200 ms'" },
])("a $type of $from, and $more more", ({ type, from, more }) => {
  test("read and then written: an update is lost", async () => {
    const found = both([type, from], async (db) => {
      const { rows } = await db.query("SELECT value::text FROM kept");
      await db.query(`UPDATE kept SET value = $1::${type} + ${more}`, [rows[0].value]);
    });
    await expect(found).rejects.toThrow(/kept[^]*value = .*, there/);
  });

  test("in one statement: a proof", async () => {
    const { proof } = await both([type, from], (db) =>
      db.query(`UPDATE kept SET value = value + ${more}`),
    );
    expect(proof).toBe(true);
  });
});

test.each([
  ["timestamptz", "now()"],
  ["timestamptz", "date_trunc('second', now()) + interval '1 day'"],
  ["bigint", "extract(epoch FROM now())::bigint"],
] as const)("a %s of a clock: %s", async (type, clock) => {
  const { proof } = await both([type, "NULL"], (db) =>
    db.query(`UPDATE kept SET value = ${clock}`),
  );
  expect(proof).toBe(true);
});

test("MySQL: a time that is put off by a second, without a lock and with one", async () => {
  const putOff = (lock: string): Promise<Report> =>
    explore({
      database: servers.mysql.url,
      schema: "CREATE TABLE slot (id int PRIMARY KEY, next datetime)",
      client: (url) => mysql.createPool({ uri: url, dateStrings: true }),
      setup: async (db) => {
        await db.query("DELETE FROM slot");
        await db.query("INSERT INTO slot VALUES (1, '2026-01-01 10:00:00')");
      },
      run: async (db) => {
        const connection = await db.getConnection();
        await connection.query("BEGIN");
        const [rows] = await connection.query<mysql.RowDataPacket[]>(
          `SELECT next FROM slot WHERE id = 1 ${lock}`,
        );
        await connection.query("UPDATE slot SET next = ? + INTERVAL 1 SECOND WHERE id = 1", [
          rows[0]!["next"],
        ]);
        await connection.query("COMMIT");
        connection.release();
      },
      repairs: false,
    });
  await expect(putOff("")).rejects.toThrow(/2026-01-01 10:00:01, there 2026-01-01 10:00:02/);
  expect((await putOff("FOR UPDATE")).proof).toBe(true);
});
