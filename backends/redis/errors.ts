import { CannotConnect } from "../cannot-connect.ts";
import { unwrapped } from "../causes.ts";
import { errorField } from "../error-field.ts";
import { not_sent } from "../not-sent.ts";

interface RedisError {
  readonly name: string;
  readonly message: string;
  readonly code?: unknown;
  /** Set by ioredis: the command whose answer this error is. */
  readonly command?: { readonly name: string };
}

/** An error that the server itself answered begins with its code in capitals: `WRONGTYPE Operation against …`. */
const answered = /^([A-Z]{3,})(?= )/;
/** Refused before anything ran, also for scripts and transactions. */
const nothing_ran =
  /^(NOSCRIPT|NOAUTH|NOPERM|READONLY|OOM|LOADING|BUSY|MASTERDOWN|EXECABORT|MISCONF|DENIED) /;
const no_connection = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
]);
/** Errors from ioredis itself, for commands that it does not send. */
const never_sent = /^Stream isn't writeable and enableOfflineQueue|^Connection in subscriber mode/;

/** Errors of commands that were given to a client whose connection was over already. */
export const unsent: WeakSet<object> = new WeakSet();

/**
 * `fail` = it certainly did not happen; `info` = nobody knows.
 * A script that ends with an error keeps what it wrote before, so its errors prove nothing:
 * https://redis.io/docs/latest/develop/programmability/eval-intro/
 */
export function outcome(error: unknown): "fail" | "info" {
  if (!(error instanceof Error)) return "info";
  // Only when it is not wrapped: a wrapped one may be about another server.
  if (no_connection.has(String((error as { code?: unknown }).code))) return "fail";
  const telling = unwrapped(error, isOfRedis);
  if (!(telling instanceof Error)) return "info";
  if (telling instanceof CannotConnect || unsent.has(telling)) return "fail";
  const { name, message, command } = telling as RedisError;
  if (name !== "ReplyError") return never_sent.test(message) ? "fail" : "info";
  if (nothing_ran.test(message)) return "fail";
  return /^(eval|evalsha|fcall|exec)$/i.test(command?.name ?? "eval") ? "info" : "fail";
}

/** The server's own code (`WRONGTYPE`), or the client's: `connection lost`, `not sent`, `ECONNREFUSED`, … */
export function code(error: unknown): string {
  const telling = unwrapped(error, (one) => isOfRedis(one) || errorField(one, "code") !== "");
  if (!(telling instanceof Error)) return "error";
  const { name, message, code } = telling as RedisError;
  if (unsent.has(telling) || never_sent.test(message)) return not_sent;
  if (typeof code === "string") return code;
  if (name === "ReplyError") return answered.exec(message)?.[1] ?? name;
  return isLost(telling) ? "connection lost" : name;
}

/** Whether the error comes from the server, or from ioredis about its connection. */
function isOfRedis(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof CannotConnect || unsent.has(error) || isLost(error)) return true;
  return error.name === "ReplyError" || never_sent.test(error.message);
}

function isLost({ message, name }: Error): boolean {
  return message === "Connection is closed." || name === "AbortError";
}
