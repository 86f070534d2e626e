import { CannotConnect } from "../backends/cannot-connect.ts";
import { firstError, refusalIn } from "../backends/refusal.ts";
import { errorText } from "../reports/error-text.ts";
import type { StatusLine } from "../reports/status-line.ts";
import type { Server } from "../servers/server.ts";
import { ServerUnavailable } from "../servers/unavailable.ts";

/** How long to wait for a server's end: while it shuts down, it takes no connections but still runs for a while. */
const ending_ms = 2_000;

/**
 * Why a backend could not go on, in a sentence. A mistake of ours is printed at once, with its stack, and not thrown:
 * the other backends must go on.
 * @param product what the servers are, as far as that is known: `PostgreSQL 18.4`
 */
export async function whyNot(
  thrown: unknown,
  product: string,
  servers: readonly Server[],
  status: StatusLine,
): Promise<string> {
  const error = firstError(thrown);
  for (const server of servers) {
    const ending = await server.ending?.(ending_ms);
    if (ending !== undefined)
      return `In the middle of the run, the server (${server.origin}) ${ending}.`;
  }
  if (error instanceof ServerUnavailable || error instanceof CannotConnect) return error.message;
  const refusal = refusalIn(error, product);
  if (refusal !== undefined) return refusal.message;
  status.say(
    `a mistake of raceproof's own; please report it with these lines:\n${errorText(error)}`,
  );
  const { message } = Object(error) as Partial<Error>;
  return `A mistake of raceproof's own, told above: ${message ?? String(error)}`;
}
