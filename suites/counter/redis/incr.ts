import type { Redis } from "ioredis";
import { kept } from "../../../matrix/promise.ts";
import type { Strategy } from "../../../matrix/strategy.ts";
import { lost } from "../promises.ts";
import { prepare, read } from "./counter-key.ts";

/** Between the two commands another client may write. */
export const getSet: Strategy<Redis> = {
  name: "get-set",
  declared: lost,
  prepare,
  read,
  async run(redis, key) {
    const next = Number(await redis.get(key)) + 1;
    await redis.set(key, next);
    return next;
  },
};

/** One command, and Redis runs one command at a time. */
export const incr: Strategy<Redis> = {
  name: "incr",
  declared: kept,
  prepare,
  read,
  run: (redis, key) => redis.incr(key),
};

const add_one = `
  local next = redis.call("GET", KEYS[1]) + 1
  redis.call("SET", KEYS[1], next)
  return next`;

/** The same two commands as in get-set, but in a script: no other command runs in between. */
export const lua: Strategy<Redis> = {
  name: "lua",
  declared: kept,
  prepare,
  read,
  run: (redis, key) => redis.eval(add_one, 1, key),
};
