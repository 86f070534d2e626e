import { connectPostgres, explore, startServer } from "raceproof";
import { afterAll, test } from "vitest";

// Your code: right for one customer at a time.
async function withdraw(db, account, amount) {
  const { rows } = await db.query("SELECT balance FROM account WHERE id = $1", [account]);
  const balance = rows[0].balance - amount;
  await db.query("UPDATE account SET balance = $2 WHERE id = $1", [account, balance]);
}

const server = await startServer("postgres"); // RACEPROOF_POSTGRES_URL names one of yours
const postgres = await connectPostgres(server);
const session = await postgres.open(); // your migrations go here
await session.client.query("CREATE TABLE account (id text PRIMARY KEY, balance integer)");
await session[Symbol.asyncDispose]();
afterAll(async () => {
  await postgres[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

test("two withdrawals at once", async () => {
  await explore({
    name: "withdraw",
    backend: postgres,
    setup: (db, account) => db.query(fresh, [account]),
    run: (db, { key: account }) => withdraw(db, account, 30),
    async check(db, { key: account }) {
      const { rows } = await db.query("SELECT balance FROM account WHERE id = $1", [account]);
      if (rows[0].balance !== 40) throw new Error(`the balance is ${rows[0].balance}, not 40`);
    },
  });
});

const fresh = `INSERT INTO account VALUES ($1, 100)
               ON CONFLICT (id) DO UPDATE SET balance = 100`;
