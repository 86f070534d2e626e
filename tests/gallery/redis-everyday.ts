/** What every second application does with Redis: buckets, quotas, streams, lists of jobs. */
import type { Redis } from "ioredis";
import type { GalleryProgram } from "./program.ts";

const take = `
  local tokens = tonumber(redis.call('HGET', KEYS[1], 'tokens'))
  if tokens < 1 then return 0 end
  redis.call('HSET', KEYS[1], 'tokens', tokens - 1, 'calls', redis.call('HGET', KEYS[1], 'calls') + 1)
  return 1`;

export const everyday: readonly GalleryProgram<Redis>[] = [
  {
    name: "token bucket",
    async setup(db) {
      await db.flushdb();
      await db.hset("bucket", { tokens: 1, calls: 0 });
    },
    async racy(db) {
      const { tokens, calls } = await db.hgetall("bucket");
      if (Number(tokens) < 1) return 429;
      await db.hset("bucket", { tokens: Number(tokens) - 1, calls: Number(calls) + 1 });
      return 200;
    },
    repaired: async (db) => ((await db.eval(take, 1, "bucket")) === 1 ? 200 : 429),
  },
  {
    name: "quota of the day",
    setup: (db) => db.flushdb(),
    async racy(db) {
      const used = Number((await db.hget("quota", "alice")) ?? 0);
      if (used >= 1) return "too many";
      await db.hset("quota", "alice", used + 1);
      return "fine";
    },
    repaired: async (db) => ((await db.hincrby("quota", "alice", 1)) > 1 ? "too many" : "fine"),
  },
  {
    name: "message of a stream",
    async setup(db) {
      await db.flushdb();
      await db.xgroup("CREATE", "mail", "workers", "0", "MKSTREAM");
      await db.xadd("mail", "1-1", "to", "alice");
      await db.xadd("mail", "1-2", "to", "bob");
    },
    async racy(db) {
      const [mail] = await db.xrange("mail", "-", "+", "COUNT", 1);
      if (!mail) return null;
      const [id, [, to]] = mail;
      await db.xdel("mail", id);
      return to;
    },
    async repaired(db, { client }) {
      const found = (await db.xreadgroup(
        ...(["GROUP", "workers", `worker ${client}`, "COUNT", 1, "STREAMS", "mail", ">"] as const),
      )) as [string, [string, string[]][]][] | null;
      const [id, fields] = found?.[0]?.[1]?.[0] ?? [];
      if (id === undefined) return null;
      await db.xack("mail", "workers", id);
      await db.xdel("mail", id);
      return fields![1];
    },
  },
  {
    name: "job moved to those under way",
    async setup(db) {
      await db.flushdb();
      await db.rpush("jobs", "a", "b");
    },
    async racy(db) {
      const [job] = await db.lrange("jobs", 0, 0);
      if (job === undefined) return null;
      await db.multi().lrem("jobs", 1, job).rpush("under way", job).exec();
      return job;
    },
    repaired: (db) => db.lmove("jobs", "under way", "LEFT", "RIGHT"),
  },
];
