import { randomUUID } from "node:crypto";
import { Redis } from "ioredis";
import type { Shelf } from "./program.ts";
import { everyday } from "./redis-everyday.ts";

const put =
  (...commands: readonly (readonly [string, ...(string | number)[]])[]) =>
  async (db: Redis): Promise<void> => {
    await db.flushdb();
    for (const [name, ...args] of commands) await db.call(name, ...args);
  };

const sell = `
  local n = tonumber(redis.call('GET', KEYS[1]))
  if n < 1 then return 0 end
  redis.call('DECR', KEYS[1])
  redis.call('RPUSH', KEYS[2], ARGV[1])
  return 1`;
const move = `
  redis.call('SET', KEYS[1], redis.call('GET', KEYS[1]) - 10)
  redis.call('SET', KEYS[2], redis.call('GET', KEYS[2]) + 10)
  return 'moved'`;
const join = `
  if redis.call('SCARD', KEYS[1]) >= 1 then return 0 end
  return redis.call('SADD', KEYS[1], ARGV[1])`;

export const redis: Shelf<Redis> = {
  kinds: ["redis"],
  open: (url) => new Redis(url),
  programs: [
    {
      name: "counter read and written",
      setup: put(["SET", "visits", 0]),
      racy: async (db) => db.set("visits", Number(await db.get("visits")) + 1),
      repaired: (db) => db.incr("visits"),
    },
    {
      name: "oversell",
      setup: put(["SET", "stock", 1]),
      async racy(db, { client }) {
        if (Number(await db.get("stock")) < 1) return "sold out";
        await db.decr("stock");
        await db.rpush("orders", `client ${client}`);
        return "sold";
      },
      repaired: async (db, { client }) =>
        (await db.eval(sell, 2, "stock", "orders", `client ${client}`)) === 1 ? "sold" : "sold out",
    },
    {
      name: "lock that two have",
      setup: put(["SET", "work", 0]),
      async racy(db) {
        if ((await db.exists("lock")) === 1) return "busy";
        await db.set("lock", randomUUID(), "EX", 30);
        await db.set("work", Number(await db.get("work")) + 1);
        await db.del("lock");
        return "done";
      },
      async repaired(db) {
        if ((await db.set("lock", randomUUID(), "EX", 30, "NX")) === null) return "busy";
        await db.set("work", Number(await db.get("work")) + 1);
        await db.del("lock");
        return "done";
      },
    },
    {
      name: "queue read and then shortened",
      setup: put(["RPUSH", "jobs", "a", "b"]),
      async racy(db) {
        const job = await db.lindex("jobs", 0);
        if (job !== null) await db.lrem("jobs", 1, job);
        return job;
      },
      repaired: (db) => db.lpop("jobs"),
    },
    {
      name: "rate limiter",
      setup: put(["SET", "calls", 0, "EX", 60]),
      async racy(db) {
        if (Number(await db.get("calls")) >= 1) return false;
        await db.incr("calls");
        return true;
      },
      repaired: async (db) => (await db.incr("calls")) <= 1,
    },
    {
      name: "rate limiter written back",
      setup: put(),
      async racy(db) {
        const calls = await db.get("calls");
        if (calls === null) await db.set("calls", 1, "EX", 60);
        else await db.set("calls", Number(calls) + 1, "KEEPTTL");
      },
      repaired: (db) => db.multi().incr("calls").expire("calls", 60, "NX").exec(),
    },
    {
      name: "name taken twice",
      setup: put(),
      async racy(db, { client }) {
        if ((await db.exists("name:alice")) === 1) return "taken";
        await db.set("name:alice", client);
        return "yours";
      },
      repaired: async (db, { client }) =>
        (await db.set("name:alice", client, "NX")) === null ? "taken" : "yours",
    },
    {
      name: "session written back whole",
      setup: put(["SET", "session", '{"cart":0,"seen":0}']),
      racy: ["cart", "seen"].map((field) => async (db: Redis) => {
        const session = JSON.parse((await db.get("session")) ?? "{}") as Record<string, number>;
        await db.set("session", JSON.stringify({ ...session, [field]: session[field]! + 1 }));
      }),
      repaired: ["cart", "seen"].map(
        (field) => (db: Redis) => db.hincrby("session:fields", field, 1),
      ),
    },
    {
      name: "session resurrected",
      setup: put(["SET", "session", '{"user":1}']),
      racy: [
        async (db) => {
          const session = await db.get("session");
          if (session === null) return "logged out";
          await db.set("session", '{"user":1,"page":2}', "EX", 60);
          return "kept";
        },
        (db) => db.del("session"),
      ],
      repaired: [
        async (db) =>
          (await db.set("session", '{"user":1,"page":2}', "EX", 60, "XX")) === null
            ? "logged out"
            : "kept",
        (db) => db.del("session"),
      ],
    },
    {
      name: "moved from key to key",
      setup: put(["SET", "alice", 100], ["SET", "bob", 100]),
      async racy(db) {
        const [alice, bob] = (await db.mget("alice", "bob")).map(Number);
        await db.set("alice", alice! - 10);
        await db.set("bob", bob! + 10);
      },
      repaired: (db) => db.eval(move, 2, "alice", "bob"),
    },
    {
      name: "more members than places",
      setup: put(),
      async racy(db, { client }) {
        if ((await db.scard("team")) >= 1) return 0;
        return db.sadd("team", client);
      },
      repaired: (db, { client }) => db.eval(join, 1, "team", client),
    },
    {
      name: "highest score",
      setup: put(["ZADD", "scores", 1, "alice"]),
      async racy(db, { client }) {
        const score = client === 1 ? 20 : 10;
        if (Number(await db.zscore("scores", "alice")) < score)
          await db.zadd("scores", score, "alice");
      },
      async repaired(db, { client }) {
        await db.zadd("scores", "GT", client === 1 ? 20 : 10, "alice");
      },
    },
    {
      name: "read before its transaction",
      setup: put(["SET", "stock", 1]),
      async racy(db, { client }) {
        const stock = Number(await db.get("stock"));
        if (stock < 1) return "sold out";
        await db
          .multi()
          .set("stock", stock - 1)
          .rpush("orders", `client ${client}`)
          .exec();
        return "sold";
      },
      async repaired(db, { client }) {
        for (;;) {
          await db.watch("stock");
          const stock = Number(await db.get("stock"));
          if (stock < 1) {
            await db.unwatch();
            return "sold out";
          }
          const sells = db.multi().set("stock", stock - 1);
          if ((await sells.rpush("orders", `client ${client}`).exec()) !== null) return "sold";
        }
      },
    },
    {
      name: "watched, and then not asked",
      setup: put(["SET", "n", 5]),
      async racy(db) {
        await db.watch("n");
        const n = Number(await db.get("n"));
        await db
          .multi()
          .set("n", n - 1)
          .exec();
        return "taken";
      },
      async repaired(db) {
        for (;;) {
          await db.watch("n");
          const n = Number(await db.get("n"));
          if (
            (await db
              .multi()
              .set("n", n - 1)
              .exec()) !== null
          )
            return "taken";
        }
      },
    },
    ...everyday,
  ],
};
