import { AsyncResource } from "node:async_hooks";
import type pg from "pg";
import type { Gate } from "../backend.ts";

type Release = (error?: Error | boolean) => void;
type Lent = (error: Error | undefined, client?: pg.PoolClient, release?: Release) => void;

/** Made by pg, whichever copy of it. */
export function isPgPool(value: unknown): value is pg.Pool {
  const known = Object(value) as Partial<pg.Pool>;
  return (
    typeof known.connect === "function" &&
    typeof known.totalCount === "number" &&
    "options" in known
  );
}

/**
 * Lets a gate know who waits for a connection of this pool and who holds one; all ways to get one end in
 * `connect`. Its callback runs in the context of whoever asked: `pg-pool` calls it in that of the client who
 * gave the connection back.
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
