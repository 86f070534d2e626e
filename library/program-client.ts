/** What a program works with is its own: a driver's connection, a pool, an ORM. This is all we know about it. */

const closing = ["destroy", "$disconnect", "disconnect", "end", "close", "quit", "stop"] as const;

interface Emitter {
  on(event: string, listener: (...values: unknown[]) => void): unknown;
}

/** Calls the first closing method that the client has. */
export async function closeClient(client: unknown): Promise<void> {
  const known = Object(client) as Record<string, unknown>;
  const way = closing.find((name) => typeof known[name] === "function");
  // Drizzle and the like have no such method; the driver's client inside them has.
  if (way === undefined && known["$client"] !== undefined) return closeClient(known["$client"]);
  if (way !== undefined) await (known[way] as () => unknown).call(client);
}

/**
 * When an idle connection is lost, its driver emits `error`, and an `error` that nobody listens for ends the process.
 * The connections of schedules come and go, so we listen.
 */
export function hearsErrors(client: unknown): void {
  if (!isEmitter(client)) {
    // The application's own object, with everything that it works with.
    for (const part of Object.values(Object(client) as object))
      if (isEmitter(part)) hearsErrors(part);
    return;
  }
  client.on("error", () => undefined);
  // Pools emit an event for each new connection.
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
