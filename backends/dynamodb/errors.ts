import { CannotConnect } from "../cannot-connect.ts";

/** What the SDK notes on every error of a request. */
interface SdkError {
  readonly name: string;
  readonly code?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number; readonly attempts?: number };
}

const no_connection = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
]);

/** Errors of calls of which no attempt was sent. */
export const unsent: WeakSet<object> = new WeakSet();

/**
 * `fail` = it certainly did not happen; `info` = nobody knows.
 *
 * After a retry even an error that the server answered says nothing: the first attempt may have been
 * carried out and its reply lost, and then the condition of the second fails because of the first.
 * Only a transaction has a token by which the server knows it again.
 */
export function outcome(error: unknown): "fail" | "info" {
  if (!(error instanceof Error)) return "info";
  if (error instanceof CannotConnect || unsent.has(error)) return "fail";
  const { name, code, $metadata } = error as Error & SdkError;
  if (name === "TransactionCanceledException") return "fail";
  if (($metadata?.attempts ?? 1) > 1 || name === "TransactionInProgressException") return "info";
  if (no_connection.has(String(code))) return "fail";
  const status = $metadata?.httpStatusCode ?? 0;
  return status >= 400 && status < 500 ? "fail" : "info";
}

/** `ConditionalCheckFailedException`, or the code of the socket: `ECONNRESET`; `not sent`. */
export function code(error: unknown): string {
  if (!(error instanceof Error)) return "error";
  if (unsent.has(error)) return "not sent";
  const { name, code } = error as Error & SdkError;
  return typeof code === "string" ? code : name;
}
