/** Redis (or Valkey) from the PATH, else Redis from the Debian archive. */
import { join } from "node:path";
import { loadPackage } from "../optional-package.ts";
import { debian, onPath, prefixed } from "./places.ts";
import type { Recipe } from "./recipe.ts";

const version = (said: string): string | undefined =>
  /v=((?:[6-9]|\d\d)\.\d+\.\d+)/.exec(said)?.[1];

export const redis_packages = {
  what: "Redis",
  suite: "trixie",
  package: "redis-server",
  without: ["adduser", "init-system-helpers"],
} as const;

const secret_file = "secret.conf";

/** With these, nobody gets at files or runs code, even with the secret. Versions before 7 have no such settings. */
const closed: readonly string[] = ["protected-configs", "debug-command", "module-command"].flatMap(
  (name) => [`--enable-${name}`, "no"],
);

export const redis: Recipe = {
  kind: "redis",
  product: "Redis",
  end: "KILL",
  places: [
    onPath({
      program: "redis-server",
      product: "Redis",
      version: (said) => (/Redis server/.test(said) ? version(said) : undefined),
    }),
    onPath({
      program: "valkey-server",
      product: "Valkey",
      version: (said) => (/Valkey server/.test(said) ? version(said) : undefined),
    }),
    debian(redis_packages, prefixed("usr/bin/redis-server")),
  ],

  async configure({ home, secret }) {
    await home.write(secret_file, `requirepass ${secret}\n`);
  },

  arguments: ({ home, program, data, port, settings }) => [
    join(home.folder, secret_file),
    ...(Number.parseInt(program.version) >= 7 ? closed : []),
    "--bind",
    "127.0.0.1",
    "--port",
    String(port),
    "--dir",
    data,
    "--save",
    "",
    ...(settings === "durable" ? ["--appendonly", "yes", "--appendfsync", "always"] : []),
  ],
  url: (port, secret) => `redis://:${secret}@127.0.0.1:${port}`,
  identity: ({ data }) => data,

  async ask(url) {
    const { Redis } = await loadPackage("ioredis", () => import("ioredis"));
    const client = new Redis(url, {
      lazyConnect: true,
      connectTimeout: 2000,
      maxRetriesPerRequest: 0,
      retryStrategy: () => null,
    });
    client.on("error", () => {});
    // A server that accepts a connection may still never answer.
    const enough = setTimeout(() => client.disconnect(), 2000);
    try {
      await client.connect();
      const answer = (await client.config("GET", "dir")) as readonly string[];
      return answer[1] ?? "";
    } finally {
      clearTimeout(enough);
      client.disconnect();
    }
  },
};
