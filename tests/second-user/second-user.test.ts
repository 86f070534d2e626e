/** Another user of this machine gets nothing but refusals, whatever server of ours he tries. */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { chmod, mkdir, readdir, readFile, readlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { Redis } from "ioredis";
import { expect, inject, test } from "vitest";
import { openLaneDatabase } from "../../backends/open-lane-database.ts";
import { throughDoors } from "../../schedules/doors/door-backend.ts";
import { cacheFolder } from "../../servers/cache-folder.ts";
import { listener } from "../../servers/local/listener.ts";
import { type ServerKind, server_kinds } from "../../servers/server.ts";
import { ownServer } from "../own-server.ts";
import type { Seen } from "./attempts.ts";
import { gotBy, gotIn, tries } from "./tries.ts";

const nobody = 65_534;
/** No account has this number. */
const somebody = 64_321;
const fileOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

const is_root = process.getuid?.() === 0;
const notRun = (why: string): void =>
  console.warn(`\n*** NOT RUN: what a second user gets: ${why} ***\n`);
if (!is_root) notRun("only root can become one");

/** What a server demands: the password in its URL, or the path of DynamoDB's. */
const secretIn = (url: string): string => new URL(url).password || new URL(url).pathname.slice(1);

async function seen(kind: ServerKind, url: string): Promise<Seen> {
  const port = Number(new URL(url).port);
  const pid = (await listener(port))!;
  const home = /^.*\/raceproof_[^/]+/.exec(await readlink(`/proc/${pid}/cwd`))![0];
  return { kind, port, pid, home };
}

const shared = (): Promise<Seen[]> =>
  Promise.all(server_kinds.map((kind) => seen(kind, inject("servers")[kind].url)));

test.runIf(is_root)("a second user gets nothing but refusals from any server", async () => {
  expect(await gotBy(nobody, await shared())).toEqual([]);
});

test.runIf(is_root)("nor does he through a door", async () => {
  const servers: Seen[] = [];
  const open: AsyncDisposable[] = [];
  for (const server of await shared()) {
    const lane = await openLaneDatabase(inject("servers")[server.kind]);
    const session = await throughDoors(lane, { open: ({ url }) => url, close() {} }).open();
    open.push(session, lane);
    servers.push({ ...server, port: Number(new URL(session.client).port), pid: process.pid });
  }
  expect(await gotBy(nobody, servers)).toEqual([]);
  for (const one of open) await one[Symbol.asyncDispose]();
});

const open_to_all = ownServer("redis");

test.runIf(is_root)("nor through the door of a server that asks for no password", async () => {
  const admin = new Redis(open_to_all());
  await admin.call("ACL", "SETUSER", "default", "nopass");
  await admin.quit();
  const { kind, pid, home } = await seen("redis", open_to_all());
  const url = new URL(open_to_all());
  url.username = "";
  url.password = "";
  // Without the door, he does get in.
  const server = { kind, pid, home, port: Number(url.port) };
  expect((await gotBy(nobody, [server])).length).toBeGreaterThan(0);
  await using lane = await openLaneDatabase({ url: url.href });
  await using session = await throughDoors(lane, { open: (at) => at.url, close() {} }).open();
  const port = Number(new URL(session.client).port);
  expect(await gotBy(nobody, [{ ...server, pid: process.pid, port }])).toEqual([]);
  // We do.
  const own = new Redis(session.client);
  expect(await own.ping()).toBe("PONG");
  own.disconnect();
});

test.runIf(is_root)("who has the secret gets in, and still not at files", async () => {
  const passwords = server_kinds.map((kind) => secretIn(inject("servers")[kind].url));
  const tried = await tries({ uid: 0, servers: await shared(), passwords });
  for (const kind of server_kinds) {
    const entered = gotIn(tried).filter(
      (one) => one.kind === kind && one.attempt.startsWith("enter"),
    );
    expect([kind, entered.length]).toEqual([kind, 1]);
    expect(entered[0]!.got).not.toMatch(/can also (?!nothing$)/);
  }
});

test.runIf(is_root)("the same where the servers are not root's", async () => {
  const folder = mkdtempSync(join(tmpdir(), "raceproof-second-user-"));
  // PostgreSQL wants whoever runs it to have an account.
  const them = { uid: nobody, gid: nobody };
  const reads = `require("node:fs").accessSync(${JSON.stringify(fileOf("host.ts"))})`;
  if (spawnSync(process.execPath, ["-e", reads], { ...them, cwd: "/" }).status !== 0)
    return notRun("no other user than root can read this folder");
  const kinds = ["postgres", "redis"] as const;
  // What is on the PATH is not in the cache.
  const redis = join(cacheFolder(), "debian", process.arch, "trixie-redis-server");
  const archive = dirname(redis.replace(dirname(dirname(cacheFolder())), folder));
  await mkdir(archive, { recursive: true });
  for (const part of [redis, `${redis}.list`])
    if (existsSync(part)) execFileSync("cp", ["-a", part, archive]);
  execFileSync("chown", ["-R", `${nobody}:${nobody}`, folder]);
  await chmod(folder, 0o711);
  const host = spawn(process.execPath, ["--import", "tsx", fileOf("host.ts"), ...kinds], {
    ...them,
    env: {
      PATH: process.env["PATH"],
      TMPDIR: folder,
      XDG_CACHE_HOME: folder,
      TSX_DISABLE_CACHE: "1",
    },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const servers: Seen[] = [];
  for await (const line of createInterface({ input: host.stdout })) {
    if (line === "ready") break;
    const { kind, url } = JSON.parse(line) as { kind: ServerKind; url: string };
    servers.push(await seen(kind, url));
  }
  expect(servers.map(({ kind }) => kind)).toEqual(kinds);
  expect(await gotBy(somebody, servers)).toEqual([]);
  const ended = new Promise((resolve) => host.once("exit", resolve));
  host.stdin.end();
  await ended;
  rmSync(folder, { recursive: true, force: true });
});

test("no secret stands in the arguments of any process", async () => {
  const secrets = server_kinds.map((kind) => secretIn(inject("servers")[kind].url));
  expect(secrets.every((secret) => secret.length >= 32)).toBe(true);
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  for (const pid of pids) {
    const words = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
    // Another test runs the command, as a person who types a URL: that is not a word of ours.
    if (/--(server|database|queue)\b/.test(words)) continue;
    expect(secrets.filter((secret) => words.includes(secret))).toEqual([]);
  }
});
