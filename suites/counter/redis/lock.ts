import type { Redis } from "ioredis";
import { kept } from "../../../matrix/promise.ts";
import { Refused, type Strategy } from "../../../matrix/strategy.ts";
import { lost_update } from "../promises.ts";
import { withRedisLock } from "../redis-lock/lock.ts";
import { prepare, read } from "./counter-key.ts";

const lockOf = (key: string): string => `${key}:lock`;
/** Counts the holders of the lock: each gets a larger number than the one before. */
const fenceOf = (key: string): string => `${key}:fence`;
const highestOf = (key: string): string => `${key}:highest`;

const around_lock = {
  async prepare(redis: Redis, key: string) {
    await redis.del(lockOf(key), fenceOf(key), highestOf(key));
    await prepare(redis, key);
  },
  read,
  expire: async (redis: Redis, key: string) => void (await redis.del(lockOf(key))),
};

/**
 * Works until the lock expires while its holder is at work: then two clients hold it, and each believes it is
 * alone.
 */
export const lock: Strategy<Redis> = {
  ...around_lock,
  name: "lock",
  declared: { ...kept, when: { lock_lost: lost_update }, under_load: ["refused"] },
  run(redis, key, _, { backoff }) {
    return withRedisLock(redis, lockOf(key), backoff, async () => {
      const next = Number(await redis.get(key)) + 1;
      await redis.set(key, next);
      return next;
    });
  },
};

/** Writes only if nobody has got the lock after the writer. */
const write_if_newest = `
  if redis.call("GET", KEYS[2]) ~= ARGV[2] then return 0 end
  redis.call("SET", KEYS[1], ARGV[1])
  return 1`;

/** The write carries the holder's number, and Redis refuses it once a newer one has been given out. */
export const lockFenced: Strategy<Redis> = {
  ...around_lock,
  name: "lock-fenced",
  declared: { ...kept, under_load: ["refused"] },
  run(redis, key, _, { backoff }) {
    return withRedisLock(redis, lockOf(key), backoff, async () => {
      const fence = await redis.incr(fenceOf(key));
      const next = Number(await redis.get(key)) + 1;
      const written = await redis.eval(write_if_newest, 2, key, fenceOf(key), next, fence);
      if (written === 0) throw new Refused(`somebody else holds the lock of ${key} by now`);
      return next;
    });
  },
};

/** Writes unless a newer holder has already written. */
const write_if_highest = `
  if tonumber(ARGV[2]) < tonumber(redis.call("GET", KEYS[2]) or 0) then return 0 end
  redis.call("SET", KEYS[2], ARGV[2])
  redis.call("SET", KEYS[1], ARGV[1])
  return 1`;

/**
 * The textbook's fence, https://martin.kleppmann.com/2016/02/08/how-to-do-distributed-locking.html:
 * the store refuses numbers below the highest that it has seen in a write. Too weak for read-then-write:
 * the old holder may still write after the new one has read and before the new one writes.
 */
export const lockFencedByHighest: Strategy<Redis> = {
  ...around_lock,
  name: "lock-fenced-by-highest-write",
  declared: { ...kept, when: { lock_lost: lost_update }, under_load: ["refused"] },
  run(redis, key, _, { backoff }) {
    return withRedisLock(redis, lockOf(key), backoff, async () => {
      const fence = await redis.incr(fenceOf(key));
      const next = Number(await redis.get(key)) + 1;
      const written = await redis.eval(write_if_highest, 2, key, highestOf(key), next, fence);
      if (written === 0) throw new Refused(`a newer holder of the lock has written ${key}`);
      return next;
    });
  },
};
