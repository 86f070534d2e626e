/** Failures with serial ids, random tokens and UUIDs are the same failure when they are run again. */
import type { Redis } from "ioredis";
import type { Connection } from "mysql2/promise";
import type pg from "pg";
import { afterEach, expect, inject, test } from "vitest";
import type { Backend } from "../../backends/backend.ts";
import { connectMysql } from "../../backends/mysql/backend.ts";
import { connectPostgres } from "../../backends/postgres/backend.ts";
import { connectRedis } from "../../backends/redis/backend.ts";
import { type ExploreOptions, explore, replay_variable } from "../../library/explore.ts";
import { raceIn, sqlOf } from "./programs.test-support.ts";

afterEach(() => {
  delete process.env[replay_variable];
});

/** The last piece is sold twice; each sale has a serial id that is used again. */
const selling = (name: string): Omit<ExploreOptions<unknown>, "backend" | "run"> => ({
  name,
  async setup(client) {
    const db = sqlOf(client);
    await db.query("DELETE FROM sale");
    await db.query("DELETE FROM stock");
    await db.query("INSERT INTO stock VALUES (7, 1)");
  },
  async check(client) {
    const sold = await sqlOf(client).query("SELECT id FROM sale WHERE paid = 1");
    if (sold.length !== 1) throw new Error(`one piece, but ${sold.length} sold`);
  },
});

const stock = "CREATE TABLE stock (product int PRIMARY KEY, pieces int NOT NULL)";

/** @returns what the replay of a race says */
async function replayOf<Client>(options: ExploreOptions<Client>): Promise<string> {
  const { message, token, exploration } = await raceIn(options);
  expect(message).not.toContain("Nondeterministic");
  expect(exploration.failure?.again).toEqual({ runs: 1, failed: 1 });
  process.env[replay_variable] = token;
  return (await raceIn(options)).message;
}

const same = "Replayed: the same thing happened as when the token was made.";

test("PostgreSQL: a serial id that INSERT … RETURNING gives", async () => {
  await using backend = await connectPostgres(inject("servers").postgres);
  await using session = await backend.open();
  await session.client.query(`${stock};
    CREATE TABLE sale (id serial PRIMARY KEY, token uuid DEFAULT gen_random_uuid(), paid int NOT NULL)`);
  const options: ExploreOptions<pg.Client> = {
    ...selling("serial"),
    backend,
    async run(db) {
      const { rows } = await db.query("SELECT pieces FROM stock WHERE product = 7");
      if (rows[0].pieces === 0) return null;
      const sale = await db.query("INSERT INTO sale (paid) VALUES (0) RETURNING id, token");
      await db.query("UPDATE stock SET pieces = pieces - 1 WHERE product = 7");
      await db.query("UPDATE sale SET paid = 1 WHERE id = $1", [sale.rows[0].id]);
      return sale.rows[0].id as number;
    },
  };
  expect(await replayOf(options)).toContain(same);
});

test("MySQL: the id that an insert answers", async () => {
  await using backend = await connectMysql(inject("servers").mysql);
  await using session = await backend.open();
  await session.client.query(stock);
  await session.client.query(
    "CREATE TABLE sale (id int AUTO_INCREMENT PRIMARY KEY, paid int NOT NULL)",
  );
  const options: ExploreOptions<Connection> = {
    ...selling("auto-increment"),
    backend,
    async run(db) {
      const [rows] = await db.query("SELECT pieces FROM stock WHERE product = 7");
      if ((rows as { pieces: number }[])[0]!.pieces === 0) return;
      const [made] = await db.query("INSERT INTO sale (paid) VALUES (0)");
      await db.query("UPDATE stock SET pieces = pieces - 1 WHERE product = 7");
      const { insertId } = made as { insertId: number };
      await db.query("UPDATE sale SET paid = 1 WHERE id = ?", [insertId]);
    },
  };
  expect(await replayOf(options)).toContain(same);
});

/** Takes a lock with a token of its own, and releases it whoever holds it by then. */
const locking = (backend: Backend<Redis>): ExploreOptions<Redis> => ({
  name: "random tokens",
  backend,
  setup: async (redis, key) => void (await redis.mset(key, 0, `${key}:lock`, "")),
  async run(redis, { key }) {
    const token = Math.random().toString(36).slice(2, 12).padEnd(12, "7");
    await redis.set(`${key}:lock`, token);
    const value = Number(await redis.get(key));
    await redis.set(key, value + 1);
    if ((await redis.get(`${key}:lock`)) === token) await redis.set(`${key}:lock`, "");
  },
  async check(redis, { key }) {
    if ((await redis.get(key)) !== "2") throw new Error(`${key} is not 2`);
  },
});

test("Redis: random tokens, and the key has one name in all texts", async () => {
  await using backend = await connectRedis(inject("servers").redis);
  const message = await replayOf(locking(backend));
  expect(message).toContain(same);
  expect(message).toContain("a is not 2");
  expect(message).not.toContain(backend.prefix);
});

test("another amount is no other name for the same amount", async () => {
  let runs = 0;
  await using backend = await connectRedis(inject("servers").redis);
  const report = await explore<Redis>({
    name: "amounts",
    backend,
    setup: (redis, key) => redis.set(key, 0),
    async run(redis, { key }) {
      const amount = 40 + runs++;
      await redis.get(key);
      await redis.set(key, amount);
    },
    check: async () => false,
  }).catch((error: unknown) => error);
  expect((report as Error).message).toContain("Nondeterministic");
});
