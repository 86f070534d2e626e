import {
  nextTurn,
  now_ms,
  type RealTimer,
  startTimer,
  stopTimer,
} from "../../backends/real-time.ts";
import type { Ending } from "../trace.ts";
import { exhaustedPool, waitsForHolder } from "./exhausted-pool.ts";
import type { Patience } from "./patience.ts";
import type { Seat } from "./seat.ts";
import { tooLong } from "./stuck.ts";
import type { Waits } from "./waits.ts";
import { WakingClock } from "./waking-clock.ts";

export interface QuietOptions {
  /** How long a client may be busy while nobody else can go. Infinity = no limit. */
  readonly busy_limit_ms: number;
  readonly patience: Patience;
  /** How long the server may take to resolve a mutual waiting. */
  readonly stuck_limit_ms: number;
}

/** After a step, this many turns of the event loop, and this much time, show which clients go on because of it. */
const turns = 3;
const settle_ms = 2;
/** How long to wait for a timer that is not known yet, while others could go. */
const unknown_timer_ms = 300;
/** How long a busy server may take to open a connection; it is waited for even if others could go. */
const opening_ms = 3_000;
/** A client that goes on this soon after another has moved does so because of it. */
const because_ms = 10;
/** A sleep that was cut short rings within a millisecond, and its client goes on. */
const woken_ms = 20;
/** The clock is read at least this often. */
const look_ms = 100;
/** If more time passes between two readings of the clock, the whole process stood still. */
const longest_look_ms = 250;
/** The clock is read at least this often while we watch whether a client moves at all. */
const close_look_ms = 20;

/**
 * Waits until all is quiet: every client stands at the gate, waits for a lock, is done, or stands still. Only then
 * comes the next choice, so that the same choices always meet the same situation.
 *
 * A client inside the process can be at work, or wait for another one: for a lock of the process, a connection of a
 * pool, a promise that all share. When nothing moves and somebody stands at the gate, we stop waiting for a client
 * inside; it "stands still" until something moves.
 */
export class Quiet {
  /** Clients stood still while others went on: there the schedule did not decide who goes next. */
  stood_still = false;
  /** One of them went on by itself while others went on. */
  unsteady = false;
  readonly #seats: readonly Seat[];
  readonly #waits: Waits;
  readonly #options: QuietOptions;
  readonly #clock = new WakingClock(longest_look_ms);
  /** Counts only time in which the program, too, could run. */
  readonly #close_clock = new WakingClock(2 * close_look_ms);
  #trouble: { readonly error: unknown } | undefined;
  #wake: (() => void) | undefined;
  #moves = 0;
  #moved_ms: number = now_ms();
  /** By the close clock: since when nothing has moved. */
  #still_since = 0;
  /** By the clock of the run: since when nothing has moved and nobody was let go. */
  #quiet_since = 0;

  constructor(seats: readonly Seat[], waits: Waits, options: QuietOptions) {
    this.#seats = seats;
    this.#waits = waits;
    this.#options = options;
  }

  /** Ends the current sleep: something may be different now. */
  changed(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }

  /** Ends all waiting with this error. */
  fail(error: unknown): void {
    this.#trouble ??= { error };
    this.changed();
  }

