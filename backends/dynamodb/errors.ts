import { CannotConnect } from "../cannot-connect.ts";
import { unwrapped } from "../causes.ts";
import { errorField } from "../error-field.ts";
import { not_sent } from "../not-sent.ts";

/** What the SDK adds to every error of a request. */
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

/** Errors of calls for which nothing was sent. */
export const unsent: WeakSet<object> = new WeakSet();

/**
 * `fail` = it certainly did not happen; `info` = nobody knows.
 *
 * After a retry even the server's own error proves nothing: the first attempt may have taken effect and its reply
 * may have been lost, and then the condition of the second attempt fails because of the first.
 * Only a transaction has a token by which the server recognizes it.
 */
export function outcome(error: unknown): "fail" | "info" {
  if (!(error instanceof Error)) return "info";
  const telling = unwrapped(error, isOfSdk);
  if (!(telling instanceof Error)) return "info";
  if (telling instanceof CannotConnect || unsent.has(telling)) return "fail";
  const { name, $metadata } = telling as Error & SdkError;
  if (name === "TransactionCanceledException") return "fail";
  if (($metadata?.attempts ?? 1) > 1 || name === "TransactionInProgressException") return "info";
  // Only when it is not wrapped: a wrapped one may be about another server.
  if (no_connection.has(String((error as Error & SdkError).code))) return "fail";
  const status = $metadata?.httpStatusCode ?? 0;
  return status >= 400 && status < 500 ? "fail" : "info";
}

/** `ConditionalCheckFailedException`, or the code of the socket: `ECONNRESET`; `not sent`. */
export function code(error: unknown): string {
  const telling = unwrapped(error, (one) => isOfSdk(one) || errorField(one, "code") !== "");
  if (!(telling instanceof Error)) return "error";
  if (unsent.has(telling)) return not_sent;
  const { name, code } = telling as Error & SdkError;
  return typeof code === "string" ? code : name;
}

function isOfSdk(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { $metadata } = error as Error & SdkError;
  return error instanceof CannotConnect || unsent.has(error) || $metadata !== undefined;
}
