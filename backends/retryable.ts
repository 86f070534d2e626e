import { causes } from "./causes.ts";
import { errorField } from "./error-field.ts";

/** PostgreSQL: serialization failure, deadlock, lock not available (NOWAIT, lock_timeout). */
const sqlstates = new Set(["40001", "40P01", "55P03"]);
/**
 * MySQL and MariaDB: deadlock, lock wait timeout (only the statement is rolled back; the program has to roll back
 * the rest), changed since the snapshot (MariaDB), NOWAIT, deadlock of named locks.
 */
const error_numbers = new Set(["1213", "1205", "1020", "3572", "3058"]);
/** DynamoDB; node-redis when a watched key has changed; Prisma's P2034, which stands for any of the above. */
const names = new Set(["TransactionConflictException", "WatchError", "P2034"]);

/** What was read has changed. */
const changed = /^(WATCHED|ConditionalCheckFailedException|TransactionCanceledException)/;

/**
 * Whether an error says only that others were faster: nothing was done, and the same transaction, run again
 * from its beginning, may succeed. Looks along `cause`, so an ORM's wrapper makes no difference.
 *
 * True for PostgreSQL's 40001, 40P01, 55P03, for MySQL's and MariaDB's 1213, 1205, 1020, 3572, 3058, and for
 * a DynamoDB transaction that met another one. False for a condition of the program's own that was not met,
 * and for a lost connection, after which nobody knows what was done.
 *
 * @example
 * import { isRetryable } from "raceproof";
 *
 * const refused = Object.assign(new Error("could not serialize"), { code: "40001", severity: "ERROR" });
 * console.log(isRetryable(new Error("Failed query: UPDATE …", { cause: refused }))); // true
 */
export function isRetryable(error: unknown): boolean {
  return causes(error).some(
    (one) =>
      (sqlstates.has(errorField(one, "code")) && errorField(one, "severity") !== "") ||
      (error_numbers.has(errorField(one, "errno")) && errorField(one, "sqlState") !== "") ||
      names.has(errorField(one, "name")) ||
      names.has(errorField(one, "code")) ||
      metAnotherTransaction(one),
  );
}

/**
 * The same for the code of an error that was read on the wire, also where a repair made the write depend on what its
 * operation had read.
 */
export const isRefusalCode = (code: string): boolean =>
  sqlstates.has(code) || error_numbers.has(code) || changed.test(code);

function metAnotherTransaction(error: unknown): boolean {
  if (errorField(error, "name") !== "TransactionCanceledException") return false;
  const { CancellationReasons: reasons } = error as {
    CancellationReasons?: readonly { readonly Code?: string }[];
  };
  const codes = (reasons ?? []).map(({ Code = "None" }) => Code).filter((code) => code !== "None");
  return codes.length > 0 && codes.every((code) => code === "TransactionConflict");
}
