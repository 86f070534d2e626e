import type { ServerKind } from "../servers/server.ts";
import type { Backend } from "./backend.ts";

interface Place {
  readonly url: string;
}

/** Each loads its driver library only when it is called. */
const connects: Readonly<Record<ServerKind, (server: Place) => Promise<Backend<unknown>>>> = {
  postgres: async (server) => (await import("./postgres/backend.ts")).connectPostgres(server),
  mysql: async (server) => (await import("./mysql/backend.ts")).connectMysql(server),
  redis: async (server) => (await import("./redis/backend.ts")).connectRedis(server),
  dynamodb: async (server) => (await import("./dynamodb/backend.ts")).connectDynamodb(server),
};

/**
 * The backend for a kind of server.
 *
 * @throws CannotConnect in one sentence.
 */
export function connect(server: Place & { readonly kind: ServerKind }): Promise<Backend<unknown>> {
  return connects[server.kind](server);
}
