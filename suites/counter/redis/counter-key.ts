import type { Redis } from "ioredis";

/** Redis needs nothing set up. */
export async function setUp(): Promise<void> {}

export async function prepare(redis: Redis, key: string): Promise<void> {
  await redis.set(key, 0);
}

export async function read(redis: Redis, key: string): Promise<number> {
  return Number(await redis.get(key));
}
