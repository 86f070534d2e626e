/** Servers that do not let us work: each says so in one sentence, and the healthy ones go on. */
import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { createConnection } from "mysql2/promise";
import { Client } from "pg";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { CannotConnect } from "../../backends/cannot-connect.ts";
import type { Results } from "../../reports/summary.ts";
import type { ServerKind } from "../../servers/server.ts";
import { connect } from "../connect.ts";
import { ownServer } from "../own-server.ts";
import { ended, raceproof, start } from "./raceproof.ts";

const servers = inject("servers");
const guest = `raceproof_guest_${randomBytes(4).toString("hex")}`;
const out = mkdtempSync(join(tmpdir(), "raceproof-refusals-"));
afterAll(() => rmSync(out, { recursive: true }));

/** The same server, for another user. */
function as(user: string, kind: ServerKind): string {
  const url = new URL(servers[kind].url);
  url.username = user;
  url.password = "guest";
  return url.href;
}

/** The sentence a person gets; any other error is a failed test. */
async function sentence(kind: ServerKind, url: string): Promise<string> {
  try {
    await using backend = await connect({ kind, url });
    await backend.open();
  } catch (error) {
    if (!(error instanceof CannotConnect)) throw error;
    return error.message;
  }
  return "connected";
}

test("PostgreSQL: read-only, too hasty, full", async () => {
  const admin = new Client(servers.postgres.url);
  await admin.connect();
  const set = (what: string): Promise<unknown> => admin.query(`ALTER ROLE ${guest} ${what}`);
  await admin.query(`CREATE ROLE ${guest} LOGIN CREATEDB PASSWORD 'guest'`);
  const url = as(guest, "postgres");

  await set("SET default_transaction_read_only = on");
  expect(await sentence("postgres", url)).toMatch(
    /^PostgreSQL at \S+ says "cannot execute CREATE DATABASE in a read-only transaction": name the primary, or a user/,
  );
  await set("RESET default_transaction_read_only");
  for (const limit of ["statement", "lock", "idle_in_transaction_session"])
    await set(`SET ${limit}_timeout = '1ms'`);
  // A limit in the URL counts, and one of the role does not.
  const limited = `${url}?options=-c%20statement_timeout%3D1ms`;
  expect(await sentence("postgres", limited)).toMatch(
    /says "canceling statement due to (statement timeout|user request)": raise the time limit of this user: ALTER ROLE/,
  );
  const ran = await raceproof(
    ...["run", "--backend", "postgres", "--server", `postgres=${url}`, "--workload", "counter"],
    ...["--strategy", "in-place,select-for-update", "--isolation", "RC", "--out", out],
  );
  expect(ran.stdout, ran.stderr).toContain("2 cells: 2 as declared");
  await set("CONNECTION LIMIT 1");
  expect(await sentence("postgres", url)).toMatch(
    /refuses the connection, "too many connections for role .*": let it take more .*CONNECTION LIMIT/,
  );
  await admin.query(`DROP ROLE ${guest}`);
  await admin.end();
});

