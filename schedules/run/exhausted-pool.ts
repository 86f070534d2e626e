/**
 * A pool can stop requests for ever, and no database sees it. Either all wait for its connections, and hold them. Or
 * pool and locks form a circle: one client waits for a connection, and those who hold them wait for its lock.
 */
import { shownStatement } from "../../histories/shortened.ts";
import type { Ending } from "../trace.ts";
import type { Seat } from "./seat.ts";

/**
 * Everyone who is not done waits for a connection of one pool, or for a lock, and all its connections are held by
 * clients that wait themselves, or are done and never gave theirs back: nobody will ever go on.
 *
 * @param locks_last the server has had its time to resolve waits for locks
 */
export function exhaustedPool(seats: readonly Seat[], locks_last: boolean): Ending | undefined {
  const left = seats.filter((seat) => !seat.isOver);
  const locked = left.filter((seat) => seat.waits && !seat.flights.some(({ is_slow }) => is_slow));
  const borrowing = left.filter((seat) => !locked.includes(seat));
  const pool = borrowing[0] && poolWaitedFor(borrowing[0]);
  if (!pool || !borrowing.every((seat) => seat.isInside && poolWaitedFor(seat) === pool))
    return undefined;
  const { size, holders, held } = holdersOf(pool, seats);
  if (held < size || (locked.length > 0 && !locks_last)) return undefined;
  const lock = locked.map((seat) => `; ${lockInWords(seat, borrowing, seats)}`).join("");
  return { kind: "exhausted pool", reason: `${waitInWords(borrowing)}; ${holders}${lock}` };
}

function waitInWords(borrowing: readonly Seat[]): string {
  const names = borrowing.map(({ client }) => `client ${client}`).join(" and ");
  return `${names} ${borrowing.length === 1 ? "waits" : "wait"} for a connection`;
}

/** Whose lock it is, only where nobody else can hold it: neither another client, nor this one's other connection. */
function lockInWords(seat: Seat, borrowing: readonly Seat[], seats: readonly Seat[]): string {
  const at = `, at \`${shownStatement(seat.last_statement ?? "")}\``;
  const holding = seats.filter(({ borrowed }) => borrowed.held > 0);
  const [other] = borrowing;
  const is_alone = holding.every((one) => one === seat || one === other);
  const is_others = borrowing.length === 1 && is_alone && seat.borrowed.held === 1;
  const whose = is_others && other ? ` that client ${other.client} holds` : "";
  return `client ${seat.client} waits for a lock${whose}${at}`;
}

/** Also says who else waits for a connection, for the end of a sentence. */
export function alsoBorrowing(seat: Seat, seats: readonly Seat[]): string {
  const others = seats.filter((other) => other !== seat && !other.isOver && other.isInside);
  return others
    .flatMap((other) => {
      const words = borrowing(other, seats);
      return words === undefined ? [] : [`; client ${other.client} waits ${words}`];
    })
    .join("");
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
