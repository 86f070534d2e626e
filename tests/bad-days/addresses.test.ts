/** Where a server may be: IPv6, a Unix socket, behind encryption. What does not fit is reported in one sentence. */
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  copyFileSync,
  mkdtempSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { type AddressInfo, createServer, connect as dial, type ListenOptions } from "node:net";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { Redis } from "ioredis";
import { type Connection, createConnection, type RowDataPacket } from "mysql2/promise";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test, vi } from "vitest";
import { CannotConnect } from "../../backends/cannot-connect.ts";
import { openLaneDatabase } from "../../backends/open-lane-database.ts";
import { explore, RaceFound } from "../../library/explore.ts";
import { speakTo } from "../../race/database.ts";
import { throughDoors } from "../../schedules/doors/door-backend.ts";
import { freePort } from "../../servers/port.ts";
import { proxyTo } from "../../servers/proxy.ts";
import type { ServerKind } from "../../servers/server.ts";
import { urlServer } from "../../servers/url.ts";
import { connect } from "../connect.ts";
import { ownServer } from "../own-server.ts";
import { raceproof } from "./raceproof.ts";

type Kind = "postgres" | "mysql" | "redis";
const servers = inject("servers");
const folder = mkdtempSync(join(tmpdir(), "raceproof-addresses-"));
const ends: (() => void)[] = [];
afterAll(() => {
  for (const end of ends) end();
  rmSync(folder, { recursive: true });
});

/** "connected", or the sentence a person gets; the URL is read as the command reads it. */
async function sentence(kind: Kind, url: string): Promise<string> {
  try {
    await using backend = await connect(urlServer(kind, url));
    await using session = await backend.open();
    return session.alive ? "connected" : "lost";
  } catch (error) {
    if (!(error instanceof CannotConnect)) throw error;
    return error.message;
  }
}

const questions: Partial<Record<ServerKind, string>> = {
  ...{ postgres: "SELECT 1", mysql: "SELECT 1", redis: "PING" },
  ...{ dynamodb: "ListTables {}", zookeeper: "ls /" },
};

/** For programs: the set-up goes to the server itself, the clients through doors. @throws whatever keeps one away */
async function mustReachByDoors(kind: ServerKind, url: string): Promise<void> {
  await using lane = await openLaneDatabase(urlServer(kind, url));
  const doors = throughDoors(lane, { open: (at) => at.url, close() {} });
  await using session = await doors.open();
  for (const at of [lane.door.address().url, session.client]) {
    await using speaker = await speakTo(kind, at);
    await speaker.say(questions[kind]!);
  }
}

/** Another way to the shared server. @returns its port, where it has one */
async function forward(kind: ServerKind, to: ListenOptions): Promise<number> {
  const { port } = new URL(servers[kind].url);
  const listener = createServer((near) => {
    const far = dial(Number(port), "127.0.0.1");
    near.pipe(far).pipe(near);
    near.on("error", () => far.destroy());
    far.on("error", () => near.destroy());
  });
  await new Promise<void>((listening) => listener.listen(to, listening));
  ends.push(() => listener.close());
  return (listener.address() as AddressInfo).port;
}

const login = (kind: Kind): string => /\/\/(.*@)/.exec(servers[kind].url)?.[1] ?? "";

test.for(["postgres", "mysql", "redis"] as const)("%s at IPv6", async (kind) => {
  const port = await forward(kind, { host: "::1", port: 0 });
  const database = kind === "postgres" ? "postgres" : "";
  const at = `${kind}://${login(kind)}[::1]:${port}/${database}`;
  expect(await sentence(kind, at)).toBe("connected");
  await mustReachByDoors(kind, at);
});

test.for(["dynamodb", "zookeeper"] as const)("%s at IPv6, through doors", async (kind) => {
  const url = new URL(servers[kind].url);
  url.port = String(await forward(kind, { host: "::1", port: 0 }));
  url.hostname = "[::1]";
  await expect(mustReachByDoors(kind, url.href)).resolves.toBeUndefined();
});

