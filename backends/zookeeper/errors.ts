import { CannotConnect } from "../cannot-connect.ts";
import { unwrapped } from "../causes.ts";
import { errorField } from "../error-field.ts";
import { not_sent } from "../not-sent.ts";

/** Errors of requests that were given to a client whose connection was already over. */
export const unsent: WeakSet<object> = new WeakSet();

/** The connection was lost before the reply came; all other errors are the server's answer. */
const no_reply = new Set(["CONNECTION_LOSS", "OPERATION_TIMEOUT"]);

/** `fail` = it certainly did not happen; `info` = nobody knows. */
export function outcome(error: unknown): "fail" | "info" {
  const telling = unwrapped(error, isOfZookeeper);
  if (!(telling instanceof Error)) return "info";
  if (telling instanceof CannotConnect || unsent.has(telling)) return "fail";
  return isOfZookeeper(telling) && !no_reply.has(telling.name) ? "fail" : "info";
}

/** ZooKeeper's own name: `NO_NODE`, `CONNECTION_LOSS`; `not sent` if the client knew before it sent anything. */
export function code(error: unknown): string {
  const telling = unwrapped(error, isOfZookeeper);
  if (!(telling instanceof Error)) return "error";
  return unsent.has(telling) ? not_sent : telling.name;
}

function isOfZookeeper(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof CannotConnect || unsent.has(error)) return true;
  return Number(errorField(error, "code")) < 0;
}
