import type { Redis } from "ioredis";
import { CannotConnect } from "../cannot-connect.ts";
import type { LaneDatabase } from "../lane-database.ts";
import { loadDriver } from "../load-driver.ts";
import { connectWith } from "./backend.ts";
import { connect } from "./connect.ts";
import { claim, claimOn } from "./runs.ts";

/** How many databases a server has by default, if it does not tell. */
const databases_default = 16;

/**
 * One of the numbered databases of a Redis server that holds nothing, so that programs keep their real keys.
 * Its owner is recorded in database 0, which itself is never given out.
 *
 * @throws CannotConnect also when none is free
 */
export async function redisLaneDatabase(server: { readonly url: string }): Promise<LaneDatabase> {
  const library = (await loadDriver("ioredis", () => import("ioredis"))).Redis;
  const url = new URL(server.url);
  url.pathname = "/";
  const control = await connect(library, url.href, { retryStrategy: null });
  const number = await emptyOne(control).catch((error: unknown) => {
    control.disconnect();
    throw error;
  });
  if (number === undefined) {
    control.disconnect();
    throw new CannotConnect(
      `No numbered database of Redis at ${url.host} is empty and free: start it with more \`databases\`, or empty one; ` +
        "`raceproof list` with its URL says what earlier runs have left.",
    );
  }
  url.pathname = `/${number}`;
  const backend = await connectWith(url.href, true);
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

async function emptyOne(control: Redis): Promise<number | undefined> {
  const count = await databasesOf(control);
  for (let number = 1; number < count; number++) {
    if ((await sizeOf(control, number)) > 0 || !(await claim(control, number))) continue;
    if ((await sizeOf(control, number)) === 0) return number;
    await control.del(claimOn(number));
  }
  return undefined;
}

async function sizeOf(control: Redis, number: number): Promise<number> {
  await control.select(number);
  const size = await control.dbsize();
  await control.select(0);
  return size;
}

/** How many numbered databases there are. Managed services refuse CONFIG. */
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
    await control.del(claimOn(number));
  } catch {
    // Either its server is gone, and everything with it; or a later run finds it by its mark.
  } finally {
    control.disconnect();
  }
}
