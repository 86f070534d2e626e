import { AsyncResource } from "node:async_hooks";
import type pg from "pg";
import type { Gate } from "../backend.ts";

type Release = (error?: Error | boolean) => void;
type Lent = (error: Error | undefined, client?: pg.PoolClient, release?: Release) => void;

/** Whether it was made by pg, whichever copy of it. */
export function isPgPool(value: unknown): value is pg.Pool {
  const known = Object(value) as Partial<pg.Pool>;
  return (
    typeof known.connect === "function" &&
    typeof known.totalCount === "number" &&
    "options" in known
  );
}

/**
 * Tells a gate who waits for a connection of this pool and who holds one; all ways to get one go through `connect`.
 * Makes the callback of `connect` run in the async context of the client that asked: `pg-pool` itself calls it in the
 * context of the client that gave the connection back.
 */
export function watchPool(pool: pg.Pool, gate: Gate): void {
  if (gate.borrows === undefined) return;
  const connect = pool.connect.bind(pool) as (lent: Lent) => void;
  const size = pool.options.max;

  const connectWith = (lent: Lent): void => {
    const borrowing = gate.borrows!(pool, size);
    const told = AsyncResource.bind(lent);
    connect((error, client, release) => {
      if (error || !client) {
        borrowing.end();
        return told(error, client, release);
      }
      borrowing.lent();
      const giveBack: Release = (reason) => {
        release?.(reason);
        borrowing.end();
      };
      client.release = giveBack;
      told(error, client, giveBack);
    });
  };

  pool.connect = ((lent?: Lent) => {
    if (lent !== undefined) return connectWith(lent);
    return new Promise<pg.PoolClient | undefined>((resolve, reject) => {
      connectWith((error, client) => (error ? reject(error) : resolve(client)));
    });
  }) as typeof pool.connect;
}
