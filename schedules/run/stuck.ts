import type { Ending } from "../trace.ts";
import type { Seat } from "./seat.ts";

/** Everyone left waits for a lock, and the server does not resolve it. */
export function mutualWaiting(seats: readonly Seat[], limit_ms: number): Ending {
  const dead = seats.find((seat) => seat.dead);
  const waiting = seats.filter((seat) => seat.waits);
  const names = waiting.map((seat) => `client ${seat.client}`).join(" and ");
  const wait = waiting.length === 1 ? "waits" : "wait";
  if (dead) {
    const reason = `${names} ${wait} for a lock that client ${dead.client} held when it died`;
    return { kind: "waits for a dead client", reason };
  }
  const reason = `${names} ${wait} for a lock, nobody else can go on, and the server did not resolve it within ${limit_ms} ms`;
  return { kind: "mutual waiting", reason };
}

/** A client has been heard of neither from the server nor at the gate. */
export function tooLong(seat: Seat, now_ms: number): Ending {
  const ms = Math.round(now_ms - seat.busy_since_ms);
  const last = seat.last_statement === undefined ? "its start" : `\`${seat.last_statement}\``;
  if (seat.flight) {
    const reason = `client ${seat.client} has had no answer to ${last} for ${ms} ms, and the server does not say that it waits for a lock`;
    return { kind: "no answer", reason };
  }
  const reason = `client ${seat.client} has been busy outside the database for ${ms} ms after ${last}`;
  return { kind: "busy outside the database", reason };
}
