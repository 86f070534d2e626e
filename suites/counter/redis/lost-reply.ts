import type { Redis } from "ioredis";
import { kept } from "../../../matrix/promise.ts";
import type { Strategy } from "../../../matrix/strategy.ts";
import { counted_twice } from "../promises.ts";
import { prepare, read } from "./counter-key.ts";

/** INCR with ioredis's defaults: after a lost connection, it sends commands that had no answer again. */
export const incrResent: Strategy<Redis> = {
  name: "incr-resent-by-ioredis",
  declared: { ...kept, when: { reply_lost: counted_twice } },
  resend: true,
  prepare,
  read,
  run: (redis, key) => redis.incr(key),
};

const connectionLost = (error: unknown): boolean =>
  error instanceof Error && error.message === "Connection is closed.";

/** "The connection broke, so try again": but the server may have counted already. */
export const incrRetried: Strategy<Redis> = {
  name: "incr-retried",
  declared: { ...kept, when: { reply_lost: counted_twice } },
  prepare,
  read,
  async run(redis, key, _, { reconnect }) {
    try {
      return await redis.incr(key);
    } catch (error) {
      if (!connectionLost(error)) throw error;
      return (await reconnect()).incr(key);
    }
  },
};

const operationsOf = (key: string): string => `${key}:operations`;

/** Looks the request up in the same script: a request that is already known gets the answer that it had before. */
const add_once = `
  local done = redis.call("HGET", KEYS[2], ARGV[1])
  if done then return tonumber(done) end
  local next = redis.call("INCR", KEYS[1])
  redis.call("HSET", KEYS[2], ARGV[1], next)
  return next`;

/** The request's id is written together with the count: a second try finds it and does nothing. */
export const operationId: Strategy<Redis> = {
  name: "operation-id",
  declared: kept,
  async prepare(redis, key) {
    await redis.del(operationsOf(key));
    await prepare(redis, key);
  },
  read,
  async run(redis, key, _, { requestId, reconnect }) {
    const addOnce = (connection: Redis): Promise<number> =>
      connection.eval(add_once, 2, key, operationsOf(key), requestId) as Promise<number>;
    try {
      return await addOnce(redis);
    } catch (error) {
      if (!connectionLost(error)) throw error;
      return addOnce(await reconnect());
    }
  },
};

/** The same with ioredis's defaults: it sends the script again by itself. */
export const operationIdResent: Strategy<Redis> = {
  ...operationId,
  name: "operation-id-resent-by-ioredis",
  resend: true,
};
