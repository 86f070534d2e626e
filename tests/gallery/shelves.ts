import { existsSync } from "node:fs";
import { dynamodb } from "./dynamodb.ts";
import { mysql_shelf } from "./mysql.ts";
import { postgres } from "./postgres.ts";
import { postgres_and_redis } from "./postgres-and-redis.ts";
import type { Shelf } from "./program.ts";
import { redis } from "./redis.ts";

/** The client of a program is what its shelf opens: nothing else needs to know which. */
export const with_drivers = [
  postgres,
  mysql_shelf,
  redis,
  dynamodb,
  postgres_and_redis,
] as unknown as readonly Shelf<unknown>[];

const workspace = new URL("../../examples/libraries/", import.meta.url);

/** Absent where nobody has installed the ORMs: they have a workspace of their own, so that `npm ci` stays small. */
export const with_orms: readonly Shelf<unknown>[] | undefined = existsSync(
  new URL("generated", workspace),
)
  ? (
      (await import(new URL("gallery/index.ts", workspace).href)) as {
        readonly shelves: readonly Shelf<unknown>[];
      }
    ).shelves
  : undefined;

export const shelves: readonly Shelf<unknown>[] = [...with_drivers, ...(with_orms ?? [])];
