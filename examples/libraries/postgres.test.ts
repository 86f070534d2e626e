/** postgres.js: https://github.com/porsager/postgres */
import postgres, { type Sql } from "postgres";
import { explore } from "raceproof";
import { expect, test } from "vitest";

/** Right for one customer at a time. */
async function withdraw(db: Sql, id: string, amount: number): Promise<void> {
  await db.begin(async (sql) => {
    const [account] = await sql`SELECT balance FROM account WHERE id = ${id}`;
    await sql`UPDATE account SET balance = ${account!["balance"] - amount} WHERE id = ${id}`;
  });
}

/** The row is locked where it is read. */
async function withdrawSafely(db: Sql, id: string, amount: number): Promise<void> {
  await db.begin(async (sql) => {
    const [account] = await sql`SELECT balance FROM account WHERE id = ${id} FOR UPDATE`;
    await sql`UPDATE account SET balance = ${account!["balance"] - amount} WHERE id = ${id}`;
  });
}

const program = (run: (db: Sql) => Promise<void>) => ({
  database: "postgres",
  schema: "CREATE TABLE account (id text PRIMARY KEY, balance int NOT NULL)",
  client: (url: string) => postgres(url),
  async setup(db: Sql) {
    await db`DELETE FROM account`;
    await db`INSERT INTO account VALUES ('alice', 100)`;
  },
  run,
  check: async (db: Sql) => (await db`SELECT balance FROM account`)[0]!["balance"] === 40,
});

test("two withdrawals at once", async () => {
  const racing = explore(program((db) => withdraw(db, "alice", 30)));
  await expect(racing).rejects.toThrow(/both read .*100/);
});

test("repaired", async () => {
  const report = await explore(program((db) => withdrawSafely(db, "alice", 30)));
  expect(report.text).toContain("proof for this size");
});
