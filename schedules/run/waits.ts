import type { Backend, Step } from "../../backends/backend.ts";
import { now_ms, wait } from "../../backends/real-time.ts";
import type { Mutable, TraceStep } from "../trace.ts";
import type { Arrival, Flight, Seat } from "./seat.ts";

/** The first question whether a statement waits comes this long after its send, the next as long after. */
const ask_after_ms = 1;
/** A second waiter may have closed a cycle: give the server this long to see it before others go on. */
const cycle_ms = 3;

/** A statement without an answer for so long does not hold up the others: it may wait for one of them unseen. */
const slow_ms = 1000;
/** Once that is known, this long after every step. */
const still_slow_ms = 5;

/** As much of a backend as tells who waits. */
export type AsksWhoWaits = Pick<
  Backend<unknown>,
  "waiting" | "waitingConnections" | "heldUpBy" | "deadlockCheckMs"
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
  readonly #changed: (trouble?: { readonly error: unknown }) => void;
  #asking = false;
  /** Counts the steps that may have released a lock: answers to questions from before are void. */
  #releases = 0;

  /** @param changed is called when an answer came, with its error when there was one */
  constructor(
    backend: AsksWhoWaits,
    seats: readonly Seat[],
    steps: Mutable<TraceStep>[],
    changed: (trouble?: { readonly error: unknown }) => void,
  ) {
    this.#backend = backend;
    this.#seats = seats;
    this.#steps = steps;
    this.#changed = changed;
  }

  takeOff(row: number, { session, step }: Arrival): Flight {
    const sent_ms = now_ms();
    const { connection } = step;
    return {
      row,
      session,
      step,
      connection,
      sent_ms,
      ask_ms: sent_ms + ask_after_ms,
      waits: false,
      patience_until_ms: sent_ms + slow_ms,
      is_slow: false,
    };
  }

  /** When the server is to be asked next; infinite while nothing is open, or a question is under way. */
  nextQuestion_ms(): number {
    if (this.#asking) return Number.POSITIVE_INFINITY;
    let next_ms = Number.POSITIVE_INFINITY;
    for (const { waits, ask_ms } of this.#flights) {
      if (!waits) next_ms = Math.min(next_ms, ask_ms);
    }
    return next_ms;
  }

  /** @param others_can somebody could go meanwhile: then a statement that takes very long counts as waiting, too */
  ask(others_can: boolean): void {
    const flights = this.#flights.filter((flight) => !flight.waits);
    const releases = this.#releases;
    this.#asking = true;
    this.#whoWaits(flights).then(
      (waits) => {
        this.#asking = false;
        for (const flight of flights.filter((one) => this.#flights.includes(one))) {
          flight.ask_ms = now_ms() + ask_after_ms;
          if (releases !== this.#releases) continue;
          if (waits(flight)) this.#seen(flight);
          else if (others_can && now_ms() > flight.patience_until_ms) this.#isSlow(flight);
        }
        this.#changed();
      },
      (error: unknown) => this.#changed({ error }),
    );
  }

  /** Call after a step that may have released a lock. */
  lookAgain(): void {
    this.#releases++;
    for (const flight of this.#flights) {
      if (!flight.waits) continue;
      flight.waits = false;
      flight.ask_ms = 0;
      if (flight.is_slow) flight.patience_until_ms = now_ms() + still_slow_ms;
    }
  }

  /**
   * A step was answered: if it had waited, it goes on because of the step that was let go last. If none was,
   * the wait ended before it made a difference, and is no part of what happened.
   */
  landed(seat: Seat, flight: Flight): void {
    const own = flight.row;
    const row = this.#steps[own] as Mutable<TraceStep>;
    seat.flights.splice(seat.flights.indexOf(flight), 1);
    if (row.waited && this.#steps.length - 1 > own) row.releasedBy = this.#steps.length - 1;
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
    for (const { sent_ms } of this.#flights) {
      rest_ms = Math.max(rest_ms, sent_ms + check_ms - now_ms());
    }
    if (rest_ms > 0) await wait(rest_ms);
  }

  get #flights(): Flight[] {
    return this.#seats.flatMap(({ flights }) => flights);
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

  #seen(flight: Flight): void {
    const others_wait = this.#flights.some((other) => other !== flight && other.waits);
    if (others_wait && now_ms() < flight.sent_ms + cycle_ms) {
      flight.ask_ms = flight.sent_ms + cycle_ms;
      return;
    }
    const row = this.#steps[flight.row] as Mutable<TraceStep>;
    flight.waits = true;
    row.waited = true;
  }

  #isSlow(flight: Flight): void {
    const row = this.#steps[flight.row] as Mutable<TraceStep>;
    flight.waits = true;
    flight.is_slow = true;
    row.waited = true;
    row.slow = true;
  }
}

/** Within a transaction a statement that succeeds gives no lock back. */
function mayRelease(steps: readonly TraceStep[], row: number): boolean {
  const step = steps[row] as TraceStep;
  if (step.error !== undefined || step.fault !== undefined) return true;
  if (step.kind === "begin" || step.kind === "read") return false;
  if (step.kind !== "lock" && step.kind !== "write") return true;
  if (step.mayUnlock) return true;
  const edge = steps.findLast(
    (s, i) =>
      i < row && s.client === step.client && ["begin", "commit", "rollback"].includes(s.kind),
  );
  return edge?.kind !== "begin";
}
