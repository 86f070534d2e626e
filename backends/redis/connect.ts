import type { Redis, RedisOptions } from "ioredis";
import { CannotConnect } from "../cannot-connect.ts";
import { connect_limit_ms, explainConnect, noUrl } from "../explain-connect.ts";
import { hostIn } from "../url-host.ts";
import { whoAnswers } from "../who-answers.ts";

const url_form = "redis://user:password@host:port";

/**
 * Opens a connection and waits until the server has answered the handshake.
 * @throws CannotConnect when that does not happen in time; its message never contains the password
 */
export async function connect(
  library: typeof Redis,
  url: string,
  options: RedisOptions,
): Promise<Redis> {
  if (!URL.canParse(url) || !/^rediss?:\/\/./.test(url)) throw noUrl("Redis", url_form);
  const path = socketIn(url);
  const client: Redis = new library(url, {
    ...options,
    ...(path === undefined ? {} : { path }),
    replyMapping: "legacy",
    lazyConnect: true,
    connectTimeout: connect_limit_ms,
  });
  let reason: Error | undefined;
  // Without a listener ioredis prints the errors of its connection.
  client.on("error", (error: Error) => {
    reason ??= error;
  });
  let timer: NodeJS.Timeout | undefined;
  const too_late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("no answer")), connect_limit_ms);
  });
  try {
    await Promise.race([client.connect(), too_late]);
    // ioredis goes on in database 0 if the database that the URL names does not exist.
    if (reason !== undefined) throw reason;
    return client;
  } catch (error) {
    client.disconnect();
    client.stream?.destroy();
    throw await explained(reason ?? error, new URL(url));
  } finally {
    clearTimeout(timer);
  }
}

/** A Unix socket, as in MySQL's URLs: `redis://localhost/?socketPath=/run/redis.sock`. */
export const socketIn = (url: string): string | undefined =>
  new URL(url).searchParams.get("socketPath") ?? undefined;

async function explained(error: unknown, url: URL): Promise<CannotConnect> {
  const place = {
    product: "Redis",
    host: socketIn(url.href) ?? hostIn(url),
    port: Number(url.port || 6379),
    user: decodeURIComponent(url.username) || "default",
    url_form,
  };
  const { name, message } = Object(error) as Partial<Error>;
  if (name === "ReplyError" && /^(NOAUTH|WRONGPASS)/.test(message ?? ""))
    return explainConnect(error, place, true);
  if (name === "ReplyError" && message !== undefined)
    return new CannotConnect(`Redis at ${url.host} refuses the connection: ${message}.`, {
      cause: error,
    });
  const is_plain =
    url.protocol === "rediss:" && (await whoAnswers(place.host, place.port)) === "Redis";
  if (is_plain)
    return new CannotConnect(
      `Redis at ${url.host} does not encrypt: begin its URL with redis://, not rediss://.`,
    );
  return explainConnect(error, place, false);
}
