/**
 * All backends of the matrix, in its order. A new backend is added here, and nowhere else.
 * Each loads its driver library only when it is connected.
 */
import type { Redis } from "ioredis";
import type { Client as Zookeeper } from "node-zookeeper-client";
import type { Backend, Isolation } from "../backends/backend.ts";
import { combined } from "../backends/combined.ts";
import type { Server, ServerKind } from "../servers/server.ts";

/** A backend, or two that work together, not yet connected. */
export interface BackendEntry {
  /** What users write after `--backend`; also the name that the connected backend gives itself. */
  readonly name: string;
  readonly servers: readonly ServerKind[];
  /** The default isolation level of its transactions. */
  readonly usual_level: Isolation | null;
  /** Runs only when it is named, or with `all`: it takes long and shows little that the other backends do not. */
  readonly only_by_name?: true;
  /** Other backends that may answer at its URL, such as MariaDB where MySQL was meant. */
  readonly or?: readonly string[];
  connect(servers: Readonly<Record<ServerKind, Server>>): Promise<Backend<unknown>>;
}

const postgres = async (server: Server) =>
  (await import("../backends/postgres/backend.ts")).connectPostgres(server);
const mysql = async (server: Server, options?: { snapshotIsolation: false }) =>
  (await import("../backends/mysql/backend.ts")).connectMysql(server, options);
const redis = async (server: Server) =>
  (await import("../backends/redis/backend.ts")).connectRedis(server);
const dynamodb = async (server: Server) =>
  (await import("../backends/dynamodb/backend.ts")).connectDynamodb(server);
const zookeeper = async (server: Server) =>
  (await import("../backends/zookeeper/backend.ts")).connectZookeeper(server);

const withRedis = <Sql>(sql: Sql, redis: Redis) => ({ sql, redis });
const withZookeeper = <Sql>(sql: Sql, zookeeper: Zookeeper) => ({ sql, zookeeper });

/** All levels of the standard; a backend that has levels has all of them. */
const levels: readonly Isolation[] = [
  "READ UNCOMMITTED",
  "READ COMMITTED",
  "REPEATABLE READ",
  "SERIALIZABLE",
];

/** The isolation levels of a backend, without connecting to it; `[null]` where it has none. */
export const levelsOf = ({
  usual_level,
}: Pick<BackendEntry, "usual_level">): readonly (Isolation | null)[] =>
  usual_level === null ? [null] : levels;

const in_postgres = "READ COMMITTED";
const in_mysql = "REPEATABLE READ";

export const backends: readonly BackendEntry[] = [
  {
    name: "postgres",
    servers: ["postgres"],
    usual_level: in_postgres,
    connect: (servers) => postgres(servers.postgres),
  },
  {
    name: "mysql",
    servers: ["mysql"],
    usual_level: in_mysql,
    or: ["mariadb"],
    connect: (servers) => mysql(servers.mysql),
  },
  {
    name: "mariadb",
    servers: ["mariadb"],
    usual_level: in_mysql,
    only_by_name: true,
    connect: (servers) => mysql(servers.mariadb),
  },
  {
    name: "mariadb-snapshot-off",
    servers: ["mariadb"],
    usual_level: in_mysql,
    only_by_name: true,
    connect: (servers) => mysql(servers.mariadb, { snapshotIsolation: false }),
  },
  {
    name: "redis",
    servers: ["redis"],
    usual_level: null,
    or: ["valkey"],
    connect: (servers) => redis(servers.redis),
  },
  {
    name: "valkey",
    servers: ["valkey"],
    usual_level: null,
    only_by_name: true,
    connect: (servers) => redis(servers.valkey),
  },
  {
    name: "dynamodb",
    servers: ["dynamodb"],
    usual_level: null,
    connect: (servers) => dynamodb(servers.dynamodb),
  },
  {
    name: "postgres+redis",
    servers: ["postgres", "redis"],
    usual_level: in_postgres,
    or: ["postgres+valkey"],
    connect: async (servers) =>
      combined(await postgres(servers.postgres), await redis(servers.redis), withRedis),
  },
  {
    name: "mysql+redis",
    servers: ["mysql", "redis"],
    usual_level: in_mysql,
    or: ["mysql+valkey", "mariadb+redis", "mariadb+valkey"],
    connect: async (servers) =>
      combined(await mysql(servers.mysql), await redis(servers.redis), withRedis),
  },
  {
    name: "postgres+zookeeper",
    servers: ["postgres", "zookeeper"],
    usual_level: in_postgres,
    only_by_name: true,
    connect: async (servers) =>
      combined(await postgres(servers.postgres), await zookeeper(servers.zookeeper), withZookeeper),
  },
  {
    name: "mysql+zookeeper",
    servers: ["mysql", "zookeeper"],
    usual_level: in_mysql,
    only_by_name: true,
    or: ["mariadb+zookeeper"],
    connect: async (servers) =>
      combined(await mysql(servers.mysql), await zookeeper(servers.zookeeper), withZookeeper),
  },
];
