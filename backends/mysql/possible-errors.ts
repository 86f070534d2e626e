/** Which errors MySQL and MariaDB give, and where: https://dev.mysql.com/doc/mysql-errors/en/server-error-reference.html */
import type { PossibleError } from "../possible-errors.ts";
import type { Request } from "../wire.ts";
import { readsRows, type TransactionState } from "./transaction-state.ts";

/** What an error depends on besides the statement. */
export interface Surroundings {
  readonly is_mariadb: boolean;
  readonly transaction: TransactionState;
}

const row_lock = /\bfor (update|share)\b|\block in share mode\b/i;

/** It locks rows, or writes some. At SERIALIZABLE every SELECT of a transaction does, but none outside of one. */
const locksRows = (request: Request, { transaction: { is_open, level } }: Surroundings): boolean =>
  request.commits_itself ||
  (request.kind === "lock" && row_lock.test(request.statement)) ||
  (is_open && level === "SERIALIZABLE" && readsRows(request));

/** It reads or writes the newest version of rows that are there already. */
const takesNewest = ({ kind, statement }: Request): boolean =>
  (kind === "lock" && row_lock.test(statement)) || /^(update|delete)\b/i.test(statement);

export const possible_errors: readonly PossibleError<Surroundings>[] = [
  {
    // Also from a single statement about a single row, because it locks the records of several indexes one by one. The
    // whole transaction is rolled back.
    code: "1213",
    message: "Deadlock found when trying to get lock; try restarting transaction",
    source: "https://dev.mysql.com/doc/refman/en/innodb-deadlocks-handling.html",
    isPossible: locksRows,
  },
  {
    // Only the statement is rolled back: its transaction goes on (innodb_rollback_on_timeout is OFF by default). On
    // MariaDB also the answer to NOWAIT.
    code: "1205",
    message: "Lock wait timeout exceeded; try restarting transaction",
    source: "https://dev.mysql.com/doc/refman/en/innodb-error-handling.html",
    isPossible: (request, around) =>
      locksRows(request, around) && (around.is_mariadb || !/\bnowait\b/i.test(request.statement)),
  },
  {
    // MariaDB with innodb_snapshot_isolation, from a row that was changed since the snapshot. The whole transaction is
    // rolled back.
    code: "1020",
    message: "Record has changed since last read in table; try restarting transaction",
    source:
      "https://mariadb.com/docs/server/server-usage/storage-engines/innodb/innodb-system-variables",
    isPossible: (request, { transaction: { checks_snapshots, has_snapshot, level } }) =>
      checks_snapshots && has_snapshot && level === "REPEATABLE READ" && takesNewest(request),
  },
  {
    code: "3572",
    message:
      "Statement aborted because lock(s) could not be acquired immediately and NOWAIT is set.",
    source: "https://dev.mysql.com/doc/refman/en/innodb-locking-reads.html",
    isPossible: (request, around) =>
      !around.is_mariadb && locksRows(request, around) && /\bnowait\b/i.test(request.statement),
  },
];

/** These end the whole transaction; the others only their statement. */
export const ends_transaction: ReadonlySet<string> = new Set(["1213", "1020"]);

/** The state that goes with an error's number. */
export const sqlStateOf = (code: string): string => (code === "1213" ? "40001" : "HY000");
