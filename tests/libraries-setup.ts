/**
 * One server of each kind for all examples; the example files find them in their environment, as in a project of their
 * own.
 */
import type { ServerKind } from "../servers/server.ts";
import { startServer } from "../servers/start.ts";
import { variableOf } from "../servers/url.ts";

const kinds: readonly ServerKind[] = ["postgres", "mysql", "mariadb", "redis", "dynamodb"];

export default async (): Promise<() => Promise<void>> => {
  const servers = await Promise.all(kinds.map((kind) => startServer(kind, { from: "local" })));
  for (const { kind, url } of servers) process.env[variableOf(kind)] = url;
  return async () => {
    await Promise.all(servers.map((server) => server[Symbol.asyncDispose]()));
  };
};
