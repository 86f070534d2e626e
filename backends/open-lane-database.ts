import { CannotConnect } from "./cannot-connect.ts";
import type { LaneDatabase } from "./lane-database.ts";

type Open = (server: { readonly url: string }) => Promise<LaneDatabase>;

const postgres: Open = async (server) =>
  (await import("./postgres/backend.ts")).postgresLaneDatabase(server);
const mysql: Open = async (server) =>
  (await import("./mysql/backend.ts")).mysqlLaneDatabase(server);
const redis: Open = async (server) =>
  (await import("./redis/lane-database.ts")).redisLaneDatabase(server);
const dynamodb: Open = async (server) =>
  (await import("./dynamodb/backend.ts")).dynamodbLaneDatabase(server);

const by_scheme: Readonly<Record<string, Open>> = {
  postgres,
  postgresql: postgres,
  mysql,
  mariadb: mysql,
  redis,
  rediss: redis,
  http: dynamodb,
  https: dynamodb,
};

/**
 * An empty database of our own at a server, for programs that come through a door.
 * @throws CannotConnect
 */
export async function openLaneDatabase(server: { readonly url: string }): Promise<LaneDatabase> {
  const scheme = /^[a-z]+(?=:)/.exec(server.url)?.[0] ?? "";
  const open = Object.hasOwn(by_scheme, scheme) ? by_scheme[scheme] : undefined;
  if (open === undefined) {
    throw new CannotConnect(
      `There are no doors to "${scheme}:": a URL begins with one of ${Object.keys(by_scheme).join(", ")}.`,
    );
  }
  return open(server);
}
