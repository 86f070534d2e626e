import { dynamodb } from "./dynamodb.ts";
import { mysql_shelf } from "./mysql.ts";
import { postgres } from "./postgres.ts";
import { postgres_and_redis } from "./postgres-and-redis.ts";
import type { Shelf } from "./program.ts";
import { redis } from "./redis.ts";

/** The client of a program is what its shelf opens: nothing else needs to know which. */
export const shelves = [
  postgres,
  mysql_shelf,
  redis,
  dynamodb,
  postgres_and_redis,
] as unknown as readonly Shelf<unknown>[];
