import { CannotConnect } from "./cannot-connect.ts";
import { type DatabaseKind, databaseKindOf, schemeOf, schemesOf } from "./database-kind.ts";
import type { LaneDatabase } from "./lane-database.ts";

type Open = (server: { readonly url: string }) => Promise<LaneDatabase>;

const by_kind: Readonly<Record<DatabaseKind, Open>> = {
  postgres: async (server) => (await import("./postgres/backend.ts")).postgresLaneDatabase(server),
  mysql: async (server) => (await import("./mysql/backend.ts")).mysqlLaneDatabase(server),
  redis: async (server) => (await import("./redis/lane-database.ts")).redisLaneDatabase(server),
  zookeeper: async (server) =>
    (await import("./zookeeper/lane-database.ts")).zookeeperLaneDatabase(server),
  dynamodb: async (server) => (await import("./dynamodb/backend.ts")).dynamodbLaneDatabase(server),
};

/**
 * An empty database of our own at a server, for programs that come through a door.
 * @throws CannotConnect
 */
export async function openLaneDatabase(server: { readonly url: string }): Promise<LaneDatabase> {
  const kind = databaseKindOf(server.url);
  const open = kind && by_kind[kind];
  if (open === undefined) {
    throw new CannotConnect(
      `There are no doors to "${schemeOf(server.url)}:": a URL begins with one of ${schemesOf(Object.keys(by_kind)).join(", ")}.`,
    );
  }
  return open(server);
}
