import type { Suite } from "../../matrix/suite.ts";
import { generating } from "./workload.ts";

const mysql = () => import("./mysql.ts");
const redis = () => import("./redis.ts");

/** Ways to hand out numbers of which no two are the same. */
export const uniqueIds: Suite = {
  workload: generating,
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
