import pg from "pg";
import { explore } from "raceproof";
import { test } from "vitest";

// Your code: right for one customer at a time.
async function withdraw(db, account, amount) {
  const { rows } = await db.query("SELECT balance FROM account WHERE id = $1", [account]);
  const balance = rows[0].balance - amount;
  await db.query("UPDATE account SET balance = $2 WHERE id = $1", [account, balance]);
}

test("two withdrawals at once", async () => {
  await explore({
    database: "postgres", // starts one; RACEPROOF_POSTGRES_URL names one of yours
    schema: "CREATE TABLE account (id text PRIMARY KEY, balance integer)",
    client: (url) => new pg.Pool({ connectionString: url }),
    setup: (db) => db.query("DELETE FROM account; INSERT INTO account VALUES ('alice', 100)"),
    run: (db) => withdraw(db, "alice", 30),
  });
}, 60_000);
