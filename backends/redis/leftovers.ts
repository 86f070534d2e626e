import type { Redis } from "ioredis";
import { readMark } from "../../owners/run-mark.ts";
import type { Found, Leftover } from "../leftover.ts";
import { loadDriver } from "../load-driver.ts";
import { connect } from "./connect.ts";
import { claimOn, prefixesIn, removeKeys, signOut } from "./runs.ts";

/** The keys of runs at this server, and the numbered databases that they had. @throws CannotConnect */
export async function redisLeftovers(server: { readonly url: string }): Promise<Found> {
  const library = (await loadDriver("ioredis", () => import("ioredis"))).Redis;
  const url = new URL(server.url);
  const client = await connect(library, url.href, { retryStrategy: null });
  url.pathname = "/";
  const control = await connect(library, url.href, { retryStrategy: null });
  return {
    leftovers: [...(await keysOfRuns(client)), ...(await numberedOnes(control))],
    async [Symbol.asyncDispose]() {
      client.disconnect();
      control.disconnect();
    },
  };
}

async function keysOfRuns(client: Redis): Promise<Leftover[]> {
  return (await prefixesIn(client)).flatMap(([prefix, text]) => {
    const mark = readMark(text);
    if (mark === undefined) return [];
    return {
      what: `keys ${prefix}*`,
      mark,
      async remove() {
        await removeKeys(client, prefix);
        await signOut(client, prefix);
      },
    };
  });
}

/**
 * The numbered databases of runs. Each was empty when it was taken; but since its run ended, anybody may have put
 * something there.
 */
async function numberedOnes(control: Redis): Promise<Leftover[]> {
  const found: Leftover[] = [];
  const pattern = claimOn(0).slice(0, -1);
  let cursor = "0";
  do {
    const [next, keys] = await control.scan(cursor, "MATCH", `${pattern}*`, "COUNT", 1_000);
    cursor = next;
    for (const key of keys) {
      const number = Number(key.slice(pattern.length));
      const mark = readMark((await control.get(key)) ?? "");
      if (mark === undefined || !(number > 0)) continue;
      const size = await within(control, number, () => control.dbsize());
      found.push({
        what: `numbered database ${number}, with ${size} ${size === 1 ? "key" : "keys"} in it`,
        mark,
        ...(size === 0 ? {} : { if_asked: true }),
        async remove() {
          // An empty one is not flushed: somebody may have put something there just now.
          if (size > 0) await within(control, number, () => control.flushdb());
          await control.del(key);
        },
      });
    }
  } while (cursor !== "0");
  return found;
}

async function within<T>(control: Redis, number: number, work: () => Promise<T>): Promise<T> {
  await control.select(number);
  try {
    return await work();
  } finally {
    await control.select(0);
  }
}
