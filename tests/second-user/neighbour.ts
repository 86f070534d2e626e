/**
 * What another user of this machine tries at a server that he can see in `ps`. A program of its own: it loads what it
 * needs, gives up the rights that it was started with, tries, and prints what became of it.
 */
import { readdir, readFile, readlink } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import { attempts_at, type Seen } from "./attempts.ts";

export interface Order {
  /** Whom to become. */
  readonly uid: number;
  readonly servers: readonly Seen[];
  /** The passwords to try, besides none. */
  readonly passwords: readonly string[];
}

export interface Tried {
  readonly kind: string;
  readonly attempt: string;
  /** What was got; undefined if it was refused. */
  readonly got?: string;
  readonly refusal?: string;
}

const limit_ms = 10_000;
const order = JSON.parse(await text(process.stdin)) as Order;
if (process.getuid!() === 0) {
  process.setgroups!([]);
  process.setgid!(order.uid);
  process.setuid!(order.uid);
}

/** What can be read of any process and any folder. */
const looks = ({ home, pid }: Seen): Record<string, () => Promise<unknown>> => ({
  "list the private folder": () => readdir(home),
  "list its data": () => readdir(`${home}/data`),
  ...Object.fromEntries(
    ["log", "secret", "secret.sql", "secret.conf", "zoo.cfg", "data/pg_hba.conf"].map((name) => [
      `read ${name}`,
      () => readFile(`${home}/${name}`),
    ]),
  ),
  "read its environment": () => readFile(`/proc/${pid}/environ`),
  "read its memory": () => readFile(`/proc/${pid}/mem`),
  "see its open files": () => readdir(`/proc/${pid}/fd`),
  "go through its working folder": () => readlink(`/proc/${pid}/cwd`),
  "send it signals": async () => process.kill(pid, 0),
});

const tried: Tried[] = [];
for (const server of order.servers) {
  const { kind } = server;
  const attempts = { ...looks(server), ...attempts_at[kind](server, order.passwords) };
  for (const [attempt, act] of Object.entries(attempts)) {
    const too_late = pause(limit_ms).then(() => Promise.reject(new Error("no answer")));
    const end = await Promise.race([act(), too_late]).then(
      (got) => ({ got: String(got).slice(0, 200) }),
      (error: Error) => ({ refusal: `${error.name}: ${error.message}` }),
    );
    tried.push({ kind, attempt, ...end });
  }
}
console.log(JSON.stringify(tried));
process.exit();
