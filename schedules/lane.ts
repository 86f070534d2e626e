import type { Backend, OpenOptions, Session } from "../backends/backend.ts";
import { open_gate } from "../backends/backend.ts";
import { judgeError } from "../backends/refused.ts";
import type { HistoryEvent } from "../histories/event.ts";
import { ScheduleOver, SessionGate, SharedGate } from "./gate.ts";
import { OperationLog } from "./operations.ts";
import { type Around, type Failure, failureOf, type Program } from "./program.ts";
import { type PickNext, Run } from "./runner.ts";
import type { Fault } from "./schedule.ts";
import type { Seat } from "./seat.ts";
import type { Ending, Trace } from "./trace.ts";

/** What one schedule did, and what is wrong with it, if anything. */
export interface Played {
  readonly trace: Trace;
  readonly events: readonly HistoryEvent[];
  readonly failure: Failure | undefined;
}

/** What to play: who does how much, who goes next, what goes wrong. */
export interface Play {
  /** How many operations each client does; its length is the number of clients. */
  readonly operations: readonly number[];
  readonly pick: PickNext;
  readonly faults: readonly Fault[];
}

export interface LaneOptions extends OpenOptions {
  readonly key: string;
  /** Default 2,000 ms. */
  readonly busy_limit_ms?: number;
  /** Default 1,500 ms: PostgreSQL looks for deadlocks after 1 s unless it is told otherwise. */
  readonly stuck_limit_ms?: number;
}

interface Place<Client> {
  readonly gate: SessionGate | SharedGate;
  readonly session: Session<Client>;
}

/** How every trace calls the key it works on. */
export const shown_key = "a";

/** One schedule at a time, on its own connections and its own key; connections are kept between schedules. */
export class Lane<Client> implements AsyncDisposable {
  readonly #backend: Backend<Client>;
  readonly #program: Program<Client>;
  readonly #options: LaneOptions;
  /** By client; with a shared connection all are the same. */
  #places: (Place<Client> | undefined)[] = [];
  #outside: Session<Client> | undefined;
  #key: string;
  #keys_used = 0;

  constructor(backend: Backend<Client>, program: Program<Client>, options: LaneOptions) {
    this.#backend = backend;
    this.#program = program;
    this.#options = options;
    this.#key = options.key;
  }

  /**
   * Runs one schedule from a fresh state to its end and judges it.
   * @throws what `setup` throws, and what the server says when it cannot be asked who waits
   */
  async play(play: Play): Promise<Played> {
    const outside = await this.#open(play.operations.length);
    await this.#program.setup(outside.client, this.#key);
    const key = this.#key;
    const log = new OperationLog(
      play.operations,
      this.#program.operation ?? { f: "run", input: null },
      key,
    );
    const run = this.#newRun(play, key, outside);
    const ending = await run.play((seat) =>
      this.#startClient(seat, play.operations, log, run, key),
    );
    const trace: Trace = {
      operations: play.operations,
      choices: run.choices,
      faults: run.faults,
      steps: run.steps,
      results: log.results(),
      ending,
    };
    const events = [...log.events];
    await this.#leave(run, trace);
    return { trace, events, failure: await this.#judge(trace, events, key) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const places = new Set(this.#places.filter((place) => place !== undefined));
    this.#places = [];
    await Promise.all([...places].map((place) => this.#close(place)));
    await this.#outside?.[Symbol.asyncDispose]();
    this.#outside = undefined;
  }

  #newRun(play: Play, key: string, outside: Session<Client>): Run {
    const expire = this.#program.expire?.bind(this.#program);
    return new Run({
      clients: play.operations.length,
      backend: this.#backend,
      pick: play.pick,
      faults: play.faults,
      key,
      shown_key,
      expire: expire && (() => expire(outside.client, key)),
      busy_limit_ms: this.#options.busy_limit_ms ?? 2000,
      stuck_limit_ms: this.#options.stuck_limit_ms ?? 1500,
    });
  }

  async #startClient(
    seat: Seat,
    operations: readonly number[],
    log: OperationLog,
    run: Run,
    key: string,
  ): Promise<void> {
    const { client } = seat;
    const place = this.#places[client - 1] as Place<Client>;
    if (place.gate instanceof SharedGate) {
      return place.gate.enter(seat, () => this.#runClient(seat, operations, log, run, key));
    }
    place.gate.queue = seat;
    return this.#runClient(seat, operations, log, run, key);
  }

  async #runClient(
    seat: Seat,
    operations: readonly number[],
    log: OperationLog,
    run: Run,
    key: string,
  ): Promise<void> {
    const { client } = seat;
    let has_reconnected = false;
    const reconnect = (): Promise<Client> => {
      has_reconnected = true;
      return this.#reconnect(seat);
    };
    for (let operation = 1; operation <= (operations[client - 1] ?? 0); operation++) {
      seat.operation = operation;
      const place = this.#places[client - 1] as Place<Client>;
      const connection = place.session.alive ? place.session.client : await reconnect();
      has_reconnected = false;
      const request_id = `${key}-${client}-${operation}`;
      const backoff = async (): Promise<void> => run.backsOff(seat);
      const around: Around<Client> = { client, operation, key, request_id, backoff, reconnect };
      log.invoked(client);
      try {
        log.ok(client, operation, await this.#program.run(connection, around));
      } catch (error) {
        const { outcome, code } = judgeError(this.#backend, error);
        // Whatever its last try ended with: an earlier one may have been carried out.
        log.failed(client, operation, has_reconnected ? "info" : outcome, code, error);
      }
      if (seat.isGivenUp) return;
      run.operationReturned(client);
    }
  }

  /** The handshake passes outside the gate: it is not part of the schedule. */
  async #reconnect(seat: Seat): Promise<Client> {
    const old = this.#places[seat.client - 1];
    const fresh = await this.#openPlace();
    if (fresh.gate instanceof SessionGate) fresh.gate.queue = seat;
    this.#places[seat.client - 1] = fresh;
    if (old && !this.#places.includes(old)) await this.#close(old);
    return fresh.session.client;
  }

  async #open(clients: number): Promise<Session<Client>> {
    // At the server's own level: setup and check are no part of what is explored.
    this.#outside ??= await this.#backend.open(open_gate);
    if (this.#program.shared_connection) {
      const shared = this.#places[0] ?? (await this.#openPlace());
      this.#places = Array.from({ length: clients }, () => shared);
      return this.#outside;
    }
    const missing = Array.from({ length: clients }, (_, i) => i).filter((i) => !this.#places[i]);
    await Promise.all(
      missing.map(async (i) => {
        this.#places[i] = await this.#openPlace();
      }),
    );
    return this.#outside;
  }

  async #openPlace(): Promise<Place<Client>> {
    const gate = this.#program.shared_connection ? new SharedGate() : new SessionGate();
    const session = await this.#backend.open(gate, this.#options);
    gate.session = session;
    return { gate, session };
  }

  /** Nothing of a schedule may reach into the next one. */
  async #leave(run: Run, trace: Trace): Promise<void> {
    if (trace.ending.kind !== "ended") return this.#abandon(run);
    const leaving = this.#places.map(async (place, i) => {
      if (!place || this.#places.indexOf(place) < i) return;
      if (place.gate instanceof SessionGate) place.gate.queue = undefined;
      const clients = this.#places.flatMap((p, n) => (p === place ? [n + 1] : []));
      const left = place.session.alive ? leftBy(trace, clients) : "broken";
      if (left === "nothing") return;
      if (left === "something" && place.session.clean) return place.session.clean();
      for (const client of clients) {
        if (run.seats[client - 1]?.dead) run.seats[client - 1]?.giveUp(new ScheduleOver());
      }
      await this.#drop(place);
    });
    await Promise.all(leaving);
  }