test.for(["mysql", "mariadb"] as const)("%s: what is to be granted is enough", async (kind) => {
  const admin = await createConnection(servers[kind].url);
  await admin.query(`CREATE USER ${guest}@'%' IDENTIFIED BY 'guest'`);
  const url = as(guest, kind);

  const said = await sentence(kind, url);
  expect(said).toMatch(
    /may not create databases, or not see who waits for a lock, .*: GRANT .*; GRANT .*'\.$/,
  );
  const grants = [...said.matchAll(/GRANT [^;]*'(?=[;.])/g)].map(([grant]) => grant);
  expect(grants).toHaveLength(2);
  await admin.query(`${grants[0]!}@'%'`);
  expect(await sentence(kind, url)).toBe(said);
  await admin.query(`${grants[1]!}@'%'`);
  expect(await sentence(kind, url)).toBe("connected");

  await admin.query(`ALTER USER ${guest}@'%' WITH MAX_USER_CONNECTIONS 1`);
  expect(await sentence(kind, url)).toMatch(
    /refuses the connection, ".*max_user_connections.*": let it take more/,
  );
  await admin.query(`DROP USER ${guest}@'%'`);
  await admin.end();
});

test("Redis: a user who may not SCAN, nor ask what it is", async () => {
  const admin = new Redis(servers.redis.url);
  for (const command of ["scan", "info"]) {
    await admin.call("ACL", "SETUSER", guest, "on", ">guest", "~*", "&*", "+@all", `-${command}`);
    expect(await sentence("redis", as(guest, "redis"))).toMatch(
      new RegExp(`^Redis at \\S+ says "NOPERM .*'${command}'.*": raceproof needs all rights in`),
    );
  }
  await admin.call("ACL", "DELUSER", guest);
  await admin.quit();
});

test("Redis: a user who lacks what one strategy needs: that one has no verdict", async () => {
  const admin = new Redis(servers.redis.url);
  const user = `${guest}_no_scripts`;
  const rights = ["on", ">guest", "~*", "&*", "+@all", "-@scripting"];
  await admin.call("ACL", "SETUSER", user, ...rights);
  const { code, stdout, stderr } = await raceproof(
    ...["run", "--backend", "redis", "--server", `redis=${as(user, "redis")}`],
    ...["--workload", "counter", "--strategy", "incr,lua", "--schedules", "2", "--out", out],
  );
  await admin.call("ACL", "DELUSER", user);
  await admin.quit();
  expect(stdout + stderr).toMatch(
    /^redis counter lua: Redis \S+ says "NOPERM .*'eval(sha)?'.*": raceproof needs all rights in/m,
  );
  expect(stdout).toContain("✓ incr: correct (as declared)");
  expect(stdout).toContain("2 cells: 1 as declared, 0 different, 1 without a verdict.");
  expect(code).toBe(2);
});

test("more clients than a server lets in: what was explored is kept, and the limit is named", async () => {
  const user = `${guest}_few`;
  const pg = new Client(servers.postgres.url);
  await pg.connect();
  await pg.query(`CREATE ROLE ${user} LOGIN CREATEDB PASSWORD 'guest' CONNECTION LIMIT 20`);
  const my = await createConnection(servers.mysql.url);
  await my.query(`CREATE USER ${user}@'%' IDENTIFIED BY 'guest' WITH MAX_USER_CONNECTIONS 20`);
  await my.query(`GRANT ALL ON *.* TO ${user}@'%'`);
  const folder = join(out, "few");
  const { code, stdout, stderr } = await raceproof(
    ...["run", "--backend", "postgres,mysql", "--workload", "counter", "--strategy", "in-place"],
    ...["--isolation", "RC", "--schedules", "2", "--clients", "300", "--out", folder],
    ...(["postgres", "mysql"] as const).flatMap((kind) => [
      "--server",
      `${kind}=${as(user, kind)}`,
    ]),
  );
  await pg.query(`DROP ROLE ${user}`);
  await pg.end();
  await my.query(`DROP USER ${user}@'%'`);
  await my.end();
  expect(stdout, stderr).toMatch(
    /^postgres: broken off\. .*"too many connections for role .*": let it take more connections, or run fewer clients/m,
  );
  expect(stdout).toMatch(
    /^mysql: broken off\. .*max_user_connections.*": let it take more connections, or run fewer clients/m,
  );
  const { cells } = JSON.parse(readFileSync(join(folder, "results.json"), "utf8")) as Results;
  const broken_off = "Broken off before its load.";
  expect(cells.flatMap(({ remarks }) => remarks)).toEqual([broken_off, broken_off]);
  expect([code, /^ +at |mistake of raceproof/m.test(stdout + stderr)]).toEqual([2, false]);
});

const replica = ownServer("redis");
beforeAll(async () => {
  const client = new Redis(replica());
  await client.replicaof("127.0.0.1", 1);
  await client.quit();
});

test("one odd server does not take the run with it", async () => {
  const admin = new Client(servers.postgres.url);
  await admin.connect();
  await admin.query(`CREATE ROLE ${guest}_ro LOGIN CREATEDB PASSWORD 'guest'`);
  await admin.query(`ALTER ROLE ${guest}_ro SET default_transaction_read_only = on`);
  const odd = [`postgres=${as(`${guest}_ro`, "postgres")}`, `redis=${replica()}`];
  const { code, stdout, stderr } = await raceproof(
    ...["run", "--backend", "postgres,redis,valkey", "--strategy", "in-place,incr"],
    ...[...odd, `valkey=${servers.valkey.url}`].flatMap((from) => ["--server", from]),
    ...["--workload", "counter", "--isolation", "RC", "--schedules", "0", "--out", out],
  );
  await admin.query(`DROP ROLE ${guest}_ro`);
  await admin.end();
  expect(code, stdout + stderr).toBe(2);
  expect(stdout).toMatch(/incr: .*as declared/);
  expect(stdout).toMatch(/postgres: not run\. .* says "cannot execute .*read-only transaction": /);
  expect(stdout).toMatch(/redis: not run\. Redis \S+ says "READONLY .*": name the primary/);
  expect(stdout + stderr).not.toMatch(/^ +at |mistake of raceproof/m);
  const { cells, not_run } = JSON.parse(readFileSync(join(out, "results.json"), "utf8")) as Results;
  expect(cells.map(({ backend }) => backend)).toEqual(["valkey"]);
  expect(not_run.map(({ backend }) => backend).toSorted()).toEqual(["postgres", "redis"]);
});

test("a server that takes no more writes in the middle of a run: no verdict, and why", async () => {
  const client = new Redis(replica());
  await client.replicaof("NO", "ONE");
  const child = start(
    ...["run", "--backend", "redis", "--server", `redis=${replica()}`, "--workload", "counter"],
    ...["--strategy", "incr,lua", "--operations", "5000", "--schedules", "2", "--out", out],
  );
  let said = "";
  child.stderr!.on("data", (data: Buffer) => {
    const before = said.includes(" 1/2 ");
    said += data.toString();
    if (!before && said.includes(" 1/2 ")) void client.replicaof("127.0.0.1", 1);
  });
  const { code, stdout, stderr } = await ended(child);
  await client.quit();
  expect(stdout, stderr).toMatch(
    /^redis counter incr: Redis \S+ says "READONLY .*": name the primary/m,
  );
  expect(stdout).toContain("2 cells: 0 as declared, 0 different, ");
  expect([code, /^ +at |mistake of raceproof/m.test(stdout + stderr)]).toEqual([2, false]);
});
