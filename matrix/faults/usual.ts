/** A few correct ways of counting on each backend, at its own default level: what `--fault` runs unless told otherwise. */
import type { Isolation } from "../../backends/backend.ts";

export const usual_strategies: readonly string[] = [
  // SQL
  "in-place",
  "select-for-update",
  "version-column",
  "advisory-lock",
  "named-lock",
  "operation-id",
  // Redis
  "incr",
  "lua",
  "watch-multi-exec",
  // DynamoDB
  "add",
  "conditional-put",
  "transact-add",
];

/** One for each, whose loss on servers that forget is as plain as can be. */
export const forgettable_strategies: readonly string[] = ["in-place", "incr"];

/** The level at which the server itself starts a transaction. */
export function isUsualLevel(backend: string, isolation: Isolation | null): boolean {
  if (isolation === null) return true;
  return isolation === (backend.startsWith("postgres") ? "READ COMMITTED" : "REPEATABLE READ");
}
