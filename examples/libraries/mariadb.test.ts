/** mariadb: https://github.com/mariadb-corporation/mariadb-connector-nodejs */
import { createPool, type Pool } from "mariadb";
import { explore } from "raceproof";
import { describe, expect, test } from "vitest";

/** Right for one customer at a time. */
async function withdraw(pool: Pool, id: string, amount: number, lock = ""): Promise<void> {
  const db = await pool.getConnection();
  try {
    await db.beginTransaction();
    const [account] = await db.query(`SELECT balance FROM account WHERE id = ? ${lock}`, [id]);
    await db.query("UPDATE account SET balance = ? WHERE id = ?", [account.balance - amount, id]);
    await db.commit();
  } finally {
    await db.release();
  }
}

/** The row is locked where it is read. */
const withdrawSafely = (pool: Pool, id: string, amount: number) =>
  withdraw(pool, id, amount, "FOR UPDATE");

describe.each(["mysql", "mariadb"])("on %s", (database) => {
  const program = (run: (db: Pool) => Promise<void>) => ({
    database,
    schema: "CREATE TABLE account (id varchar(20) PRIMARY KEY, balance int NOT NULL)",
    isolation: "READ COMMITTED" as const,
    client: (url: string) => createPool(url.replace("mysql:", "mariadb:")),
    setup: (db: Pool) => db.query("REPLACE INTO account VALUES ('alice', 100)"),
    run,
    check: async (db: Pool) => (await db.query("SELECT balance FROM account"))[0].balance === 40,
  });

  test("two withdrawals at once", async () => {
    const racing = explore(program((db) => withdraw(db, "alice", 30)));
    await expect(racing).rejects.toThrow(/both read .*100/);
  });

  test("repaired", async () => {
    const report = await explore(program((db) => withdrawSafely(db, "alice", 30)));
    expect(report.text).toContain("proof for this size");
  });
});
