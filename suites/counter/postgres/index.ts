/** Every way of counting in PostgreSQL, in the order of the matrix. */
import type { Client } from "pg";
import type { Strategy } from "../../../matrix/strategy.ts";
import * as advisoryLocks from "./advisory-lock.ts";
import * as inPlace from "./in-place.ts";
import * as lostReply from "./lost-reply.ts";
import * as optimistic from "./optimistic.ts";
import * as readWrite from "./read-write.ts";
import * as rowLocks from "./row-lock.ts";

export { setUp } from "./counter-table.ts";

export const strategies: readonly Strategy<Client>[] = [
  readWrite.readWriteWithoutWhere,
  readWrite.readWrite,
  readWrite.readWriteInTransaction,
  rowLocks.selectForUpdate,
  rowLocks.selectForNoKeyUpdate,
  rowLocks.selectForUpdateWithoutTransaction,
  rowLocks.readThenSelectForUpdate,
  rowLocks.selectForUpdateTooLate,
  rowLocks.selectForShare,
  rowLocks.selectForUpdateNowait,
  optimistic.versionColumn,
  optimistic.compareAndSet,
  optimistic.compareAndSetInTransaction,
  optimistic.compareAndSetUnchecked,
  inPlace.inPlace,
  inPlace.inPlaceInTransaction,
  inPlace.inPlaceAfterRead,
  inPlace.upsert,
  inPlace.upsertFirst,
  inPlace.upsertInTransaction,
  advisoryLocks.advisoryLock,
  advisoryLocks.advisoryLockReleasedEarly,
  advisoryLocks.advisoryLockInsideTransaction,
  advisoryLocks.advisoryTransactionLock,
  lostReply.inPlaceRetried,
  lostReply.operationId,
];
