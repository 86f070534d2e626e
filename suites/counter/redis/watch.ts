import type { Redis } from "ioredis";
import { kept } from "../../../matrix/promise.ts";
import { Refused, type Strategy } from "../../../matrix/strategy.ts";
import { lost } from "../promises.ts";
import { prepare, read } from "./counter-key.ts";

const attempts_max = 100;

/** EXEC answers null when another client has written the watched key: read again and retry. */
export const watch: Strategy<Redis> = {
  name: "watch-multi-exec",
  declared: { ...kept, under_load: ["refused"] },
  prepare,
  read,
  async run(redis, key, _, { backoff }) {
    for (let attempt = 1; attempt <= attempts_max; attempt++) {
      await redis.watch(key);
      const next = Number(await redis.get(key)) + 1;
      const done = await redis.multi().set(key, next).exec();
      if (done !== null) return next;
      await backoff(attempt);
    }
    throw new Refused(`${key} had changed at each of ${attempts_max} attempts`);
  },
};

/**
 * The very same code, but all clients share a connection: what is watched belongs to the connection,
 * and the first EXEC on it clears what the other clients watch.
 */
export const watchOnSharedConnection: Strategy<Redis> = {
  ...watch,
  name: "watch-multi-exec-shared-connection",
  declared: { ...lost, under_load: ["refused"] },
  sharedConnection: true,
};
