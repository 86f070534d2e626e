import { Redis } from "ioredis";
import pg from "pg";
import type { Row, Shelf } from "./program.ts";

interface Both {
  readonly sql: pg.Pool;
  readonly cache: Redis;
}

const ask = async (db: pg.Pool, sql: string, ...values: unknown[]): Promise<Row> =>
  (await db.query<Row>(sql, values)).rows[0]!;

/** A value goes into the cache only over an older one. */
const put_newer = `
  local known = redis.call('HGET', KEYS[1], 'version')
  if known and tonumber(known) >= tonumber(ARGV[1]) then return 0 end
  redis.call('HSET', KEYS[1], 'version', ARGV[1], 'price', ARGV[2])
  return 1`;

const withdraw = async ({ sql }: Both): Promise<string> => {
  const { balance } = await ask(sql, "SELECT balance FROM account WHERE id = 1");
  await sql.query("UPDATE account SET balance = $1 WHERE id = 1", [balance - 30]);
  return "done";
};

export const postgres_and_redis: Shelf<Both> = {
  kinds: ["postgres", "redis"],
  open: (connectionString, redis) => ({
    sql: new pg.Pool({ connectionString, max: 1 }),
    cache: new Redis(redis),
  }),
  async close({ sql, cache }) {
    await sql.end();
    await cache.quit();
  },
  programs: [
    {
      name: "stale cache",
      schema: "CREATE TABLE product (id int PRIMARY KEY, price int, version int)",
      async setup({ sql, cache }) {
        await sql.query("TRUNCATE product; INSERT INTO product VALUES (1, 10, 1)");
        await cache.flushdb();
      },
      racy: [
        async ({ sql, cache }) => {
          const known = await cache.get("price");
          if (known !== null) return Number(known);
          const { price } = await ask(sql, "SELECT price FROM product WHERE id = 1");
          await cache.set("price", price, "EX", 60);
          return price as number;
        },
        async ({ sql, cache }) => {
          await sql.query("UPDATE product SET price = 20 WHERE id = 1");
          await cache.del("price");
        },
      ],
      repaired: [
        async ({ sql, cache }) => {
          const known = await cache.hget("product", "price");
          if (known !== null) return Number(known);
          const { price, version } = await ask(sql, "SELECT * FROM product WHERE id = 1");
          await cache.eval(put_newer, 1, "product", version, price);
          return price as number;
        },
        async ({ sql, cache }) => {
          const change = "UPDATE product SET price = 20, version = version + 1 WHERE id = 1";
          const { version } = await ask(sql, `${change} RETURNING version`);
          await cache.eval(put_newer, 1, "product", version, 20);
        },
      ],
    },
    {
      name: "lock that two have",
      schema: "CREATE TABLE account (id int PRIMARY KEY, balance int)",
      async setup({ sql, cache }) {
        await sql.query("TRUNCATE account; INSERT INTO account VALUES (1, 100)");
        await cache.flushdb();
      },
      async racy(both) {
        if ((await both.cache.exists("lock")) === 1) return "busy";
        await both.cache.set("lock", 1, "EX", 30);
        const done = await withdraw(both);
        await both.cache.del("lock");
        return done;
      },
      async repaired(both) {
        if ((await both.cache.set("lock", 1, "EX", 30, "NX")) === null) return "busy";
        const done = await withdraw(both);
        await both.cache.del("lock");
        return done;
      },
    },
  ],
};