  /** A schedule that was given up may still have statements on the server: new connections, a new key. */
  async #abandon(run: Run): Promise<void> {
    const flying = new Set(run.seats.map((seat) => seat.flight?.session));
    const places = [...new Set(this.#places.filter((place) => place !== undefined))];
    for (const place of places) place.gate.close();
    run.giveUp();
    // First those that hold locks without waiting themselves: then the others can end, too.
    places.sort((a, b) => Number(flying.has(a.session)) - Number(flying.has(b.session)));
    for (const place of places) await this.#drop(place);
    this.#key = `${this.#options.key}-${++this.#keys_used}`;
  }

  async #drop(place: Place<Client>): Promise<void> {
    this.#places = this.#places.map((p) => (p === place ? undefined : p));
    await this.#close(place);
  }

  async #close(place: Place<Client>): Promise<void> {
    place.gate.close();
    await place.session[Symbol.asyncDispose]();
  }

  async #judge(
    trace: Trace,
    events: readonly HistoryEvent[],
    key: string,
  ): Promise<Failure | undefined> {
    if (trace.ending.kind !== "ended") return endingFailure(trace.ending);
    const outside = this.#outside as Session<Client>;
    try {
      await this.#program.check(outside.client, { key, trace, events });
      return undefined;
    } catch (error) {
      return failureOf(error);
    }
  }
}

function endingFailure(ending: Exclude<Ending, { kind: "ended" }>): Failure {
  return { kind: ending.kind, message: `${ending.reason}.` };
}

/** What these clients may have left in their session: a transaction, a lock, a setting; or a driver in disorder. */
function leftBy(trace: Trace, clients: readonly number[]): "nothing" | "something" | "broken" {
  const mine = (one: { client: number }): boolean => clients.includes(one.client);
  const steps = trace.steps.filter(mine);
  // A driver remembers its troubles: the AWS SDK has a budget for retries.
  if (steps.some((step) => step.fault !== undefined && step.fault !== "expire")) return "broken";
  if (trace.results.some((result) => mine(result) && result.status !== "ok")) return "something";
  let in_transaction = false;
  for (const { kind, statement } of steps) {
    if (kind === "begin") in_transaction = true;
    else if (kind === "commit" || kind === "rollback") in_transaction = false;
    else if (kind === "lock" && !in_transaction) return "something";
    else if (kind === "other" || /^set \S+ ?(=|to\b)/i.test(statement)) return "something";
  }
  return in_transaction ? "something" : "nothing";
}
