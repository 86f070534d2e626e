import { isUtf8 } from "node:buffer";
import { createHash } from "node:crypto";
import type { Redis } from "ioredis";
import type { Contents } from "../backend.ts";
import { withoutGenerated } from "../generated-values.ts";
import { type AllRows, inThisOrder, mustBeFew, type Row } from "../rows.ts";
import { of_runs } from "./runs.ts";

/** Reading more than this after every set-up would cost more than the schedules. */
const keys_max = 1_000;

/** For each type, the command that reads a whole value. */
export const readers: Readonly<Record<string, <Key>(key: Key) => [string, ...(Key | string)[]]>> = {
  string: (key) => ["get", key],
  hash: (key) => ["hgetall", key],
  list: (key) => ["lrange", key, "0", "-1"],
  set: (key) => ["smembers", key],
  zset: (key) => ["zrange", key, "0", "-1", "WITHSCORES"],
  stream: (key) => ["xrange", key, "-", "+"],
};
const unordered = new Set(["hash", "set"]);

/**
 * What is in the database, key by key, in four round trips; keys of other raceproofs at the same server are left out.
 * @param prefix of our own keys
 * @param key a name that differs from lane to lane; it is treated as the same in all of them
 */
export async function contentsOf(client: Redis, prefix: string, key: string): Promise<Contents> {
  const size = await client.dbsize();
  const keys = size > keys_max ? undefined : await keysOf(client, prefix);
  if (keys === undefined) {
    return new Map([["all keys", { rows: size, checksum: undefined }]]);
  }
  const values = await valuesOf(client, keys);
  return new Map(
    values.map(({ name, type, expires, value }) => {
      const text = JSON.stringify([type, expires, inOrder(type, value)]);
      const steady = withoutGenerated(replaced(text, key));
      const checksum = createHash("sha256").update(steady).digest("hex").slice(0, 16);
      return [`key ${withoutGenerated(replaced(name, key))}`, { rows: 1, checksum }];
    }),
  );
}

/**
 * All keys with their values.
 * @throws TooManyRows
 */
export async function rowsOf(client: Redis, prefix: string): Promise<AllRows> {
  mustBeFew("keys", await client.dbsize());
  const values = await valuesOf(client, (await keysOf(client, prefix)) ?? []);
  const rows = values.map(({ name, type, expires, value }) => ({
    key: name,
    type: expires ? `${type} that expires` : type,
    value: wholeOf(type, value),
  }));
  return new Map([["keys", { rows, sequences: {} }]]);
}

/** Fields and members may have generated names: in a list without order each can be any other. */
function wholeOf(type: string, value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  const parts = value as unknown[];
  if (type === "hash") return inPairs(parts).map(([field, held]): Row => ({ field, value: held }));
  if (type === "zset") return inPairs(parts).map(([member, score]): Row => ({ member, score }));
  return type === "set" ? parts : inThisOrder(parts);
}

const inPairs = (parts: readonly unknown[]): [unknown, unknown][] =>
  parts.flatMap((part, i) => (i % 2 === 0 ? [[part, parts[i + 1]]] : []));

interface KeyValue {
  readonly name: string;
  readonly type: string;
  readonly expires: boolean;
  readonly value: unknown;
}

async function valuesOf(client: Redis, keys: readonly Buffer[]): Promise<KeyValue[]> {
  const kinds = await many(
    client,
    keys.flatMap((name) => [
      ["type", name],
      ["pttl", name],
    ]),
  );
  const types = keys.map((_, i) => String(kinds[2 * i]));
  const values = await many(
    client,
    keys.map((name, i) => readers[types[i]!]?.(name) ?? ["dump", name]),
  );
  return keys.map((name, i) => ({
    name: asText(name) as string,
    type: types[i]!,
    expires: Number(kinds[2 * i + 1]) >= 0,
    value: values[i],
  }));
}

async function keysOf(client: Redis, prefix: string): Promise<Buffer[] | undefined> {
  const keys = new Map<string, Buffer>();
  let cursor = "0";
  do {
    const [next, found] = await client.scanBuffer(cursor, "COUNT", keys_max);
    for (const key of found) {
      const name = asText(key) as string;
      if (name.startsWith(prefix) || !of_runs.test(name)) keys.set(name, key);
    }
    cursor = String(next);
  } while (cursor !== "0");
  return [...keys.keys()].toSorted().map((name) => keys.get(name)!);
}

/** In capitals, so that ioredis makes no object of a hash: its fields may be any bytes. */
async function many(
  client: Redis,
  commands: readonly (readonly [string, ...(string | Buffer)[]])[],
): Promise<unknown[]> {
  if (commands.length === 0) return [];
  const asked = commands.map(([name, ...args]) => ["callBuffer", name.toUpperCase(), ...args]);
  const replies = await client.pipeline(asked).exec();
  return (replies ?? []).map(([error, reply]) => (error ? error.message : asText(reply)));
}

/** Bytes that are no text are told in hex: as text, different ones would look the same. */
function asText(reply: unknown): unknown {
  if (Array.isArray(reply)) return reply.map(asText);
  if (!Buffer.isBuffer(reply)) return reply;
  return isUtf8(reply) ? reply.toString() : `x'${reply.toString("hex")}'`;
}

/** Sorts hashes and sets: the server returns them in any order. */
function inOrder(type: string, value: unknown): unknown {
  if (!unordered.has(type) || !Array.isArray(value)) return value;
  const parts = type === "hash" ? inPairs(value) : value;
  return parts.map((part) => JSON.stringify(part)).toSorted();
}

const replaced = (text: string, key: string): string =>
  key === "" ? text : text.replaceAll(key, "a");