test("Unix sockets in URLs", async () => {
  await forward("postgres", { path: join(folder, ".s.PGSQL.5432") });
  await forward("mysql", { path: join(folder, "mysql.sock") });
  await forward("redis", { path: join(folder, "redis.sock") });
  const [user, password] = login("postgres").slice(0, -1).split(":");
  const urls = [
    ["postgres", `postgres:///postgres?host=${folder}&user=${user}&password=${password ?? ""}`],
    ["postgres", `postgres://${login("postgres")}/postgres?host=${folder}`],
    ["mysql", `mysql://${login("mysql")}localhost/?socketPath=${folder}/mysql.sock`],
    ["mysql", `mysql://${login("mysql")}/?socketPath=${folder}/mysql.sock`],
    ["redis", `redis+unix://${login("redis")}${folder}/redis.sock`],
    ["redis", `redis+unix://${login("redis")}${folder}/redis.sock?db=1`],
  ] as const;
  for (const [kind, url] of urls) {
    expect([url, await sentence(kind, url)]).toEqual([url, "connected"]);
    await mustReachByDoors(kind, url);
    await using proxy = await proxyTo(urlServer(kind, url));
    expect([url, await sentence(kind, proxy.url)]).toEqual([url, "connected"]);
    await using lost = await connect({ kind, url: proxy.url });
    const session = await lost.open();
    proxy.cut();
    await vi.waitFor(() => expect([url, session.alive]).toEqual([url, false]));
  }
  const gone = `mysql://root@localhost/?socketPath=${folder}/gone.sock`;
  expect(await sentence("mysql", gone)).toMatch(/^Nobody listens at \/\S+gone\.sock: start /);
});

