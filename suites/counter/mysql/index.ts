/** Every way of counting in MySQL, in the order of the matrix. */
import type { Connection } from "mysql2/promise";
import type { Strategy } from "../../../matrix/strategy.ts";
import * as inPlace from "./in-place.ts";
import * as lostReply from "./lost-reply.ts";
import * as namedLocks from "./named-lock.ts";
import * as optimistic from "./optimistic.ts";
import * as readWrite from "./read-write.ts";
import * as rowLocks from "./row-lock.ts";

export { setUp } from "./counter-table.ts";

export const strategies: readonly Strategy<Connection>[] = [
  readWrite.readWriteWithoutWhere,
  readWrite.readWrite,
  readWrite.readWriteInTransaction,
  rowLocks.selectForUpdate,
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
  namedLocks.namedLock,
  namedLocks.namedLockReleasedEarly,
  namedLocks.namedLockInsideTransaction,
  lostReply.inPlaceRetried,
  lostReply.operationId,
];
