/** A BEGIN of the door's own would give back the tables that a program has locked. */
import mysql from "mysql2/promise";
import { describe, expect, inject, test } from "vitest";
import { explore } from "../../library/explore.ts";

const program = (url: string, run: (db: mysql.PoolConnection) => Promise<void>) => ({
  database: url,
  schema: "CREATE TABLE counter (n int)",
  client: (url: string) => mysql.createPool(url),
  async setup(db: mysql.Pool) {
    await db.query("DELETE FROM counter");
    await db.query("INSERT INTO counter VALUES (0)");
  },
  async run(pool: mysql.Pool) {
    const db = await pool.getConnection();
    await run(db).finally(() => db.release());
  },
  repairs: false as const,
});

async function read(db: mysql.PoolConnection): Promise<number> {
  const [rows] = await db.query<mysql.RowDataPacket[]>("SELECT n FROM counter");
  return rows[0]!["n"] as number;
}

describe.each(["mysql", "mariadb"] as const)("%s", (kind) => {
  const { url } = inject("servers")[kind];

  test("LOCK TABLES … WRITE from the read to the write is a proof", async () => {
    const { proof } = await explore(
      program(url, async (db) => {
        await db.query("LOCK TABLES counter WRITE");
        await db.query("UPDATE counter SET n = ?", [(await read(db)) + 1]);
        await db.query("UNLOCK TABLES");
      }),
    );
    expect(proof).toBe(true);
  });

  test.each(["/* shop */", "-- shop\n", "# shop\n"])(
    "also behind a comment: %j",
    async (comment) => {
      const { proof } = await explore(
        program(url, async (db) => {
          await db.query(`${comment} LOCK TABLES counter WRITE`);
          await db.query("UPDATE counter SET n = ?", [(await read(db)) + 1]);
          await db.query("UNLOCK TABLES");
        }),
      );
      expect(proof).toBe(true);
    },
  );

  test("where the tables are given back before the write, the race is found", async () => {
    const found = explore(
      program(url, async (db) => {
        await db.query("LOCK TABLES counter READ");
        const n = await read(db);
        await db.query("UNLOCK TABLES");
        await db.query("UPDATE counter SET n = ?", [n + 1]);
      }),
    );
    await expect(found).rejects.toThrow("client 1 and client 2 both read n = 0 of counter");
  });

  test("a transaction gives the tables back, too", async () => {
    const found = explore(
      program(url, async (db) => {
        await db.query("LOCK TABLES counter WRITE");
        const n = await read(db);
        await db.query("START TRANSACTION");
        await db.query("UPDATE counter SET n = ?", [n + 1]);
        await db.query("COMMIT");
      }),
    );
    await expect(found).rejects.toThrow("client 1 and client 2 both read n = 0 of counter");
  });
});
