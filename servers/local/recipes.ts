import type { ServerKind } from "../server.ts";
import { dynamodb } from "./dynamodb.ts";
import { mariadb } from "./mariadb.ts";
import { mysql } from "./mysql.ts";
import { postgres } from "./postgres.ts";
import type { Recipe } from "./recipe.ts";
import { redis } from "./redis.ts";

export const recipes: Readonly<Record<ServerKind, Recipe>> = { mysql, postgres, redis, dynamodb };

/** What to try, in this order: MariaDB only where MySQL cannot be had, and under its own name. */
export const candidates = (kind: ServerKind): readonly Recipe[] =>
  kind === "mysql" ? [mysql, mariadb] : [recipes[kind]];
