/** Which errors MySQL and MariaDB give, and where: https://dev.mysql.com/doc/mysql-errors/en/server-error-reference.html */
import type { PossibleError } from "../possible-errors.ts";
import type { Request } from "../wire.ts";

/** What an error depends on besides the statement. */
export interface Surroundings {
  readonly is_mariadb: boolean;
}

const row_lock = /\bfor (update|share)\b|\block in share mode\b/i;

/** It locks rows, or writes some. */
const locksRows = ({ kind, statement, commits_itself }: Request): boolean =>
  commits_itself || (kind === "lock" && row_lock.test(statement));

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
    isPossible: (request, { is_mariadb }) =>
      locksRows(request) && (is_mariadb || !/\bnowait\b/i.test(request.statement)),
  },
  {
    code: "3572",
    message:
      "Statement aborted because lock(s) could not be acquired immediately and NOWAIT is set.",
    source: "https://dev.mysql.com/doc/refman/en/innodb-locking-reads.html",
    isPossible: (request, { is_mariadb }) =>
      !is_mariadb && locksRows(request) && /\bnowait\b/i.test(request.statement),
  },
];

/** The state that goes with an error's number. */
export const sqlStateOf = (code: string): string => (code === "1213" ? "40001" : "HY000");
