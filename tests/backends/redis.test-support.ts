import { Redis } from "ioredis";
import { type Backend, open_gate } from "../../backends/backend.ts";
import { connectRedis } from "../../backends/redis/backend.ts";
import type { Fixtures, Provoked } from "../contract.ts";

/** Somebody else's connection to the same server. */
export async function asOutsider<T>(url: string, work: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(url);
  try {
    return await work(client);
  } finally {
    client.disconnect();
  }
}

/** The error that the work must end with. */
export const errorOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => new Error("nothing went wrong"),
    (error: unknown) => error,
  );

/** The contract's keys are short; ours start with the prefix of the backend that the client belongs to. */
const prefixes = new WeakMap<Redis, string>();
const named = (client: Redis, key: string): string => `${prefixes.get(client) ?? ""}${key}`;

async function connect(url: string): Promise<Backend<Redis>> {
  const backend = await connectRedis({ url });
  const open = backend.open.bind(backend);
  backend.open = async (...args) => {
    const session = await open(...args);
    prefixes.set(session.client, backend.prefix);
    return session;
  };
  return backend;
}

function provoking(
  outcome: Provoked["outcome"],
  code: string,
  clash: (client: Redis, key: string) => Promise<unknown>,
): Fixtures<Redis>["provoke"][string] {
  return async (backend, key) => {
    const { client, ...session } = await backend.open(open_gate);
    const error = await clash(client, named(client, key));
    await session[Symbol.asyncDispose]?.();
    client.disconnect();
    return { error, outcome, code };
  };
}

/**
 * What the contract needs to know of Redis and Valkey.
 * @param url called when a test runs: only then are there servers
 */
export function redisFixtures(url: () => string): Fixtures<Redis> {
  return {
    connect: () => connect(url()),
    outside: () =>
      asOutsider(url(), async (client) => {
        // A connection that was just closed is gone once the server has noticed it.
        const id = await client.client("ID");
        for (;;) {
          const list = String(await client.client("LIST"));
          const others = list.split("\n").filter((line) => line && !line.startsWith(`id=${id} `));
          const closing = others.filter((line) => / flags=\S*[cA]/.test(line));
          if (closing.length === 0)
            return {
              keys: (await client.keys("raceproof:*")).toSorted(),
              connections: others.length,
            };
        }
      }),
    async prepare(client, key) {
      await client.set(named(client, key), 0);
    },
    async write(client, key, value) {
      await client.set(named(client, key), value);
    },
    async read(client, key) {
      return Number(await client.get(named(client, key)));
    },
    async increment(client, key) {
      await client.incr(named(client, key));
    },
    async loseServer(_backend, { client }, key) {
      const id = await client.client("ID");
      const lost = errorOf(client.blpop(`${named(client, key)}-nothing`, 0));
      await asOutsider(url(), async (outsider) => {
        while (!String(await outsider.client("LIST", "ID", id)).includes("cmd=blpop"));
        await outsider.client("KILL", "ID", id);
      });
      return lost;
    },
    async refuse(backend, key) {
      const ended = await backend.open(open_gate);
      ended.client.disconnect();
      await new Promise((end) => ended.client.once("end", end));
      const lost = await backend.open(open_gate);
      lost.loseNextReply();
      await errorOf(lost.client.ping());
      const errors = [
        await errorOf(ended.client.incr(named(ended.client, key))),
        await errorOf(lost.client.incr(named(lost.client, key))),
        await errorOf(connectRedis({ url: "redis://127.0.0.1:1" })),
      ];
      for (const session of [ended, lost]) await session[Symbol.asyncDispose]();
      return errors;
    },
    provoke: {
      "wrong type": provoking("fail", "WRONGTYPE", async (client, key) => {
        await client.del(key);
        await client.rpush(key, "a");
        return errorOf(client.incr(key));
      }),
      "not a number": provoking("fail", "ERR", async (client, key) => {
        await client.set(key, "many");
        return errorOf(client.incr(key));
      }),
      "unknown script": provoking("fail", "NOSCRIPT", (client) =>
        errorOf(client.evalsha("0".repeat(40), 0)),
      ),
      "a script that fails half-way keeps what it wrote": provoking("info", "ERR", (client, key) =>
        errorOf(client.eval("redis.call('incr', KEYS[1]); return redis.call('nonsense')", 1, key)),
      ),
      "transaction with a command that is none": provoking("fail", "EXECABORT", (client, key) =>
        errorOf(client.multi().call("nonsense").incr(key).exec()),
      ),
      "wrong user or password": provoking("fail", "CannotConnect", () => {
        const wrong = new URL(url());
        wrong.username = "nobody";
        wrong.password = "wrong";
        return errorOf(connectRedis({ url: wrong.href }));
      }),
      "reply lost": async (backend, key) => {
        const session = await backend.open(open_gate);
        session.loseNextReply();
        const error = await errorOf(session.client.incr(named(session.client, key)));
        return { error, outcome: "info", code: "connection lost" };
      },
    },
  };
}
