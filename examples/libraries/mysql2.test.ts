/** mysql2: https://sidorares.github.io/node-mysql2 */
import mysql, { type Pool, type RowDataPacket } from "mysql2/promise";
import { explore } from "raceproof";
import { describe, expect, test } from "vitest";

/** Right for one customer at a time. */
async function withdraw(pool: Pool, id: string, amount: number, lock = ""): Promise<void> {
  const db = await pool.getConnection();
  try {
    await db.beginTransaction();
    const select = `SELECT balance FROM account WHERE id = ? ${lock}`;
    const [[account]] = await db.execute<RowDataPacket[]>(select, [id]);
    const balance = account!["balance"] - amount;
    await db.execute("UPDATE account SET balance = ? WHERE id = ?", [balance, id]);
    await db.commit();
  } finally {
    db.release();
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
    client: (url: string) => mysql.createPool(url),
    setup: (db: Pool) => db.query("REPLACE INTO account VALUES ('alice', 100)"),
    run,
    async check(db: Pool) {
      const [[account]] = await db.query<RowDataPacket[]>("SELECT balance FROM account");
      return account!["balance"] === 40;
    },
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
