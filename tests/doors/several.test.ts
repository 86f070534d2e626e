/** Several databases in one program: a schedule decides between the requests to all of them. */
import { Redis } from "ioredis";
import pg from "pg";
import { expect, inject, test } from "vitest";
import { explore, RaceFound } from "../../library/explore.ts";
import { BadOptions } from "../../schedules/bad-options.ts";
import { CheckFailed } from "../../schedules/program.ts";

interface App {
  readonly sql: pg.Pool;
  readonly cache: Redis;
}

/** Reads a price through the cache. */
async function priceOf({ sql, cache }: App): Promise<number> {
  const cached = await cache.get("price");
  if (cached !== null) return Number(cached);
  const { rows } = await sql.query("SELECT price FROM product WHERE id = 1");
  await cache.set("price", rows[0].price);
  return rows[0].price;
}

async function raisePrice({ sql, cache }: App): Promise<void> {
  await sql.query("UPDATE product SET price = 20 WHERE id = 1");
  await cache.del("price");
}

/** The same, but the cache is only filled and emptied under the lock of the row. */
async function priceOfSafely({ sql, cache }: App): Promise<number> {
  const cached = await cache.get("price");
  if (cached !== null) return Number(cached);
  const db = await sql.connect();
  await db.query("BEGIN");
  const { rows } = await db.query("SELECT price FROM product WHERE id = 1 FOR SHARE");
  await cache.set("price", rows[0].price);
  await db.query("COMMIT");
  db.release();
  return rows[0].price;
}

async function raisePriceSafely({ sql, cache }: App): Promise<void> {
  const db = await sql.connect();
  await db.query("BEGIN");
  await db.query("UPDATE product SET price = 20 WHERE id = 1");
  await cache.del("price");
  await db.query("COMMIT");
  db.release();
}

const { postgres, redis } = inject("servers");
const shop = {
  database: { sql: postgres, cache: redis },
  schema: { sql: "CREATE TABLE product (id int PRIMARY KEY, price int)" },
  client: (urls: { sql: string; cache: string }): App => ({
    sql: new pg.Pool({ connectionString: urls.sql }),
    cache: new Redis(urls.cache),
  }),
  async close({ sql, cache }: App) {
    cache.disconnect();
    await sql.end();
  },
  async setup({ sql, cache }: App) {
    await sql.query("DELETE FROM product; INSERT INTO product VALUES (1, 10)");
    await cache.del("price");
  },
  async check({ cache }: App) {
    const cached = await cache.get("price");
    if (cached === "10") throw new CheckFailed("stale cache", "the old price stays in the cache");
  },
};

test("a cache that is emptied while it is being filled keeps the old price", async () => {
  const error = await explore({ ...shop, run: [priceOf, raisePrice] }).catch((e: unknown) => e);
  expect(error).toBeInstanceOf(RaceFound);
  expect((error as RaceFound).message).toContain("stale cache on PostgreSQL");
  const statements = (error as RaceFound).exploration.failure!.smallest.steps.map(
    (s) => s.statement,
  );
  expect(statements).toEqual([
    "GET price",
    "SELECT price FROM product WHERE id = 1",
    "UPDATE product SET price = 20 WHERE id = 1",
    "COMMIT",
    "DEL price",
    "SET price 10",
  ]);
});

test("filled and emptied under the lock of the row it is right: a proof", async () => {
  const report = await explore({ ...shop, run: [priceOfSafely, raisePriceSafely] });
  expect(report.text).toContain("proof for this size");
  expect(report.waited).toBeGreaterThan(0);
});

test("several lanes, each with both databases of its own", async () => {
  const report = await explore({
    ...shop,
    run: [priceOfSafely, raisePriceSafely],
    exhaustive: false,
    schedules: 120,
  });
  expect(report.disturbance).toBeUndefined();
  expect(report.schedules).toBe(120);
});

test("a reply is lost of that database to which the request went: ioredis asks again", async () => {
  const error = await explore({
    ...shop,
    setup: ({ cache }) => cache.del("visits"),
    run: ({ cache }) => cache.incr("visits"),
    faults: ["lose reply"],
    async check({ cache }) {
      const visits = await cache.get("visits");
      if (visits !== "2") throw new CheckFailed("counted twice", `${visits} visits, not 2`);
    },
  }).catch((e: unknown) => e);
  expect(error).toBeInstanceOf(RaceFound);
  expect((error as RaceFound).message).toContain("3 visits, not 2");
});

test("one schema for several databases is one sentence", async () => {
  const wrong = { ...shop, run: priceOf, schema: "CREATE TABLE t (n int)" as never };
  await expect(explore(wrong)).rejects.toThrow(BadOptions);
});
