import type { Backend } from "./backend.ts";

/** ZooKeeper has no counter of its own: it holds locks for the others. */
type BackendKind = "postgres" | "mysql" | "mariadb" | "redis" | "valkey" | "dynamodb";

interface Place {
  readonly url: string;
}

/** Each loads its driver library only when it is called. */
const connects: Readonly<Record<BackendKind, (server: Place) => Promise<Backend<unknown>>>> = {
  postgres: async (server) => (await import("./postgres/backend.ts")).connectPostgres(server),
  mysql: async (server) => (await import("./mysql/backend.ts")).connectMysql(server),
  mariadb: async (server) => (await import("./mysql/backend.ts")).connectMysql(server),
  redis: async (server) => (await import("./redis/backend.ts")).connectRedis(server),
  valkey: async (server) => (await import("./redis/backend.ts")).connectRedis(server),
  dynamodb: async (server) => (await import("./dynamodb/backend.ts")).connectDynamodb(server),
};

/**
 * The backend for a kind of server.
 *
 * @throws CannotConnect in one sentence.
 */
export function connect(server: Place & { readonly kind: BackendKind }): Promise<Backend<unknown>> {
  return connects[server.kind](server);
}
