/** Which errors PostgreSQL gives, and where: https://www.postgresql.org/docs/current/errcodes-appendix.html */
import { ended_by_server, type PossibleError } from "../possible-errors.ts";
import type { Request } from "../wire.ts";
import type { TransactionState } from "./transaction-state.ts";

const manual = "https://www.postgresql.org/docs/current";

/** In a transaction that has failed, every statement but its end only gets 25P02. */
const isRunning = ({ kind }: Request, { status }: TransactionState): boolean =>
  status !== "failed" && (kind === "read" || kind === "lock" || kind === "write");

const locks = ({ kind }: Request): boolean => kind === "lock" || kind === "write";

/** A new row has no older version that another transaction could have changed. */
const onlyInserts = ({ statement }: Request): boolean =>
  /^insert\b/i.test(statement) && !/\bon conflict\b/i.test(statement);

export const possible_errors: readonly PossibleError<TransactionState>[] = [
  {
    // At REPEATABLE READ from a row that was changed since the snapshot; at SERIALIZABLE from any statement, and COMMIT.
    // At READ COMMITTED never.
    code: "40001",
    message: "could not serialize access due to concurrent update",
    source: `${manual}/transaction-iso.html`,
    isPossible: (request, state) =>
      state.level === "SERIALIZABLE"
        ? isRunning(request, state) || (request.kind === "commit" && state.status === "open")
        : state.level === "REPEATABLE READ" &&
          isRunning(request, state) &&
          locks(request) &&
          !onlyInserts(request),
  },
  {
    // Whoever waits in a cycle holds a lock already: that of an earlier statement, if each locks one row.
    code: "40P01",
    message: "deadlock detected",
    source: `${manual}/explicit-locking.html#LOCKING-DEADLOCKS`,
    isPossible: (request, state) =>
      state.status === "open" && state.holds_locks && isRunning(request, state) && locks(request),
  },
  {
    code: "55P03",
    message: "could not obtain lock on row",
    source: `${manual}/sql-select.html#SQL-FOR-UPDATE-SHARE`,
    isPossible: (request, state) =>
      isRunning(request, state) &&
      locks(request) &&
      (/\bnowait\b/i.test(request.statement) || state.limits_waits),
  },
  {
    // statement_timeout, or pg_cancel_backend.
    code: "57014",
    message: "canceling statement due to user request",
    source: `${manual}/runtime-config-client.html#GUC-STATEMENT-TIMEOUT`,
    isPossible: isRunning,
  },
  {
    code: ended_by_server,
    message: "terminating connection due to administrator command",
    source: `${manual}/functions-admin.html#FUNCTIONS-ADMIN-SIGNAL`,
    isPossible: () => true,
  },
];