describe("encryption", () => {
  const own = {
    postgres: ownServer("postgres"),
    mysql: ownServer("mysql"),
    redis: ownServer("redis"),
  };
  const [key, cert] = ["key.pem", "cert.pem"].map((name) => join(folder, name)) as [string, string];
  const plus = (kind: Kind, search: string): string => `${own[kind]()}${search}`;

  beforeAll(async () => {
    const made = ["-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"];
    execFileSync("openssl", ["req", ...made, "-keyout", key, "-out", cert], { stdio: "ignore" });
  });

  test("a server that has none says so", async () => {
    expect(await sentence("postgres", plus("postgres", "?sslmode=require"))).toMatch(
      /"The server does not support SSL connections": it does not encrypt; take sslmode/,
    );
    expect(await sentence("mysql", plus("mysql", "/?ssl={}"))).toMatch(
      /: it does not encrypt; take/,
    );
    expect(await sentence("redis", own.redis().replace("redis:", "rediss:"))).toMatch(
      /does not encrypt: begin its URL with redis:/,
    );
  });

  test("PostgreSQL: a certificate that nobody trusts; a client must show one, too, also through a door", async () => {
    const admin = new pg.Client(own.postgres());
    await admin.connect();
    const { rows } = await admin.query(
      "SELECT current_setting('data_directory') AS folder, current_setting('hba_file') AS hba",
    );
    const { folder: data, hba } = rows[0] as { folder: string; hba: string };
    const { uid, gid } = statSync(data);
    for (const file of [key, cert]) {
      copyFileSync(file, join(data, basename(file)));
      chownSync(join(data, basename(file)), uid, gid);
      chmodSync(join(data, basename(file)), 0o600);
    }
    const { username } = new URL(own.postgres());
    writeFileSync(hba, `local all all scram-sha-256\nhostssl all all all cert map=any`);
    writeFileSync(join(data, "pg_ident.conf"), `any localhost ${username}\n`);
    for (const set of ["ssl_cert_file = 'cert.pem'", "ssl_key_file = 'key.pem'"])
      await admin.query(`ALTER SYSTEM SET ${set}`);
    await admin.query("ALTER SYSTEM SET ssl_ca_file = 'cert.pem'");
    await admin.query("ALTER SYSTEM SET ssl = on");
    await admin.query("SELECT pg_reload_conf()");
    await admin.end();
    const url = (search: string): string =>
      `${own.postgres().replace("127.0.0.1", "localhost")}?${search}`;
    expect(await sentence("postgres", url("sslmode=verify-full"))).toMatch(
      /nobody whom this machine/,
    );
    expect(await sentence("postgres", url(""))).toMatch(
      /it wants encryption; add \?sslmode=require/,
    );
    const trusted = `sslmode=verify-full&sslrootcert=${cert}`;
    expect(await sentence("postgres", url(trusted))).toMatch(/certificate/);
    const known = url(`${trusted}&sslcert=${cert}&sslkey=${key}`);
    expect(await sentence("postgres", known)).toBe("connected");
    const { text } = await explore({
      database: known,
      schema: "CREATE TABLE counter (v int)",
      client: async (at: string) => {
        const client = new pg.Client(at);
        await client.connect();
        return client;
      },
      setup: (db) => db.query("DELETE FROM counter; INSERT INTO counter VALUES (0)"),
      run: (db) => db.query("UPDATE counter SET v = v + 1"),
    });
    expect(text).toContain("proof for this size");
  });

  test("MySQL: a certificate that nobody trusts; one that demands encryption", async () => {
    const admin = await createConnection(own.mysql());
    for (const set of [`ssl_cert = '${cert}'`, `ssl_key = '${key}'`, `ssl_ca = '${cert}'`])
      await admin.query(`SET GLOBAL ${set}`);
    await admin.query("SET GLOBAL tls_version = 'TLSv1.3'");
    await admin.query("ALTER INSTANCE RELOAD TLS");
    await admin.query("CREATE USER tls@'%' IDENTIFIED BY 'x' REQUIRE SSL");
    await admin.query("SET GLOBAL require_secure_transport = ON");
    await admin.end();
    expect(await sentence("mysql", own.mysql())).toMatch(
      /it wants encryption; add .* \?ssl=\{\} to/,
    );
    expect(await sentence("mysql", plus("mysql", "/?ssl={}"))).toMatch(/nobody whom this machine/);
    const anyone = plus("mysql", '/?ssl={"rejectUnauthorized":false}');
    expect(await sentence("mysql", anyone)).toBe("connected");
    const program = {
      database: anyone,
      schema: "CREATE TABLE counter (id int PRIMARY KEY, v int)",
      client: (url: string) => createConnection(url),
      setup: (db: Connection) => db.query("REPLACE INTO counter VALUES (1, 0)"),
      repairs: false,
    } as const;
    const race = explore({ ...program, run: readThenWrite }).catch((error: unknown) => error);
    expect(await race).toBeInstanceOf(RaceFound);
    const { text } = await explore({
      ...program,
      run: (db) => db.execute("UPDATE counter SET v = v + 1 WHERE id = ?", [1]),
    });
    expect(text).toContain("proof for this size");
  });

  test("Redis: the same", async () => {
    const admin = new Redis(own.redis());
    const tls_port = await freePort();
    const set = { "tls-cert-file": cert, "tls-key-file": key, "tls-ca-cert-file": cert };
    await admin.call(
      "CONFIG",
      "SET",
      ...Object.entries({ ...set, "tls-auth-clients": "no" }).flat(),
    );
    await admin.config("SET", "tls-port", String(tls_port));
    await admin.quit();
    const url = new URL(own.redis().replace("redis:", "rediss:"));
    url.port = String(tls_port);
    expect(await sentence("redis", url.href)).toMatch(/nobody whom this machine trusts/);
    url.hostname = "localhost";
    vi.stubEnv("NODE_EXTRA_CA_CERTS", cert);
    onTestFinished(() => void vi.unstubAllEnvs());
    const cell = ["--workload", "counter", "--strategy", "incr", "--schedules", "2"];
    const known = await raceproof(
      ...["run", "--backend", "redis", "--server", `redis=${url.href}`, ...cell, "--out", folder],
    );
    expect(known.stdout, known.stderr).toContain("1 cell: 1 as declared");
  });
});

async function readThenWrite(db: Connection): Promise<void> {
  const [rows] = await db.query<RowDataPacket[]>("SELECT v FROM counter WHERE id = 1");
  await db.query("UPDATE counter SET v = ? WHERE id = 1", [rows[0]!["v"] + 1]);
}
