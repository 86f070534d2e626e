import { unwrapped } from "../causes.ts";
import { errorField } from "../error-field.ts";
import { not_sent } from "../not-sent.ts";

/** Errors from mysql2 itself for requests that it did not send. */
const never_sent =
  /^Can't add new command when connection is in closed state|^Bind parameters must/;
/** No connection was made, so nothing was sent. */
const no_connection = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
]);
/**
 * Errors of the server that leave open whether the statement took effect: the server shuts down (1053, 1077, 1079),
 * was told to end the connection (1317 interrupted, MariaDB 1927), lost it (1152, 1158–1161, 4031) or failed in COMMIT
 * itself (1180). Every other error rolls back at least the statement; 1205 only the statement:
 * https://dev.mysql.com/doc/refman/en/innodb-error-handling.html
 */
const nobody_knows = new Set([
  1053, 1077, 1079, 1080, 1152, 1158, 1159, 1160, 1161, 1180, 1317, 1927, 4031,
]);

/** `fail` = it certainly did not happen; `info` = nobody knows. Looks inside errors that a library wrapped. */
export function outcome(error: unknown): "fail" | "info" {
  const answered = unwrapped(error, isAnswer);
  if (isAnswer(answered)) return nobody_knows.has(numberOf(answered)) ? "info" : "fail";
  // Only when it is not wrapped: a wrapped one may be about another server.
  if (no_connection.has(errorField(error, "code"))) return "fail";
  return neverSent(unwrapped(error, neverSent)) ? "fail" : "info";
}

/** The server's error number, or the code of the driver or socket. */
export function code(error: unknown): string {
  const telling = unwrapped(
    error,
    (one) => numberOf(one) > 0 || errorField(one, "code") !== "" || neverSent(one),
  );
  if (numberOf(telling) > 0) return String(numberOf(telling));
  const own = errorField(telling, "code");
  if (own !== "") return own;
  return neverSent(telling) ? not_sent : "error";
}

const numberOf = (error: unknown): number => Number(errorField(error, "errno"));

/**
 * Whether the error comes from the server: the driver's socket errors have a negative system error number and no
 * SQLSTATE.
 */
function isAnswer(error: unknown): boolean {
  return numberOf(error) > 0 && errorField(error, "sqlState") !== "";
}

function neverSent(error: unknown): boolean {
  return never_sent.test(errorField(error, "message"));
}
