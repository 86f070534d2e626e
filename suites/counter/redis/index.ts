/** Every way of counting in Redis, in the order of the matrix. */
import type { Redis } from "ioredis";
import type { Strategy } from "../../../matrix/strategy.ts";
import { getSet, incr, lua } from "./incr.ts";
import * as locks from "./lock.ts";
import * as lostReply from "./lost-reply.ts";
import * as watches from "./watch.ts";

export { setUp } from "./counter-key.ts";

export const strategies: readonly Strategy<Redis>[] = [
  getSet,
  incr,
  lua,
  watches.watch,
  watches.watchOnSharedConnection,
  locks.lock,
  locks.lockFenced,
  locks.lockFencedByHighest,
  lostReply.incrResent,
  lostReply.incrRetried,
  lostReply.operationId,
  lostReply.operationIdResent,
];
