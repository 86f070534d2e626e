import type { Backend, Step } from "../../backends/backend.ts";
import { now_ms } from "../../backends/real-time.ts";
import { renamed } from "../../backends/step-facts.ts";
import { commentedIn } from "../../histories/statement-comment.ts";
import { type Fault, isLoss, ranked } from "../schedule.ts";
import { type Ending, hasVerdict, type Mutable, type Trace, type TraceStep } from "../trace.ts";
import { ScheduleOver } from "./gate.ts";
import { watchHandlers } from "./http-handlers.ts";
import type { Naming } from "./naming.ts";
import type { Patience } from "./patience.ts";
import type { Polling } from "./polling.ts";
import { Quiet } from "./quiet.ts";
import { type Arrival, type Flight, Seat } from "./seat.ts";
import { heldUp, mutualWaiting, tooMany } from "./stuck.ts";
import { watchTimers } from "./timers.ts";
import { type AsksWhoWaits, Waits } from "./waits.ts";

/** A point where more than one client can go. */
export interface ChoicePoint {
  /** Who can go and with which step, in the order that choices count them. */
  readonly candidates: readonly { readonly client: number; readonly step: Step }[];
  /** What was done so far; all of it has been answered or waits for a lock. */
  readonly steps: readonly TraceStep[];
  /** The keys of a step as the trace will call them. */
  readonly touches: (step: Step) => readonly string[] | undefined;
}

/** Answers the choice at a point: an index into its candidates (too large wraps around). */
export type PickNext = (point: ChoicePoint) => number;

/** What a schedule needs from its surroundings. */
export interface Scene {
  readonly clients: number;
  readonly backend: AsksWhoWaits & Pick<Backend<unknown>, "code" | "outcome">;
  readonly pick: PickNext;
  readonly faults: readonly Fault[];
  /** How the trace calls the key and what is generated. */
  readonly naming: Naming;
  /** Called when the first step of an operation is let go. */
  readonly invoked: (client: number, operation: number) => void;
  /** Makes a lock with a time to live expire now. */
  readonly expire: (() => Promise<void>) | undefined;
  /** How long a client may be busy outside the database while nobody else can go. */
  readonly busy_limit_ms: number;
  readonly patience: Patience;
  readonly polling: Polling;
  /** At most so many steps. */
  readonly step_limit: number;
  /** How long the server may take to resolve a mutual waiting. */
  readonly stuck_limit_ms: number;
  /** All connections of this lane, by the server's own numbers, where its backend can say who holds one up. */
  readonly connections: () => readonly number[];
}

/** Once a client died with its connection open, nobody resolves a wait for it. */
const dead_holder_ms = 50;

/** Runs one schedule: chooses among the clients that can go, lets one go, and waits until all is quiet again. */
export class Run {
  readonly seats: readonly Seat[];
  readonly steps: Mutable<TraceStep>[] = [];
  readonly choices: number[] = [];
  readonly faults: Fault[] = [];
  readonly #scene: Scene;
  /** A client that polled had to let the others go first. */
  #polled = false;
  /** A loop was found out only in this schedule. */
  #found_out = false;
  #held_up = false;
  readonly #waits: Waits;
  readonly #quiet: Quiet;
  #last: number | undefined;
  /** Since when one client polls and nobody else can go. */
  #alone_since_ms: number | undefined;

