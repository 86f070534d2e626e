/** Redis or Valkey with the queue in it. BullMQ and ioredis are loaded only when somebody asks for a queue. */
import type { Redis } from "ioredis";
import { CannotConnect } from "../../backends/cannot-connect.ts";
import { withoutPassword } from "../../backends/without-password.ts";

/** Between tries to connect again, when the server has gone away. */
const retry_max_ms = 1_000;

/**
 * Connects. Afterwards, whatever is asked while the server is away waits until it is back.
 * @param name of the connection, by which others see that somebody is there
 * @throws CannotConnect when nobody answers now
 */
export async function connectToQueue(url: string, name?: string): Promise<Redis> {
  if (!/^rediss?:\/\//.test(url) || !URL.canParse(url))
    throw new CannotConnect(
      `--queue takes a URL such as redis://host, not ${withoutPassword(url)}.`,
    );
  const { Redis } = await import("ioredis");
  // If it is not installed, that is said before anything is in Redis.
  await import("bullmq");
  let has_been_ready = false;
  const redis = new Redis(url, {
    lazyConnect: true,
    ...(name === undefined ? {} : { connectionName: name }),
    maxRetriesPerRequest: null,
    retryStrategy: (tries) => (has_been_ready ? Math.min(100 * tries, retry_max_ms) : null),
  });
  let last: Error | undefined;
  redis.on("error", (error) => (last = error));
  try {
    await redis.connect();
    await redis.ping();
  } catch (error) {
    redis.disconnect();
    throw new CannotConnect(
      `The queue at ${withoutPassword(url)} cannot be reached (${(last ?? (error as Error)).message}).`,
      { cause: error },
    );
  }
  has_been_ready = true;
  return redis;
}
