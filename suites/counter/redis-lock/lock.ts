import { randomUUID } from "node:crypto";
import type { Redis } from "ioredis";
import { Refused } from "../../../matrix/strategy.ts";

const lock_ttl_ms = 10_000;
const attempts_max = 50;

/** Deletes the lock only if it is still ours; from the manual of SET: https://redis.io/docs/latest/commands/set/ */
const release_script = `
  if redis.call("get", KEYS[1]) == ARGV[1] then return redis.call("del", KEYS[1]) else return 0 end`;

/** Runs `work` while holding a lock in Redis, as the manual of SET shows it; retries while it is taken. */
export async function withRedisLock<T>(
  redis: Redis,
  name: string,
  backoff: (attempt: number) => Promise<void>,
  work: () => Promise<T>,
): Promise<T> {
  const token = randomUUID();
  for (let attempt = 1; attempt <= attempts_max; attempt++) {
    if ((await redis.set(name, token, "PX", lock_ttl_ms, "NX")) === "OK") {
      try {
        return await work();
      } finally {
        // A lock that cannot be released expires; the error of the release must not hide the result of the work.
        await redis.eval(release_script, 1, name, token).catch(() => undefined);
      }
    }
    await backoff(attempt);
  }
  throw new Refused(`lock ${name} was taken at each of ${attempts_max} attempts`);
}
