import type { Suite } from "../../matrix/suite.ts";
import { transferring } from "./workload.ts";

const mysql = () => import("./mysql.ts");
const redis = () => import("./redis.ts");

/** Ways to move money from one account to another. */
export const bank: Suite = {
  workload: transferring,
  strategies: {
    postgres: () => import("./postgres.ts"),
    mysql,
    mariadb: () => import("./mariadb.ts"),
    "mariadb-snapshot-off": mysql,
    redis,
    valkey: redis,
    dynamodb: () => import("./dynamodb.ts"),
  },
};
