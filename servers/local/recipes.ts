import type { ServerKind } from "../server.ts";
import { dynamodb } from "./dynamodb.ts";
import { mysql } from "./mysql.ts";
import { postgres } from "./postgres.ts";
import type { Recipe } from "./recipe.ts";
import { redis } from "./redis.ts";

export const recipes: Readonly<Record<ServerKind, Recipe>> = { mysql, postgres, redis, dynamodb };
