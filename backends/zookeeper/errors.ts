import { CannotConnect } from "../cannot-connect.ts";
import { errorField } from "../error-field.ts";

/** Errors of requests that were given to a client whose connection was over already. */
export const unsent: WeakSet<object> = new WeakSet();

/** The connection was lost before the reply came; all other errors are the server's answer. */
const no_reply = new Set(["CONNECTION_LOSS", "OPERATION_TIMEOUT"]);

/** `fail` = it certainly did not happen; `info` = nobody knows. */
export function outcome(error: unknown): "fail" | "info" {
  if (!(error instanceof Error)) return "info";
  if (error instanceof CannotConnect || unsent.has(error)) return "fail";
  const is_of_zookeeper = Number(errorField(error, "code")) < 0;
  return is_of_zookeeper && !no_reply.has(error.name) ? "fail" : "info";
}

/** ZooKeeper's own name: `NO_NODE`, `CONNECTION_LOSS`; `not sent` where the client knew before. */
export function code(error: unknown): string {
  if (!(error instanceof Error)) return "error";
  return unsent.has(error) ? "not sent" : error.name;
}
