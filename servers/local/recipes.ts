import type { ServerKind } from "../server.ts";
import { dynamodb } from "./dynamodb.ts";
import { mariadb } from "./mariadb.ts";
import { mysql } from "./mysql.ts";
import { postgres } from "./postgres.ts";
import type { Recipe } from "./recipe.ts";
import { redis } from "./redis.ts";
import { valkey } from "./valkey.ts";
import { zookeeper } from "./zookeeper.ts";

export const recipes: Readonly<Record<ServerKind, Recipe>> = {
  mysql,
  mariadb,
  postgres,
  redis,
  valkey,
  dynamodb,
  zookeeper,
};

/** What to try, in this order: MariaDB only if MySQL cannot be had, and under its own name. */
export const candidates = (kind: ServerKind): readonly Recipe[] =>
  kind === "mysql" ? [mysql, mariadb] : [recipes[kind]];
