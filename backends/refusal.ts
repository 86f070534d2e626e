import { adviceOn, isHindrance } from "./advice.ts";
import { CannotConnect } from "./cannot-connect.ts";
import { causes } from "./causes.ts";
import { errorField } from "./error-field.ts";

/**
 * An error as one sentence, if it, or one inside it, is a server's refusal: what the server said, and what to do. Use it
 * only when there can be no verdict any more: for an operation, the same error may be a legitimate result.
 * @param server the server, for people: `PostgreSQL 18.4`, `MySQL at db:3306`
 * @returns undefined for any other error
 */
export function refusalIn(error: unknown, server: string): CannotConnect | undefined {
  for (const one of causes(firstError(error))) {
    if (one instanceof CannotConnect) return one;
    const message = errorField(one, "message");
    const advice = adviceOn(errorField(one, "code"), message);
    if (advice === undefined) continue;
    const said = message.replace(/\s+/g, " ").replace(/\.$/, "");
    return new CannotConnect(`${server} says "${said}": ${advice}.`, { cause: error });
  }
  return undefined;
}

/** The same, only for what no program means: a right is missing, the server takes no writes, its disk is full. */
export const hindranceIn = (error: unknown, server: string): CannotConnect | undefined =>
  causes(firstError(error)).some((one) =>
    isHindrance(errorField(one, "code"), errorField(one, "message")),
  )
    ? refusalIn(error, server)
    : undefined;

/** The original error, if cleaning up after it failed, too. */
export function firstError(error: unknown): unknown {
  const { name, suppressed } = Object(error) as { name?: unknown; suppressed?: unknown };
  return name === "SuppressedError" ? firstError(suppressed) : error;
}
