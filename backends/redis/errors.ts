import { CannotConnect } from "../cannot-connect.ts";

interface RedisError {
  readonly name: string;
  readonly message: string;
  readonly code?: unknown;
  /** ioredis: the command that was answered with this error. */
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
/** ioredis itself, about commands that it does not send. */
const never_sent = /^Stream isn't writeable and enableOfflineQueue|^Connection in subscriber mode/;

/** Errors of commands that were given to a client whose connection was over already. */
export const unsent: WeakSet<object> = new WeakSet();

/**
 * `fail` = it certainly did not happen; `info` = nobody knows.
 * A script that ends with an error keeps what it wrote before, so its errors say nothing:
 * https://redis.io/docs/latest/develop/programmability/eval-intro/
 */
export function outcome(error: unknown): "fail" | "info" {
  if (!(error instanceof Error)) return "info";
  if (error instanceof CannotConnect || unsent.has(error)) return "fail";
  const { name, message, command, code } = error as RedisError;
  if (no_connection.has(String(code))) return "fail";
  if (name !== "ReplyError") return never_sent.test(message) ? "fail" : "info";
  if (nothing_ran.test(message)) return "fail";
  return /^(eval|evalsha|fcall|exec)$/i.test(command?.name ?? "eval") ? "info" : "fail";
}

/** The server's own code (`WRONGTYPE`), or the client's: `connection lost`, `not sent`, `ECONNREFUSED`, … */
export function code(error: unknown): string {
  if (!(error instanceof Error)) return "error";
  const { name, message, code } = error as RedisError;
  if (unsent.has(error) || never_sent.test(message)) return "not sent";
  if (typeof code === "string") return code;
  if (name === "ReplyError") return answered.exec(message)?.[1] ?? name;
  if (message === "Connection is closed." || name === "AbortError") return "connection lost";
  return name;
}
