import type { ServerKind } from "../servers/server.ts";
import type { Backend } from "./backend.ts";

/**
 * The backend for a kind of server; its driver library is loaded only now.
 *
 * @throws CannotConnect in one sentence.
 */
export async function connect(server: {
  readonly kind: ServerKind;
  readonly url: string;
}): Promise<Backend<unknown>> {
  switch (server.kind) {
    case "postgres":
      return (await import("./postgres/backend.ts")).connectPostgres(server);
    case "mysql":
      return (await import("./mysql/backend.ts")).connectMysql(server);
    case "redis":
      return (await import("./redis/backend.ts")).connectRedis(server);
    case "dynamodb":
      return (await import("./dynamodb/backend.ts")).connectDynamodb(server);
  }
}
