import type { Backend, Step } from "../../backends/backend.ts";
import type { Mutable, TraceStep } from "../trace.ts";
import type { Arrival, Flight, Seat } from "./seat.ts";

/** The first question whether a statement waits comes this long after its send, the next as long after. */
const ask_after_ms = 1;
/** A second waiter may have closed a cycle: give the server this long to see it before others go on. */
const cycle_ms = 3;

/** As much of a backend as tells who waits. */
export type AsksWhoWaits = Pick<
  Backend<unknown>,
  "waiting" | "waitingConnections" | "deadlockCheckMs"
>;

/**
 * Finds out which statements wait for a lock, by asking the server while the statements' own answers
 * race it. A step that waits is held to wait until some other step may have released a lock; then
 * everyone who waits is looked at again, at once, before the next choice.
 */
export class Waits {
  readonly #backend: AsksWhoWaits;
  readonly #seats: readonly Seat[];
  readonly #steps: Mutable<TraceStep>[];
  readonly #changed: (error?: unknown) => void;
  #asking = false;
  /** Counts the steps that may have released a lock: answers to questions from before are void. */
  #releases = 0;

  /** @param changed is called when an answer came, with the error when there was one */
  constructor(
    backend: AsksWhoWaits,
    seats: readonly Seat[],
    steps: Mutable<TraceStep>[],
    changed: (error?: unknown) => void,
  ) {
    this.#backend = backend;
    this.#seats = seats;
    this.#steps = steps;
    this.#changed = changed;
  }

  takeOff(row: number, { session, step }: Arrival): Flight {
    const sent_ms = performance.now();
    const { connection } = step;
    return { row, session, connection, sent_ms, ask_ms: sent_ms + ask_after_ms, waits: false };
  }

  /** When the server is to be asked next; infinite while nothing is open, or a question is under way. */
  nextQuestion_ms(): number {
    if (this.#asking) return Number.POSITIVE_INFINITY;
    let next_ms = Number.POSITIVE_INFINITY;
    for (const { flight } of this.#seats) {
      if (flight && !flight.waits) next_ms = Math.min(next_ms, flight.ask_ms);
    }
    return next_ms;
  }

  ask(): void {
    const asked = this.#seats.filter((seat) => seat.flight && !seat.waits);
    const flights = asked.map((seat) => seat.flight as Flight);
    const releases = this.#releases;
    this.#asking = true;
    this.#whoWaits(flights).then(
      (waits) => {
        this.#asking = false;
        asked.forEach((seat, i) => {
          const flight = flights[i] as Flight;
          if (seat.flight !== flight) return;
          flight.ask_ms = performance.now() + ask_after_ms;
          if (releases === this.#releases && waits(flight)) this.#seen(seat, flight);
        });
        this.#changed();
      },
      (error: unknown) => this.#changed(error),
    );
  }

  /** Call after a step that may have released a lock. */
  lookAgain(): void {
    this.#releases++;
    for (const { flight } of this.#seats) {
      if (!flight?.waits) continue;
      flight.waits = false;
      flight.ask_ms = 0;
    }
  }

  /**
   * A step was answered: if it had waited, it goes on because of the step that was let go last. If none was,
   * the wait ended before it made a difference, and is no part of what happened.
   */
  landed(seat: Seat): void {
    const own = seat.flight?.row ?? 0;
    const row = this.#steps[own] as Mutable<TraceStep>;
    seat.flight = undefined;
    seat.busy_since_ms = performance.now();
    if (row.waited && this.#steps.length - 1 > own) row.released_by = this.#steps.length - 1;
    else delete row.waited;
    if (mayRelease(this.#steps, own)) this.lookAgain();
  }

  /**
   * Where the server looks for deadlocks only some time after a wait began, its victim is the one that
   * closed the cycle only if every earlier waiter was checked by then.
   */
  async hold(step: Step): Promise<void> {
    const check_ms = this.#backend.deadlockCheckMs;
    if (check_ms === undefined || ["begin", "commit", "rollback"].includes(step.kind)) return;
    let rest_ms = 0;
    for (const { flight } of this.#seats) {
      if (flight) rest_ms = Math.max(rest_ms, flight.sent_ms + check_ms - performance.now());
    }
    if (rest_ms > 0) await new Promise((resolve) => setTimeout(resolve, rest_ms));
  }

  async #whoWaits(flights: readonly Flight[]): Promise<(flight: Flight) => boolean> {
    const connections = flights.flatMap(({ connection }) => connection ?? []);
    if (this.#backend.waitingConnections && connections.length === flights.length) {
      const waiting = await this.#backend.waitingConnections(connections);
      return ({ connection }) => connection !== undefined && waiting.has(connection);
    }
    const waiting = await this.#backend.waiting(flights.map(({ session }) => session));
    return ({ session }) => waiting.has(session);
  }

  #seen(seat: Seat, flight: Flight): void {
    const others_wait = this.#seats.some((other) => other !== seat && other.waits);
    if (others_wait && performance.now() < flight.sent_ms + cycle_ms) {
      flight.ask_ms = flight.sent_ms + cycle_ms;
      return;
    }
    const row = this.#steps[flight.row] as Mutable<TraceStep>;
    flight.waits = true;
    row.waited = true;
  }
}

/** Within a transaction a statement that succeeds gives no lock back. */
function mayRelease(steps: readonly TraceStep[], row: number): boolean {
  const step = steps[row] as TraceStep;
  if (step.error !== undefined || step.fault !== undefined) return true;
  if (step.kind === "begin" || step.kind === "read") return false;
  if (step.kind !== "lock" && step.kind !== "write") return true;
  // A function that gives a lock of the session back is a `write` or `lock` like others.
  if (/unlock|release/i.test(step.statement)) return true;
  const edge = steps.findLast(
    (s, i) =>
      i < row && s.client === step.client && ["begin", "commit", "rollback"].includes(s.kind),
  );
  return edge?.kind !== "begin";
}
