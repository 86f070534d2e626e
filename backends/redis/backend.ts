import { randomBytes } from "node:crypto";
import type { Redis, RedisOptions } from "ioredis";
import { type Backend, open_gate } from "../backend.ts";
import { unlessGone } from "../cannot-connect.ts";
import type { BackendWithDoor } from "../door-target.ts";
import { loadDriver } from "../load-driver.ts";
import { refusalIn } from "../refusal.ts";
import { connect } from "./connect.ts";
import { contentsOf, rowsOf } from "./contents.ts";
import { RedisDoorTarget } from "./door-target.ts";
import { code, outcome } from "./errors.ts";
import { removeKeys, signIn, signOut } from "./runs.ts";
import { RedisSession } from "./session.ts";

/** The first error is reported: ioredis neither reconnects nor sends anything twice. */
const no_resend: RedisOptions = {
  retryStrategy: null,
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 0,
};
/**
 * The defaults of ioredis, but without its wait of 50 to 250 ms before it reconnects: time plays no role in a
 * schedule.
 */
const resend: RedisOptions = { retryStrategy: () => 1 };

/** @ts-ignore Without ioredis installed this is `any`, and no error in our declarations. */
type Client = import("ioredis").Redis;

/**
 * Redis or Valkey through ioredis.
 * @param server its URL, `redis://127.0.0.1:6379`; only keys with our own prefix are touched
 * @throws CannotConnect in one sentence
 * @example
 * import { connectRedis, startServer } from "raceproof";
 *
 * const server = await startServer("redis"); // or { url: "redis://…" }
 * const redis = await connectRedis(server);
 * const { client } = await redis.open(); // a Redis of ioredis
 * console.log(await client.incr(`${redis.prefix}visits`)); // 1
 * await redis[Symbol.asyncDispose]();
 * await server[Symbol.asyncDispose]();
 */
export function connectRedis(server: { readonly url: string }): Promise<Backend<Client>> {
  return connectWith(server.url);
}

/** @param whole whether the whole numbered database is ours, so that its keys need no owner */
export async function connectWith(
  server_url: string,
  whole = false,
): Promise<BackendWithDoor<Client>> {
  const library = (await loadDriver("ioredis", () => import("ioredis"))).Redis;
  const sessions = new Set<RedisSession>();
  const prefix = `raceproof:${randomBytes(4).toString("hex")}:`;
  let opened: Promise<void> | undefined;
  const first = await connect(library, server_url, no_resend);
  const product = await productOf(first)
    .catch((error: unknown) => {
      throw refusalIn(error, `Redis at ${new URL(server_url).host}`) ?? error;
    })
    .finally(() => first.disconnect());

  let control: Promise<Redis> | undefined;
  const ours = (): Promise<Redis> => {
    control ??= connect(library, server_url, no_resend);
    return control;
  };
  const door = new RedisDoorTarget(server_url, ours);

  const backend: BackendWithDoor<Client> = {
    door,
    name: product.startsWith("Valkey") ? "valkey" : "redis",
    server: product,
    prefix,
    isolations: [],
    async open(gate = open_gate, options = {}) {
      opened ??= whole ? Promise.resolve() : ours().then((client) => signIn(client, prefix));
      await opened;
      const client = await connect(library, server_url, options.resend ? resend : no_resend);
      const session = new RedisSession(client, gate, (closed) => sessions.delete(closed));
      sessions.add(session);
      return session;
    },
    // In Redis a request never waits for another: if a lock is taken, the answer is nil.
    waiting: async () => new Set(),
    waitingConnections: (connections) => door.blocked(connections),
    contents: async (key) => contentsOf(await ours(), prefix, key),
    rows: async () => rowsOf(await ours(), prefix),
    outcome,
    code,
    async [Symbol.asyncDispose]() {
      await Promise.all([...sessions].map((session) => session[Symbol.asyncDispose]()));
      await control?.then((client) => client.disconnect()).catch(() => undefined);
      if (opened) await removeOurs(library, server_url, prefix);
    },
  };
  return backend;
}

/**
 * `Redis 8.0.2`, `Valkey 9.1.2`: as the server tells in INFO. Valkey also has the Redis version that it is compatible with.
 * @throws the server's error, also when SCAN is refused: then our leftovers could not be found again
 */
async function productOf(client: Redis): Promise<string> {
  const info = await client.info("server");
  await client.scan(0, "COUNT", 1);
  const field = (name: string): string | undefined =>
    new RegExp(`^${name}:(.+?)\\r?$`, "m").exec(info)?.[1];
  const valkey = field("valkey_version");
  return valkey ? `Valkey ${valkey}` : `Redis ${field("redis_version") ?? "of unknown version"}`;
}

/** Removes our keys. @throws unless they, or the server, are gone */
async function removeOurs(library: typeof Redis, url: string, prefix: string): Promise<void> {
  let client: Redis;
  try {
    client = await connect(library, url, { ...no_resend, commandTimeout: 5_000 });
  } catch (error) {
    return unlessGone(error);
  }
  try {
    await removeKeys(client, prefix);
    await signOut(client, prefix);
  } finally {
    client.disconnect();
  }
}
