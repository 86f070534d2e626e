import type { Backend, Step } from "../../backends/backend.ts";
import { type Fault, ranked } from "../schedule.ts";
import { type Ending, type Mutable, steady, type TraceStep } from "../trace.ts";
import { ScheduleOver } from "./gate.ts";
import { type Arrival, Seat } from "./seat.ts";
import { mutualWaiting, tooLong } from "./stuck.ts";
import { type AsksWhoWaits, Waits } from "./waits.ts";

/** A point where more than one client can go. */
export interface ChoicePoint {
  /** Who can go and with which step, in the order that choices count them. */
  readonly candidates: readonly { readonly client: number; readonly step: Step }[];
  /** What was done so far; all of it has been answered or waits for a lock. */
  readonly steps: readonly TraceStep[];
}

/** Answers the choice at a point: an index into its candidates (too large wraps around). */
export type PickNext = (point: ChoicePoint) => number;

/** What a schedule needs from its surroundings. */
export interface Scene {
  readonly clients: number;
  readonly backend: AsksWhoWaits & Pick<Backend<unknown>, "code">;
  readonly pick: PickNext;
  readonly faults: readonly Fault[];
  /** The key of this run, and how the trace calls it. */
  readonly key: string;
  readonly shown_key: string;
  /** Makes a lock with a time to live expire now. */
  readonly expire: (() => Promise<void>) | undefined;
  /** How long a client may be busy outside the database. */
  readonly busy_limit_ms: number;
  /** How long the server may take to resolve a mutual waiting. */
  readonly stuck_limit_ms: number;
}

/** Once a client died with its connection open, nobody resolves a wait for it. */
const dead_holder_ms = 50;

/**
 * Runs one schedule: chooses among the clients that can go, lets one go, and waits until everyone is
 * at the gate, done, or waiting for a lock. Only then comes the next choice, so that the same choices
 * always meet the same situation.
 */
export class Run {
  readonly seats: readonly Seat[];
  readonly steps: Mutable<TraceStep>[] = [];
  readonly choices: number[] = [];
  readonly faults: Fault[] = [];
  readonly #scene: Scene;
  readonly #waits: Waits;
  #last: number | undefined;
  #wake: (() => void) | undefined;
  #trouble: unknown;

  constructor(scene: Scene) {
    this.#scene = scene;
    const changed = (error?: unknown): void => this.#changed(error);
    this.seats = Array.from({ length: scene.clients }, (_, i) => new Seat(i + 1, changed));
    this.#waits = new Waits(scene.backend, this.seats, this.steps, changed);
  }