  /** A client came to the gate, got its reply or ended: others may go on because of it. */
  moved(seat: Seat): void {
    const now = now_ms();
    if (seat.stood_still) {
      const why = now < this.#moved_ms + because_ms ? "others moved" : "by itself";
      this.#options.patience.learn(placeOf(seat), why, now - seat.inside_since_ms);
      this.unsteady ||= why === "by itself";
      seat.stood_still = false;
    }
    for (const other of this.#seats) other.stands_still = false;
    this.#quiet_since = this.#clock.now();
    this.#still_since = this.#close_clock.now();
    if (seat.isInside) seat.inside_since_ms = now;
    this.#moves++;
    this.#moved_ms = now;
    this.changed();
  }

  /** A client was let go. */
  released(): void {
    this.#quiet_since = this.#clock.now();
  }

  /** @throws the error that all waiting was ended with */
  async until(): Promise<Ending | undefined> {
    for (;;) {
      if (this.#trouble) throw this.#trouble.error;
      const busy = this.#seats.filter((seat) => seat.isBusy);
      if (busy.length === 0) return undefined;
      const others_can = this.#seats.some((seat) => seat.canGo);
      const quiet_ms = this.#clock.now() - this.#quiet_since;
      if (quiet_ms > this.#options.busy_limit_ms && !others_can)
        return tooLong(busy, this.#seats, quiet_ms);
      const inside = busy.filter((seat) => seat.isInside);
      const exhausted =
        inside.length === busy.length &&
        exhaustedPool(this.#seats, quiet_ms > this.#options.stuck_limit_ms);
      if (exhausted) return exhausted;
      if (inside.length < busy.length) await this.#askWhoWaits(others_can);
      else await this.#lookInside(inside, others_can);
    }
  }

  /** Waits while nobody can go and nobody is waited for; true as soon as that has changed. */
  async resolved(limit_ms: number): Promise<boolean> {
    const until_ms = now_ms() + limit_ms;
    const is_resolved = (): boolean => this.#seats.some((seat) => seat.isBusy || seat.canGo);
    while (now_ms() < until_ms && !this.#trouble && !is_resolved()) {
      await this.#sleep(Math.max(1, until_ms - now_ms()));
    }
    return is_resolved() || this.#trouble !== undefined;
  }

  async #askWhoWaits(others_can: boolean): Promise<void> {
    const now = now_ms();
    const question_ms = this.#waits.nextQuestion_ms();
    if (question_ms <= now) this.#waits.ask(others_can);
    else await this.#sleep(Math.min(question_ms - now, look_ms));
  }

  /** Lets clients inside the process go on, wakes those that sleep, and gives up waiting for the others. */
  async #lookInside(inside: readonly Seat[], others_can: boolean): Promise<void> {
    if (await this.#movesInTurns()) return;
    const sleepers = inside.flatMap((seat) => {
      const sleep = seat.sleeps.current();
      // A client that polls while nobody else can go waits for time to pass: for a lock to expire.
      return sleep?.kind === "known" && (others_can || !seat.polls) ? [sleep] : [];
    });
    for (const sleeper of sleepers) sleeper.wake();
    if (sleepers.length > 0) return this.#sleep(woken_ms);
    if (!others_can) return this.#sleep(look_ms);
    const quiet_ms = this.#close_clock.now() - this.#still_since;
    const left_ms = Math.max(
      ...inside.map((seat) => this.#patienceWith(seat, quiet_ms) - quiet_ms),
    );
    if (left_ms > 0) return this.#sleep(Math.min(left_ms, close_look_ms));
    for (const seat of inside) {
      seat.stands_still = true;
      seat.stood_still = true;
    }
    this.stood_still = true;
  }

  /** How long to wait for a client in all; it has been quiet for `quiet_ms`. */
  #patienceWith(seat: Seat, quiet_ms: number): number {
    if (seat.stood_still || waitsForHolder(seat, this.#seats)) return settle_ms;
    const patience_ms = this.#options.patience.of(placeOf(seat));
    if (this.#options.patience.waitsForOthers(placeOf(seat))) return patience_ms;
    if (seat.is_opening) return opening_ms;
    const sleep = seat.sleeps.current();
    if (sleep?.kind !== "unknown") return patience_ms;
    return Math.min(quiet_ms + sleep.left_ms, unknown_timer_ms) + patience_ms;
  }

  /** Lets the event loop come round a few times: true when something moved meanwhile. */
  async #movesInTurns(): Promise<boolean> {
    const moves = this.#moves;
    for (let turn = 0; turn < turns && this.#moves === moves && !this.#trouble; turn++) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        nextTurn(resolve);
      });
    }
    return this.#moves !== moves;
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer: RealTimer = startTimer(() => this.changed(), ms);
      this.#wake = () => {
        stopTimer(timer);
        resolve();
      };
    });
  }
}

/** Where a client is in its program, as far as can be seen. */
const placeOf = (seat: Seat): string => `${seat.client} ${seat.last_statement ?? ""}`;
