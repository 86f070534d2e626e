/** Redlock, a lock in Redis around a row in PostgreSQL: https://github.com/mike-marcacci/node-redlock */
import { Redis } from "ioredis";
import pg from "pg";
import { explore } from "raceproof";
import Redlock from "redlock";
import { expect, test } from "vitest";

interface Shop {
  readonly sql: pg.Pool;
  readonly redis: Redis;
  readonly redlock: Redlock;
}

/** Right for one customer at a time. */
async function withdraw({ sql }: Shop, id: string, amount: number): Promise<void> {
  const { rows } = await sql.query("SELECT balance FROM account WHERE id = $1", [id]);
  const balance = rows[0].balance - amount;
  await sql.query("UPDATE account SET balance = $2 WHERE id = $1", [id, balance]);
}

/** The balance must still be the one that was read: right also where the lock has expired. */
async function withdrawWhatIsThere({ sql }: Shop, id: string, amount: number): Promise<void> {
  const { rows } = await sql.query("SELECT balance FROM account WHERE id = $1", [id]);
  const { balance } = rows[0];
  const update = "UPDATE account SET balance = $2 WHERE id = $1 AND balance = $3";
  const { rowCount } = await sql.query(update, [id, balance - amount, balance]);
  if (rowCount === 0) throw new Refused();
}

class Refused extends Error {}

/** One customer at a time; who comes second is refused. An expired lock cannot be given back. */
const locked = (work: typeof withdraw) => async (shop: Shop) => {
  const lock = await shop.redlock.lock("lock:alice", 30_000);
  try {
    await work(shop, "alice", 30);
  } finally {
    await lock.unlock().catch(() => undefined);
  }
};

const program = (run: (shop: Shop) => Promise<void>) => ({
  database: { sql: "postgres", cache: "redis" },
  schema: { sql: "CREATE TABLE account (id text PRIMARY KEY, balance int NOT NULL)" },
  client(urls: { sql: string; cache: string }): Shop {
    const redis = new Redis(urls.cache);
    // Each try is a step: with 10 of them there are thousands of interleavings.
    // Its types are those of an older ioredis.
    const client = redis as unknown as Redlock.CompatibleRedisClient;
    const redlock = new Redlock([client], { retryCount: 0 });
    return { sql: new pg.Pool({ connectionString: urls.sql }), redis, redlock };
  },
  async close({ sql, redis }: Shop) {
    await redis.quit();
    await sql.end();
  },
  async setup({ sql, redis }: Shop) {
    await redis.del("lock:alice");
    await sql.query("DELETE FROM account; INSERT INTO account VALUES ('alice', 100)");
  },
  run,
  didNotHappen: (error: unknown) => error instanceof Redlock.LockError || error instanceof Refused,
});

const expiry = {
  faults: ["expire"] as const,
  expire: async ({ redis }: Shop) => void (await redis.del("lock:alice")),
};

test("two withdrawals at once, without a lock", async () => {
  const racing = explore(program((shop) => withdraw(shop, "alice", 30)));
  await expect(racing).rejects.toThrow(/both read balance = 100/);
});

test("repaired with a lock", async () => {
  expect((await explore(program(locked(withdraw)))).text).toContain("proof for this size");
});

test("the lock expires while it is held", async () => {
  const racing = explore({ ...program(locked(withdraw)), ...expiry });
  await expect(racing).rejects.toThrow(/both read balance = 100/);
});

test("repaired: the row is looked at again", async () => {
  // With an expiry at every step there are hundreds of interleavings; a slow machine may not finish all of them in time.
  const run = locked(withdrawWhatIsThere);
  const report = await explore({ ...program(run), ...expiry, timeLimitMs: 60_000 });
  expect(report.text).toContain("no failure in");
});
