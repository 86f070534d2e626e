import { dynamodb } from "./dynamodb.ts";
import { mysql } from "./mysql.ts";
import { postgres } from "./postgres.ts";
import { redis } from "./redis.ts";
import type { Speech } from "./speech.ts";
import { zookeeper } from "./zookeeper.ts";

/** All protocols that a door can read. */
export const protocols: Readonly<Record<string, Speech>> = {
  postgres,
  mysql,
  redis,
  dynamodb,
  zookeeper,
};
