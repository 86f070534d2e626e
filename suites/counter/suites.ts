/** All counter suites, in the order of the matrix. */
import type { Redis } from "ioredis";
import type { Client as Zookeeper } from "node-zookeeper-client";
import { combined } from "../../backends/combined.ts";
import type { Server } from "../../servers/server.ts";
import { type CounterSuite, counterSuite } from "./counter-suite.ts";

export type { CounterSuite } from "./counter-suite.ts";

const postgres = async (server: Server) =>
  (await import("../../backends/postgres/backend.ts")).connectPostgres(server);
const mysql = async (server: Server, options?: { snapshot_isolation: false }) =>
  (await import("../../backends/mysql/backend.ts")).connectMysql(server, options);
const redis = async (server: Server) =>
  (await import("../../backends/redis/backend.ts")).connectRedis(server);
const dynamodb = async (server: Server) =>
  (await import("../../backends/dynamodb/backend.ts")).connectDynamodb(server);

const zookeeper = async (server: Server) =>
  (await import("../../backends/zookeeper/backend.ts")).connectZookeeper(server);

const mariadb_counters = () => import("./mysql/mariadb.ts");
const redis_counters = () => import("./redis/index.ts");
const redis_lock = {
  postgres: () => import("./redis-lock/postgres.ts"),
  mysql: () => import("./redis-lock/mysql.ts"),
};
const withRedis = <Sql>(sql: Sql, redis: Redis) => ({ sql, redis });
const zookeeper_lock_mysql = () => import("./zookeeper-lock/mysql.ts");
const withZookeeper = <Sql>(sql: Sql, zookeeper: Zookeeper) => ({ sql, zookeeper });

export const suites: readonly CounterSuite[] = [
  counterSuite({
    backend: "postgres",
    servers: ["postgres"],
    counters: () => import("./postgres/index.ts"),
    connect: (servers) => postgres(servers.postgres),
  }),
  counterSuite({
    backend: "mysql",
    servers: ["mysql"],
    counters: () => import("./mysql/index.ts"),
    connect: (servers) => mysql(servers.mysql),
    instead: { mariadb: mariadb_counters },
  }),
  counterSuite({
    backend: "mariadb",
    servers: ["mariadb"],
    only_by_name: true,
    counters: mariadb_counters,
    connect: (servers) => mysql(servers.mariadb),
  }),
  counterSuite({
    backend: "mariadb-snapshot-off",
    servers: ["mariadb"],
    only_by_name: true,
    counters: () => import("./mysql/mariadb-snapshot-off.ts"),
    connect: (servers) => mysql(servers.mariadb, { snapshot_isolation: false }),
  }),
  counterSuite({
    backend: "redis",
    servers: ["redis"],
    counters: redis_counters,
    connect: (servers) => redis(servers.redis),
    instead: { valkey: redis_counters },
  }),
  counterSuite({
    backend: "valkey",
    servers: ["valkey"],
    only_by_name: true,
    counters: redis_counters,
    connect: (servers) => redis(servers.valkey),
  }),
  counterSuite({
    backend: "dynamodb",
    servers: ["dynamodb"],
    counters: () => import("./dynamodb/index.ts"),
    connect: (servers) => dynamodb(servers.dynamodb),
  }),
  counterSuite({
    backend: "postgres+redis",
    servers: ["postgres", "redis"],
    counters: redis_lock.postgres,
    connect: async (servers) =>
      combined(await postgres(servers.postgres), await redis(servers.redis), withRedis),
    instead: { "postgres+valkey": redis_lock.postgres },
  }),
  counterSuite({
    backend: "mysql+redis",
    servers: ["mysql", "redis"],
    counters: redis_lock.mysql,
    connect: async (servers) =>
      combined(await mysql(servers.mysql), await redis(servers.redis), withRedis),
    instead: {
      "mysql+valkey": redis_lock.mysql,
      "mariadb+redis": redis_lock.mysql,
      "mariadb+valkey": redis_lock.mysql,
    },
  }),
  counterSuite({
    backend: "postgres+zookeeper",
    servers: ["postgres", "zookeeper"],
    only_by_name: true,
    counters: () => import("./zookeeper-lock/postgres.ts"),
    connect: async (servers) =>
      combined(await postgres(servers.postgres), await zookeeper(servers.zookeeper), withZookeeper),
  }),
  counterSuite({
    backend: "mysql+zookeeper",
    servers: ["mysql", "zookeeper"],
    only_by_name: true,
    counters: zookeeper_lock_mysql,
    connect: async (servers) =>
      combined(await mysql(servers.mysql), await zookeeper(servers.zookeeper), withZookeeper),
    instead: { "mariadb+zookeeper": zookeeper_lock_mysql },
  }),
];
