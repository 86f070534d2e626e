import { randomBytes } from "node:crypto";
import type { Redis } from "ioredis";
import { CannotConnect } from "../cannot-connect.ts";
import type { BackendWithDoor } from "../door-target.ts";
import type { LaneDatabase } from "../lane-database.ts";
import { loadDriver } from "../load-driver.ts";
import { connectRedis } from "./backend.ts";
import { connect } from "./connect.ts";

/** As many as a server has that does not tell. */
const databases_default = 16;
/** Where a raceproof was killed, its number is free again after this long. */
const claim_s = 3600;
const claimed = (number: number): string => `raceproof:database:${number}`;

/**
 * One of the numbered databases of a Redis server that holds nothing, so that programs keep their real keys.
 * Who has it is written down in database 0, which itself is never given out.
 *
 * @throws CannotConnect also when none is free
 */
export async function redisLaneDatabase(server: { readonly url: string }): Promise<LaneDatabase> {
  const library = (await loadDriver("ioredis", () => import("ioredis"))).Redis;
  const url = new URL(server.url);
  url.pathname = "/";
  const control = await connect(library, url.href, { retryStrategy: null });
  const number = await claim(control).catch((error: unknown) => {
    control.disconnect();
    throw error;
  });
  if (number === undefined) {
    control.disconnect();
    throw new CannotConnect(
      `No numbered database of Redis at ${url.host} is empty and free: start it with more \`databases\`, or empty one.`,
    );
  }
  url.pathname = `/${number}`;
  const backend = (await connectRedis({ url: url.href })) as BackendWithDoor<unknown>;
  return {
    ...backend,
    prefix: "",
    another: () => redisLaneDatabase(server),
    async [Symbol.asyncDispose]() {
      await backend[Symbol.asyncDispose]();
      await giveBack(control, number);
    },
  };
}

async function claim(control: Redis): Promise<number | undefined> {
  const owner = randomBytes(8).toString("hex");
  const count = await databasesOf(control);
  for (let number = 1; number < count; number++) {
    const is_ours = await control.set(claimed(number), owner, "EX", claim_s, "NX");
    if (is_ours === null) continue;
    await control.select(number);
    const size = await control.dbsize();
    await control.select(0);
    if (size === 0) return number;
    await control.del(claimed(number));
  }
  return undefined;
}

/** CONFIG is refused where the server is somebody's service. */
async function databasesOf(control: Redis): Promise<number> {
  const said = await control.config("GET", "databases").catch(() => []);
  return Number((said as string[])[1] ?? databases_default);
}

/** A server that is gone has nothing left to remove. */
async function giveBack(control: Redis, number: number): Promise<void> {
  try {
    await control.select(number);
    await control.flushdb();
    await control.select(0);
    await control.del(claimed(number));
  } catch {
    // It is empty, or its server is gone; the claim ends by itself.
  } finally {
    control.disconnect();
  }
}
