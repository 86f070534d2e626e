/** The history of a job comes along with its result: compressed, in Redis, unless it is too large for that. */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { basename, join, resolve } from "node:path";
import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";
import type { Redis } from "ioredis";
import type { KeptHistory } from "./job.ts";
import { documentKey, historyKey } from "./keys.ts";

/** Compressed; Redis keeps it in memory. */
const in_queue_max_bytes = 4 << 20;
/** What a history may be unpacked to, whoever has packed it. */
const unpacked_max_bytes = 256 << 20;

/** Only while the campaign is there: a worker that comes late must leave nothing behind. */
const set_if_there = `
if redis.call("EXISTS", KEYS[1]) == 0 then return 0 end
redis.call("SET", KEYS[2], ARGV[1])
return 1`;

/**
 * @param path of the history
 * @param token of this try
 * @param keep_in the folder for those that are too large
 */
export async function keepHistory(
  redis: Redis,
  path: string,
  job: { readonly campaign: string; readonly id: string; readonly token: string },
  keep_in: string,
): Promise<KeptHistory> {
  const content = await readFile(path);
  const packed = path.endsWith(".gz") ? content : await promisify(gzip)(content, { level: 1 });
  if (packed.length > in_queue_max_bytes) return keepHere(basename(path), packed, job, keep_in);
  const key = historyKey(job.campaign, job.id, job.token);
  await redis.eval(set_if_there, 2, documentKey(job.campaign), key, packed);
  return { at: "queue", key };
}

async function keepHere(
  name: string,
  packed: Buffer,
  { campaign, token }: { readonly campaign: string; readonly token: string },
  keep_in: string,
): Promise<KeptHistory> {
  // A folder for each try, as two workers of a machine may share the folder.
  const folder = resolve(keep_in, campaign, token.replaceAll(/[^\w-]/g, "-"));
  await mkdir(folder, { recursive: true });
  const path = join(folder, name.endsWith(".gz") ? name : `${name}.gz`);
  await writeFile(path, packed);
  return { at: "worker", machine: hostname(), path };
}

/** @returns false when it is not in Redis any more */
export async function fetchHistory(redis: Redis, key: string, path: string): Promise<boolean> {
  const content = await redis.getBuffer(key);
  if (content === null) return false;
  const text = await promisify(gunzip)(content, { maxOutputLength: unpacked_max_bytes });
  await writeFile(path, text);
  return true;
}
