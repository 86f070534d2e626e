import type { Ending } from "../trace.ts";
import type { Seat } from "./seat.ts";

/**
 * Everyone who is not done waits for a connection of one pool, and all its connections are held by clients that
 * wait themselves, or are done and never gave theirs back: nobody will ever go on.
 */
export function exhaustedPool(seats: readonly Seat[]): Ending | undefined {
  const left = seats.filter((seat) => !seat.isOver);
  const pool = left[0] && poolWaitedFor(left[0]);
  if (pool === undefined || !left.every((seat) => seat.isInside && poolWaitedFor(seat) === pool))
    return undefined;
  const { size, holders, held } = holdersOf(pool, seats);
  if (held < size) return undefined;
  const names = left.map(({ client }) => `client ${client}`).join(" and ");
  const wait = left.length === 1 ? "waits" : "wait";
  return { kind: "exhausted pool", reason: `${names} ${wait} for a connection; ${holders}` };
}

/** `for a connection; client 2 holds 1 of 2`, where it waits for one. */
export function borrowing(seat: Seat, seats: readonly Seat[]): string | undefined {
  const pool = poolWaitedFor(seat);
  if (pool === undefined) return undefined;
  const { holders } = holdersOf(pool, seats);
  return ["for a connection", ...(holders === "" ? [] : [holders])].join("; ");
}

/** It waits for a connection of a pool that has none left. */
export function waitsForHolder(seat: Seat, seats: readonly Seat[]): boolean {
  const pool = poolWaitedFor(seat);
  if (pool === undefined) return false;
  const { size, held } = holdersOf(pool, seats);
  return held >= size;
}

function poolWaitedFor({ borrowed }: Seat): object | undefined {
  for (const [pool, { waits }] of borrowed.shares) if (waits > 0) return pool;
  return undefined;
}

function holdersOf(
  pool: object,
  seats: readonly Seat[],
): { readonly size: number; readonly held: number; readonly holders: string } {
  const shares = seats.flatMap((seat) => {
    const share = seat.borrowed.shares.get(pool);
    return share ? [{ seat, ...share }] : [];
  });
  const holding = shares.filter(({ holds }) => holds > 0);
  return {
    size: shares[0]?.size ?? 0,
    held: holding.reduce((sum, { holds }) => sum + holds, 0),
    holders: holding
      .map(({ seat, holds, size }) => {
        const done = seat.isOver ? " and is done" : "";
        return `client ${seat.client} holds ${holds} of ${size}${done}`;
      })
      .join(", "),
  };
}
