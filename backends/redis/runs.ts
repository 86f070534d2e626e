/**
 * Records who owns what at a Redis server, in separate keys: a mark in every key's name would make every line of a
 * history longer.
 *
 * - `raceproof:runs`, a hash: the prefix of a run's keys in this numbered database, and the mark of the run;
 * - `raceproof:database:N` in database 0: a numbered database that was empty, and whose it is now.
 */
import type { Redis } from "ioredis";
import { own_mark, readMark } from "../../owners/run-mark.ts";

const runs = "raceproof:runs";
export const claimOn = (number: number): string => `raceproof:database:${number}`;

/** Keys of runs, and the keys of this file. */
export const of_runs: RegExp = /^raceproof:/;

const a_prefix = /^raceproof:[0-9a-f]{8}:$/;

/**
 * Call before the first key is written. Errors are ignored: a server that refuses this also refuses the keys, and
 * that is reported.
 */
export async function signIn(client: Redis, prefix: string): Promise<void> {
  await client.hset(runs, prefix, own_mark).catch(() => undefined);
}

/** Call after the last key was removed. */
export async function signOut(client: Redis, prefix: string): Promise<void> {
  await client.hdel(runs, prefix).catch(() => undefined);
}

/** The prefixes in this numbered database, each with the mark of its run. */
export async function prefixesIn(client: Redis): Promise<[prefix: string, mark: string][]> {
  return Object.entries(await client.hgetall(runs)).filter(([prefix]) => a_prefix.test(prefix));
}

/** Removes all keys that begin with this prefix. */
export async function removeKeys(client: Redis, prefix: string): Promise<void> {
  let cursor = "0";
  do {
    const [next, keys] = await client.scan(cursor, "MATCH", `${prefix}*`, "COUNT", 1_000);
    if (keys.length > 0) await client.unlink(...keys);
    cursor = next;
  } while (cursor !== "0");
}

/** Takes a numbered database that has no owner, or whose run is over. The caller has to check that it is empty. */
export async function claim(control: Redis, number: number): Promise<boolean> {
  const key = claimOn(number);
  if ((await control.set(key, own_mark, "NX")) !== null) return true;
  const owner = await control.get(key);
  if (owner === null || readMark(owner)?.state !== "over") return false;
  // Fails if another run takes it meanwhile, because that writes this key.
  await control.watch(key);
  if ((await control.get(key)) !== owner) {
    await control.unwatch();
    return false;
  }
  return (await control.multi().set(key, own_mark).exec()) !== null;
}
