import { shownStatement } from "../../histories/shortened.ts";
import type { Ending } from "../trace.ts";
import { alsoBorrowing, borrowing, exhaustedPool } from "./exhausted-pool.ts";
import type { Seat } from "./seat.ts";

/** Everyone left waits for a lock, and the server does not resolve it. */
export function mutualWaiting(seats: readonly Seat[], limit_ms: number): Ending {
  const dead = seats.find((seat) => seat.dead);
  const waiting = seats.filter((seat) => seat.waits);
  const names = waiting.map((seat) => `client ${seat.client}`).join(" and ");
  const wait = waiting.length === 1 ? "waits" : "wait";
  const slow = waiting.find(({ flights }) => flights.some(({ is_slow }) => is_slow));
  if (slow) return noAnswer(slow, `while nobody else could go, for ${limit_ms} ms`);
  if (dead) {
    const reason = `${names} ${wait} for a lock that client ${dead.client} held when it died`;
    return { kind: "waits for a dead client", reason };
  }
  const circle = exhaustedPool(seats, true);
  if (circle) return circle;
  const reason = `${names} ${wait} for a lock, nobody else can go on, and the server did not resolve it within ${limit_ms} ms`;
  return { kind: "mutual waiting", reason };
}

/** Somebody who is none of the clients has a part in it that they wait. */
export function heldUp(waiting: readonly Seat[], outsider: string): Ending {
  const names = waiting.map((seat) => `client ${seat.client}`).join(" and ");
  const reason = `${names} ${waiting.length === 1 ? "was" : "were"} held up by somebody else at the server: ${outsider}`;
  return { kind: "held up", reason };
}

/** Clients have been heard of neither from the server nor at the gate. Who waits for a connection waits for the others. */
export function tooLong(busy: readonly Seat[], seats: readonly Seat[], quiet_ms: number): Ending {
  const ms = Math.round(quiet_ms);
  const seat = (busy.find((one) => borrowing(one, seats) === undefined) ?? busy[0]) as Seat;
  if (seat.flights.length > 0) return noAnswer(seat, `for ${ms} ms`);
  const borrows = borrowing(seat, seats);
  const doing =
    borrows === undefined ? "has been busy outside the database" : `has waited (${borrows})`;
  const reason = `client ${seat.client} ${doing} for ${ms} ms after ${lastOf(seat)}${alsoBorrowing(seat, seats)}`;
  return { kind: "busy outside the database", reason };
}

/** The schedule has as many steps as it may, or its only client repeats itself: it may never end. */
export function tooMany(can_go: readonly Seat[], seats: readonly Seat[], steps: number): Ending {
  const [seat] = can_go;
  const reason =
    seat?.polls && can_go.length === 1
      ? `client ${seat.client} asks ${lastOf(seat)} again and again, nobody else can go, and the schedule has ${steps} steps${alsoBorrowing(seat, seats)}`
      : `the schedule has ${steps} steps and is not over`;
  return { kind: "too many steps", reason };
}

function noAnswer(seat: Seat, how_long: string): Ending {
  const reason = `client ${seat.client} has had no answer to ${lastOf(seat)} ${how_long}, and the server does not say that it waits for a lock`;
  return { kind: "no answer", reason };
}

const lastOf = ({ last_statement }: Seat): string =>
  last_statement === undefined ? "its start" : `\`${shownStatement(last_statement)}\``;