  /**
   * Starts all clients and takes them through the schedule to its end, or gives it up with a reason.
   * @throws what `start` or the server's answer to "who waits?" throws
   */
  async play(start: (seat: Seat) => Promise<void>): Promise<Ending> {
    for (const seat of this.seats) {
      const finished = (error?: unknown): void => {
        seat.finished = true;
        this.#changed(error);
      };
      start(seat).then(() => finished(), finished);
    }
    for (;;) {
      const too_long = await this.#untilQuiet();
      if (this.#trouble !== undefined) throw this.#trouble;
      if (too_long) return too_long;
      const can_go = this.seats.filter((seat) => seat.canGo);
      if (can_go.length > 0) await this.#release(this.#choose(can_go));
      else if (this.seats.every((seat) => seat.isOver)) return { kind: "ended" };
      else if (!(await this.#resolved()))
        return mutualWaiting(this.seats, this.#scene.stuck_limit_ms);
    }
  }

  /** Rejects whatever still stands at the gates, so that abandoned code can clean up after itself. */
  giveUp(): void {
    for (const seat of this.seats) seat.giveUp(new ScheduleOver());
  }

  /** Marks that an operation of this client has returned, after the last step it took. */
  operationReturned(client: number): void {
    const row = this.steps.findLast((step) => step.client === client);
    if (row) row.returns = true;
  }

  /** The client backs off: it goes on after everyone else who can has taken a step. */
  backsOff(seat: Seat): void {
    for (const other of this.seats) if (other !== seat) seat.lets_go_first.add(other);
    const row = this.steps.findLast((step) => step.client === seat.client);
    if (row) row.backs_off = true;
  }

  #choose(can_go: readonly Seat[]): Seat {
    const eager = can_go.filter((seat) => !can_go.some((other) => seat.lets_go_first.has(other)));
    const able = eager.length > 0 ? eager : can_go;
    const [only] = able;
    if (able.length === 1 && only) return only;
    const clients = ranked(
      able.map((seat) => seat.client),
      this.#last,
    );
    const order = clients.map((client) => this.seats[client - 1] as Seat);
    const candidates = order.map((seat) => ({
      client: seat.client,
      step: (seat.arrived[0] as Arrival).step,
    }));
    const choice = this.#scene.pick({ candidates, steps: this.steps }) % order.length;
    this.choices.push(choice);
    return order[choice] as Seat;
  }

  async #release(seat: Seat): Promise<void> {
    const arrival = seat.arrived.shift() as Arrival;
    this.#last = seat.client;
    seat.steps_sent++;
    const faults = this.#scene.faults.filter(
      (fault) => fault.client === seat.client && fault.step === seat.steps_sent,
    );
    this.faults.push(...faults);
    const row = this.#addRow(seat, arrival, faults[0]?.kind);
    seat.lets_go_first.clear();
    for (const other of this.seats) {
      if (other.lets_go_first.delete(seat)) (this.steps[row] as Mutable<TraceStep>).lets_on = true;
    }
    for (const fault of faults) {
      if (fault.kind === "die") return this.#die(seat, arrival, fault.connection);
      if (fault.kind === "expire") await this.#scene.expire?.();
      if (fault.kind === "lose reply") arrival.session.loseNextReply();
    }
    await this.#waits.hold(arrival.step);
    seat.busy_since_ms = performance.now();
    seat.flight = this.#waits.takeOff(row, arrival);
    this.#send(seat, arrival, this.steps[row] as Mutable<TraceStep>);
  }

  #addRow(seat: Seat, { step, operation }: Arrival, fault: Fault["kind"] | undefined): number {
    const { key, shown_key } = this.#scene;
    const statement = steady(step.statement, key, shown_key);
    seat.last_statement = statement;
    this.steps.push({
      client: seat.client,
      operation,
      statement,
      kind: step.kind,
      // Named alike in every lane: a search compares steps of different lanes.
      keys: step.keys?.map((name) => steady(name, key, shown_key)),
      ...(step.server_wide ? { server_wide: true } : {}),
      ...(fault === undefined ? {} : { fault }),
    });
    return this.steps.length - 1;
  }

  #send(seat: Seat, arrival: Arrival, row: Mutable<TraceStep>): void {
    sent(arrival).then(
      (reply) => {
        row.reply = steady(arrival.step.describe(reply), this.#scene.key, this.#scene.shown_key);
        this.#waits.landed(seat);
        arrival.resolve(reply);
        this.#changed();
      },
      (error: unknown) => {
        row.error = this.#scene.backend.code(error);
        this.#waits.landed(seat);
        arrival.reject(error);
        this.#changed();
      },
    );
  }

  async #die(seat: Seat, arrival: Arrival, connection: "closes" | "stays"): Promise<void> {
    seat.dead = true;
    seat.arrived.unshift(arrival);
    if (connection === "stays") return;
    await arrival.session[Symbol.asyncDispose]();
    this.#waits.lookAgain();
  }

  /** Waits until nobody is busy; answers why not, if that takes too long. */
  async #untilQuiet(): Promise<Ending | undefined> {
    for (;;) {
      const busy = this.seats.filter((seat) => seat.isBusy);
      if (busy.length === 0 || this.#trouble !== undefined) return undefined;
      const now = performance.now();
      const late = busy.find((seat) => now > seat.busy_since_ms + this.#scene.busy_limit_ms);
      if (late) return tooLong(late, now);
      const question_ms = this.#waits.nextQuestion_ms();
      if (question_ms <= now) this.#waits.ask();
      else await this.#sleep(Math.min(question_ms - now, this.#scene.busy_limit_ms));
    }
  }

  /** Everyone left waits for a lock: true as soon as the server has resolved it. */
  async #resolved(): Promise<boolean> {
    const someone_died = this.seats.some((seat) => seat.dead);
    const limit_ms = someone_died ? dead_holder_ms : this.#scene.stuck_limit_ms;
    const until_ms = performance.now() + limit_ms;
    while (performance.now() < until_ms && this.#trouble === undefined) {
      if (this.seats.some((seat) => seat.isBusy || seat.canGo)) return true;
      await this.#sleep(Math.max(1, until_ms - performance.now()));
    }
    return this.seats.some((seat) => seat.isBusy || seat.canGo);
  }

  #changed(error?: unknown): void {
    this.#trouble ??= error;
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#changed(), ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/** Sends; a client library that throws at once has rejected. */
async function sent(arrival: Arrival): Promise<unknown> {
  return arrival.send();
}
