import type { Suite } from "../../matrix/suite.ts";
import { counting } from "./workload.ts";

const redis = () => import("./redis/index.ts");
const redis_lock_postgres = () => import("./redis-lock/postgres.ts");
const redis_lock_mysql = () => import("./redis-lock/mysql.ts");
const zookeeper_lock_mysql = () => import("./zookeeper-lock/mysql.ts");

/** Many clients increment one counter: every way that people write it. */
export const counter: Suite = {
  workload: counting,
  strategies: {
    postgres: () => import("./postgres/index.ts"),
    mysql: () => import("./mysql/index.ts"),
    mariadb: () => import("./mysql/mariadb.ts"),
    "mariadb-snapshot-off": () => import("./mysql/mariadb-snapshot-off.ts"),
    redis,
    valkey: redis,
    dynamodb: () => import("./dynamodb/index.ts"),
    "postgres+redis": redis_lock_postgres,
    "postgres+valkey": redis_lock_postgres,
    "mysql+redis": redis_lock_mysql,
    "mysql+valkey": redis_lock_mysql,
    "mariadb+redis": redis_lock_mysql,
    "mariadb+valkey": redis_lock_mysql,
    "postgres+zookeeper": () => import("./zookeeper-lock/postgres.ts"),
    "mysql+zookeeper": zookeeper_lock_mysql,
    "mariadb+zookeeper": zookeeper_lock_mysql,
  },
};
