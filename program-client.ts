/** What a program works with is its own: a driver's connection, a pool, an ORM. This is all we know about it. */

const closing = ["destroy", "$disconnect", "disconnect", "end", "close", "quit", "stop"] as const;

interface Emitter {
  on(event: string, listener: (...values: unknown[]) => void): unknown;
}

/** Closes it in the way that it has. */
export async function closeClient(client: unknown): Promise<void> {
  const known = Object(client) as Record<string, unknown>;
  const way = closing.find((name) => typeof known[name] === "function");
  // Drizzle and its like have no way of their own.
  if (way === undefined && known["$client"] !== undefined) return closeClient(known["$client"]);
  if (way !== undefined) await (known[way] as () => unknown).call(client);
}

/**
 * A connection that is lost while nobody uses it is told as an event, and an event that nobody hears ends the process.
 * Connections of schedules come and go.
 */
export function hearsErrors(client: unknown): void {
  if (!isEmitter(client)) {
    // An application's own object of all that it works with.
    for (const part of Object.values(Object(client) as object))
      if (isEmitter(part)) hearsErrors(part);
    return;
  }
  client.on("error", () => undefined);
  // Pools tell of each new connection.
  for (const event of ["connect", "connection"]) {
    client.on(event, (made) => {
      if (isEmitter(made)) made.on("error", () => undefined);
    });
  }
}

function isEmitter(value: unknown): value is Emitter {
  const known = Object(value) as Partial<Emitter>;
  return typeof known.on === "function" && "once" in known && "emit" in known;
}
