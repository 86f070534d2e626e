/**
 * Whom a campaign waits for in vain: a worker with a backend's servers. Every worker that is there has asked for one of
 * its jobs, and had no server for it; or no worker is there at all.
 *
 * Redis itself knows who is there, as a connection ends with its process. A worker that has not asked yet, because it is
 * new or at work elsewhere, may have the server: then nothing is said.
 */
import type { Redis } from "ioredis";
import type { Queues } from "./campaign-queue.ts";
import { connectionName, lackedKey } from "./keys.ts";

/** With a thousand workers, the answer to who is there is long. */
const ask_again_ms = 2_000;

/** @returns to be called often: says for whom the campaign waits in vain, once each time it comes to that */
export function tellerOfUnserved(
  redis: Redis,
  queues: Queues,
  campaign: string,
  say: (line: string) => void,
): () => Promise<void> {
  let asked_ms = performance.now();
  let said: string | undefined;
  return async () => {
    if (performance.now() - asked_ms < ask_again_ms) return;
    asked_ms = performance.now();
    const all = await unserved(redis, queues, campaign);
    const text = unservedText(all);
    const about = text && [all.workers > 0, ...all.backends.map(({ name }) => name)].join();
    if (text !== undefined && about !== said) say(text);
    said = about;
  };
}

interface Unserved {
  /** How many workers are there. */
  readonly workers: number;
  /** With jobs that wait, and nobody who is at work at one. */
  readonly backends: readonly { readonly name: string; readonly waiting: number }[];
}

async function unserved(redis: Redis, queues: Queues, campaign: string): Promise<Unserved> {
  const idle = (await queues.each()).filter(
    ([, { waiting, active }]) => waiting > 0 && active === 0,
  );
  if (idle.length === 0) return { workers: 0, backends: [] };
  const there = await workersOf(redis);
  // Where Redis does not tell, nobody knows.
  if (there === undefined) return { workers: 0, backends: [] };
  const backends: { name: string; waiting: number }[] = [];
  for (const [name, { waiting }] of idle) {
    const lack = await redis.zrange(lackedKey(campaign, name), "0", "-1");
    const lacking = new Set(lack.map(connectionName));
    if ([...there].every((worker) => lacking.has(worker))) backends.push({ name, waiting });
  }
  return { workers: there.size, backends };
}

/** The names of their connections; undefined where this user must not ask. */
async function workersOf(redis: Redis): Promise<ReadonlySet<string> | undefined> {
  const list = await redis.client("LIST").catch(() => undefined);
  if (typeof list !== "string") return undefined;
  const names = list.split("\n").flatMap((line) => / name=(\S+)/.exec(line)?.[1] ?? []);
  return new Set(names.filter((name) => name.startsWith(connectionName(""))));
}

/** Undefined when nothing waits in vain. */
function unservedText({ workers, backends }: Unserved): string | undefined {
  const waiting = backends.reduce((sum, one) => sum + one.waiting, 0);
  if (waiting === 0) return undefined;
  const jobs = waiting === 1 ? "1 job waits" : `${waiting} jobs wait`;
  if (workers === 0) return `No worker is there; ${jobs}: raceproof work --queue does them.`;
  const names = backends.map(({ name }) => name).join(" or ");
  return `No worker has ${names}; ${jobs} for one that has.`;
}
