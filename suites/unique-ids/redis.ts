import type { Redis } from "ioredis";
import { kept } from "../../matrix/promise.ts";
import type { Strategy } from "../../matrix/strategy.ts";
import { duplicates } from "./promises.ts";

async function prepare(redis: Redis, key: string): Promise<void> {
  await redis.del(key);
}

/** One command, and Redis runs one command at a time. */
const incr: Strategy<Redis> = {
  name: "incr",
  declared: kept,
  prepare,
  run: (redis, key) => redis.incr(key),
};

/** Reads the last number and writes the next one: two clients can read the same number. */
const getSet: Strategy<Redis> = {
  name: "get-set",
  declared: duplicates,
  prepare,
  async run(redis, key) {
    const next = Number(await redis.get(key)) + 1;
    await redis.set(key, next);
    return next;
  },
};

export const strategies: readonly Strategy<Redis>[] = [incr, getSet];