  constructor(scene: Scene) {
    this.#scene = scene;
    const moved = (seat: Seat): void => this.#quiet.moved(seat);
    this.seats = Array.from({ length: scene.clients }, (_, i) => new Seat(i + 1, moved));
    this.#waits = new Waits(scene.backend, this.seats, this.steps, (trouble) =>
      trouble ? this.#quiet.fail(trouble.error) : this.#quiet.changed(),
    );
    this.#quiet = new Quiet(this.seats, this.#waits, scene);
  }

  /** What the trace has to say besides its steps: what this schedule leaves out or cannot decide. */
  get remarks(): Pick<Trace, "polled" | "stoodStill" | "cameBeside" | "unsteady"> {
    const { stood_still, unsteady } = this.#quiet;
    const beside = this.seats.find(({ came_beside }) => came_beside !== undefined)?.came_beside;
    return {
      ...(this.#polled ? { polled: true } : {}),
      ...(stood_still ? { stoodStill: true } : {}),
      ...(beside === undefined ? {} : { cameBeside: this.#scene.naming.text(beside) }),
      ...(unsteady || this.#found_out || this.#held_up ? { unsteady: true } : {}),
    };
  }

  /**
   * Starts all clients and takes them through the schedule to its end, or gives it up with a reason.
   * @throws what `start` or the server's answer to "who waits?" throws
   */
  async play(start: (seat: Seat) => Promise<void>): Promise<Ending> {
    watchHandlers();
    const unwatch = watchTimers();
    try {
      for (const seat of this.seats) {
        start(seat)
          .catch((error: unknown) => this.#quiet.fail(error))
          .finally(() => seat.finish());
      }
      return await this.#play();
    } finally {
      unwatch();
    }
  }

  async #play(): Promise<Ending> {
    for (;;) {
      const too_long = await this.#quiet.until();
      if (too_long) return this.#unlessHeldUp(too_long);
      const can_go = this.seats.filter((seat) => seat.canGo);
      if (can_go.length > 0) {
        for (const seat of can_go) this.#backsOffWherePolling(seat);
        const endless = this.#endless(can_go);
        if (endless) return endless;
        await this.#release(this.#choose(can_go));
      } else if (this.seats.every((seat) => seat.isOver)) return { kind: "ended" };
      else if (!(await this.#resolved()))
        return this.#unlessHeldUp(mutualWaiting(this.seats, this.#scene.stuck_limit_ms));
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
    if (row) row.backsOff = true;
  }

  /** It may never end: it has as many steps as it may, or one client polls and nobody else can go. */
  #endless(can_go: readonly Seat[]): Ending | undefined {
    const [seat] = can_go as [Seat, ...Seat[]];
    if (can_go.length > 1 || this.#last !== seat.client) this.#alone_since_ms = undefined;
    else if (seat.polls) this.#alone_since_ms ??= now_ms();
    const { step_limit, busy_limit_ms } = this.#scene;
    const polls_too_long = now_ms() > (this.#alone_since_ms ?? Infinity) + busy_limit_ms;
    if (this.steps.length < step_limit && !polls_too_long) return undefined;
    return tooMany(can_go, this.seats, this.steps.length);
  }

  /** A client that polls lets go first whoever does not poll, too. */
  #backsOffWherePolling(seat: Seat): void {
    const { step, operation } = seat.next as Arrival;
    const { client, slept_after } = seat;
    const statement = this.#scene.naming.asBefore(step.statement);
    const question = { client, operation, kind: step.kind, statement, slept_after };
    const judged = seat.polls ? "no" : this.#scene.polling.judge(question, this.steps);
    if (judged === "no") return;
    this.#found_out ||= judged === "found out";
    seat.polls = true;
    this.backsOff(seat);
    for (const other of this.seats) {
      if (!other.polls || other === seat) continue;
      seat.lets_go_first.delete(other);
      other.lets_go_first.delete(seat);
    }
  }

  #choose(can_go: readonly Seat[]): Seat {
    const eager = can_go.filter((seat) => !can_go.some((other) => seat.lets_go_first.has(other)));
    const able = eager.length > 0 ? eager : can_go;
    this.#polled ||= can_go.some((seat) => seat.polls && !able.includes(seat));
    const [only] = able;
    if (able.length === 1 && only) return only;
    const clients = ranked(
      able.map((seat) => seat.client),
      this.#last,
    );
    const order = clients.map((client) => this.seats[client - 1] as Seat);
    const candidates = order.map((seat) => ({
      client: seat.client,
      step: (seat.next as Arrival).step,
    }));
    const choice =
      this.#scene.pick({ candidates, steps: this.steps, touches: this.#touches }) % order.length;
    this.choices.push(choice);
    return order[choice] as Seat;
  }

  async #release(seat: Seat): Promise<void> {
    const arrival = seat.next as Arrival;
    seat.take(arrival);
    this.#last = seat.client;
    seat.steps_sent++;
    seat.polls = false;
    const faults = this.#scene.faults.filter(
      (fault) =>
        fault.client === seat.client &&
        fault.step === seat.steps_sent &&
        canMeet(arrival.step, fault),
    );
    this.faults.push(...faults);
    const row = this.#addRow(seat, arrival, faults[0]);
    seat.lets_go_first.clear();
    for (const other of this.seats) {
      if (other.lets_go_first.delete(seat)) (this.steps[row] as Mutable<TraceStep>).letsOn = true;
    }
    for (const fault of faults) {
      if (fault.kind === "die") return this.#die(seat, arrival, fault.connection);
      if (fault.kind === "expire") await this.#scene.expire?.();
      if (fault.kind === "lose reply") arrival.session.loseNextReply();
      if (fault.kind === "error") arrival.session.failNext?.(fault.error);
    }
    await this.#waits.hold(arrival.step);
    this.#quiet.released();
    const flight = this.#waits.takeOff(row, arrival);
    seat.flights.push(flight);
    this.#send(seat, arrival, flight);
  }

  /** Named alike in every lane: a search compares steps of different lanes. */
  readonly #touches = ({ keys }: Step): readonly string[] | undefined =>
    keys?.map((name) => this.#scene.naming.touched(name));

  #addRow(seat: Seat, arrival: Arrival, fault: Fault | undefined): number {
    const { step, operation } = arrival;
    // The statement in the trace has other names in it, and the name of a file may be one of them.
    const source = arrival.source ?? commentedIn(step.statement).source;
    const statement = this.#scene.naming.text(step.statement);
    // Whoever calls later is the stricter case: what returned before that must be seen. BEGIN sees
    // nothing, nor does what touches only its own session.
    const sees = step.kind !== "begin" && step.catalog !== "nothing";
    const begins = sees && seat.begun < operation;
    if (begins) {
      seat.begun = operation;
      this.#scene.invoked(seat.client, operation);
    }
    seat.last_statement = statement;
    this.steps.push({
      client: seat.client,
      operation,
      statement,
      kind: step.kind,
      keys: this.#touches(step),
      ...(step.mayUnlock ? { mayUnlock: true } : {}),
      ...(step.database === undefined ? {} : { database: step.database }),
      ...(step.leavesBehind ? { leavesBehind: true } : {}),
      ...(step.serverWide ? { serverWide: true } : {}),
      ...(step.outside === undefined ? {} : { outside: step.outside }),
      ...(step.catalog === undefined ? {} : { catalog: step.catalog }),
      ...(step.isDivisible === true ? { isDivisible: true } : {}),
      ...(begins ? { begins } : {}),
      ...(step.errors ? { errors: step.errors } : {}),
      ...(step.inTransaction === undefined ? {} : { inTransaction: step.inTransaction }),
      ...(fault === undefined ? {} : { fault: fault.kind }),
      ...(fault?.kind === "error" ? { putIn: fault.error } : {}),
      ...(source ? { source } : {}),
    });
    return this.steps.length - 1;
  }

  #send(seat: Seat, arrival: Arrival, flight: Flight): void {
    const row = this.steps[flight.row] as Mutable<TraceStep>;
    sent(arrival).then(
      (reply) => {
        const { naming } = this.#scene;
        row.reply = naming.text(arrival.step.describe(reply));
        const { isDivisible } = arrival.step;
        if (typeof isDivisible === "function" && isDivisible(reply)) row.isDivisible = true;
        const facts = arrival.step.facts?.(reply);
        if (facts) row.facts = renamed(facts, (text) => naming.text(text));
        this.#waits.landed(seat, flight);
        arrival.resolve(reply);
        this.#quiet.moved(seat);
      },
      (error: unknown) => {
        row.error = this.#scene.backend.code(error);
        if (this.#scene.backend.outcome(error) === "info") row.inDoubt = true;
        this.#waits.landed(seat, flight);
        arrival.reject(error);
        this.#quiet.moved(seat);
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

  /** The same ending, unless somebody else has a part in it that clients wait: then it says nothing about them. */
  async #unlessHeldUp(ending: Ending): Promise<Ending> {
    const waiting = this.seats.filter((seat) => seat.waits);
    if (!hasVerdict(ending) || waiting.length === 0) return ending;
    const { backend, connections } = this.#scene;
    const outsider = await backend.heldUpBy?.({
      waiting: waiting.flatMap(({ flights }) =>
        flights.flatMap(({ connection, session }) => connection ?? session.connections ?? []),
      ),
      ours: connections(),
      statements: this.steps.map(({ statement }) => statement),
    });
    if (outsider === undefined) return ending;
    this.#held_up = true;
    return heldUp(waiting, outsider);
  }

  /** Everyone left waits for a lock: true as soon as the server has resolved it. */
  #resolved(): Promise<boolean> {
    const someone_died = this.seats.some((seat) => seat.dead);
    return this.#quiet.resolved(someone_died ? dead_holder_ms : this.#scene.stuck_limit_ms);
  }
}

/** In another schedule the step may be one that the server would never answer so. */
const canMeet = ({ errors = [] }: Step, fault: Fault): boolean =>
  fault.kind !== "error" ||
  errors.includes(fault.error) ||
  (errors.length > 0 && isLoss(fault.error));

/** Sends; a client library that throws at once has rejected. */
async function sent(arrival: Arrival): Promise<unknown> {
  return arrival.send();
}
