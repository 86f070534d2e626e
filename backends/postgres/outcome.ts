import { unwrapped } from "../causes.ts";
import { errorField } from "../error-field.ts";
import { not_sent } from "../not-sent.ts";

/** Errors from `pg` itself for requests that it did not send. */
const never_sent =
  /not queryable$|^Client was passed a null|^A query must have|^Prepared statements must be unique|^Query values must be an array|^Cursors and query streams/;
/** No connection was made, so nothing was sent. */
const no_connection = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
]);
/**
 * SQLSTATEs that leave open whether the statement took effect: the connection or the server went away meanwhile
 * (08, 57P01 terminated by an administrator, 57P02 crash, 57P05 and 25P03 timeouts of idle sessions),
 * 40003 says exactly this, 58 and XX are system errors. Every other error rolls back the statement, and with it the
 * transaction: https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const nobody_knows = /^(08|58|XX|40003|57P0[125]|25P03)/;
const sqlstate = /^[0-9A-Z]{5}$/;

/** `fail` = it certainly did not happen; `info` = nobody knows. Looks inside errors that a library wrapped. */
export function outcome(error: unknown): "fail" | "info" {
  const answered = unwrapped(error, isAnswer);
  if (isAnswer(answered)) return nobody_knows.test(errorField(answered, "code")) ? "info" : "fail";
  // Only when it is not wrapped: a wrapped one may be about another server.
  if (no_connection.has(errorField(error, "code"))) return "fail";
  return neverSent(unwrapped(error, neverSent)) ? "fail" : "info";
}

/** The SQLSTATE, or the code of the socket; if `pg` gives none, what happened in two words. */
export function code(error: unknown): string {
  const telling = unwrapped(
    error,
    (one) => errorField(one, "code") !== "" || neverSent(one) || isLost(one),
  );
  const own = errorField(telling, "code");
  if (own !== "") return own;
  if (neverSent(telling)) return not_sent;
  return isLost(telling) ? "connection lost" : "error";
}

/** Whether the error is the server's own answer. */
function isAnswer(error: unknown): boolean {
  return sqlstate.test(errorField(error, "code")) && errorField(error, "severity") !== "";
}

function isLost(error: unknown): boolean {
  return errorField(error, "message").startsWith("Connection terminated");
}

function neverSent(error: unknown): boolean {
  return never_sent.test(errorField(error, "message"));
}
