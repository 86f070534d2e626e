/** Fastify: https://fastify.dev. Each client is an instance of the server, as behind a load balancer. */
import fastify from "fastify";
import pg from "pg";
import { explore } from "raceproof";
import { expect, test } from "vitest";

/** @param lock where it is empty, it is right for one customer at a time */
async function start(url: string, lock: string) {
  const db = new pg.Pool({ connectionString: url });
  const app = fastify();
  app.post<{ Body: { id: string; amount: number } }>("/withdraw", async ({ body }) => {
    const client = await db.connect();
    try {
      await client.query("BEGIN");
      const select = `SELECT balance FROM account WHERE id = $1 ${lock}`;
      const { rows } = await client.query(select, [body.id]);
      const update = "UPDATE account SET balance = $2 WHERE id = $1";
      await client.query(update, [body.id, rows[0].balance - body.amount]);
      await client.query("COMMIT");
    } finally {
      client.release();
    }
    return { ok: true };
  });
  return { db, at: await app.listen({ port: 0, host: "127.0.0.1" }), app };
}
type App = Awaited<ReturnType<typeof start>>;

const program = (lock: string) => ({
  database: "postgres",
  schema: "CREATE TABLE account (id text PRIMARY KEY, balance int NOT NULL)",
  client: (url: string) => start(url, lock),
  async close({ app, db }: App) {
    await app.close();
    await db.end();
  },
  setup: ({ db }: App) =>
    db.query("DELETE FROM account; INSERT INTO account VALUES ('alice', 100)"),
  async run({ at }: App) {
    const response = await fetch(`${at}/withdraw`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ id: "alice", amount: 30 }),
    });
    if (!response.ok) throw new Error(await response.text());
  },
  check: async ({ db }: App) =>
    (await db.query("SELECT balance FROM account")).rows[0].balance === 40,
});

test("two withdrawals at once", async () => {
  await expect(explore(program(""))).rejects.toThrow(/both read .*100/);
});

test("repaired", async () => {
  const report = await explore(program("FOR UPDATE"));
  expect(report.text).toContain("proof for this size");
});
