import type { Backend, Contents, OpenOptions } from "../../backends/backend.ts";
import { judgeError } from "../../backends/refused.ts";
import type { HistoryEvent } from "../../histories/event.ts";
import { type Around, type Failure, failureOf, type Outcome, type Program } from "../program.ts";
import type { Fault, Turn } from "../schedule.ts";
import { followTrails } from "../sources/trails.ts";
import { type Ending, hasVerdict, type Trace, type TraceStep } from "../trace.ts";
import { failureOfLeft } from "./left-behind.ts";
import { contentsOf, memoryOf } from "./memory.ts";
import { Naming } from "./naming.ts";
import { OperationLog } from "./operations.ts";
import { Patience } from "./patience.ts";
import { Polling } from "./polling.ts";
import { type PickNext, Run } from "./runner.ts";
import type { Seat } from "./seat.ts";
import { LaneSessions } from "./sessions.ts";
import { SetupFailed } from "./setup-failed.ts";

/** What one schedule did, and what is wrong with it, if anything. */
export interface Played {
  readonly trace: Trace;
  readonly events: readonly HistoryEvent[];
  readonly failure: Failure | undefined;
  /** What was in the database at the end, if that was asked for and the backend can read it. */
  readonly left?: Contents;
}

/** What to play: who does how much, who goes next, what goes wrong. */
export interface Play {
  /** How many operations each client does; its length is the number of clients. */
  readonly operations: readonly number[];
  readonly pick: PickNext;
  readonly faults: readonly Fault[];
  /** Only these operations, one after the other: each begins when the one before it is over. */
  readonly in_turn?: readonly Turn[];
  /** Sequences give other numbers than they would have given. */
  readonly skips_numbers?: boolean;
  /** Also look at what is in the database at the end. */
  readonly look_after?: boolean;
  /** Also note from which lines of the user's code the steps come; slow. */
  readonly notes_sources?: boolean;
  /** Which schedule of a search it is, from 1; for messages. */
  readonly number?: number;
}

export interface LaneOptions extends OpenOptions {
  /** The name of the program, for messages. Default the key. */
  readonly name?: string;
  /** Empty if the lane has a database of its own, with the program's own names in it. */
  readonly key: string;
  /** Warms up new connections with a schedule that does not count: libraries ask for versions and types first. */
  readonly warms_up?: boolean;
  /** Looks at what every set-up leaves. */
  readonly fresh_start?: LooksAtSetUp;
  /** How long a client may be busy outside the database while nobody else can go. Default 2,000 ms. */
  readonly busy_limit_ms?: number;
  /** How long to wait at first for a client inside the process, while others could go. Default 100 ms. */
  readonly patience_ms?: number;
  /** The most steps in a schedule. Default 1,000. */
  readonly step_limit?: number;
  /** Default 1,500 ms: PostgreSQL looks for deadlocks after 1 s unless it is told otherwise. */
  readonly stuck_limit_ms?: number;
}

/** Gets to see the database after every set-up of a lane. */
export interface LooksAtSetUp {
  look(backend: Pick<Backend<unknown>, "contents">, key: string, memory: Contents): Promise<void>;
}

const step_limit_default = 1_000;

/** What every trace calls the key that it works on. */
export const shown_key = "a";

/** One schedule at a time, on its own connections and its own key; connections are kept between schedules. */
export class Lane<Client> implements AsyncDisposable {
  readonly #backend: Backend<Client>;
  readonly #program: Program<Client>;
  readonly #options: LaneOptions;
  readonly #sessions: LaneSessions<Client>;
  readonly #patience: Patience;
  readonly #polling = new Polling();
  #key: string;
  #keys_used = 0;

  constructor(backend: Backend<Client>, program: Program<Client>, options: LaneOptions) {
    this.#backend = backend;
    this.#program = program;
    this.#options = options;
    this.#key = options.key;
    this.#patience = new Patience(options.patience_ms);
    const shared = program.sharedConnection ?? false;
    this.#sessions = new LaneSessions(backend, shared, options);
  }

  /**
   * Runs one schedule from a fresh state to its end and judges it.
   * @throws SetupFailed
   * @throws the server's error if it cannot be asked who waits
   */
  async play(play: Play): Promise<Played> {
    const { outside, opened } = await this.#sessions.open(play.operations.length);
    if (!opened || !this.#options.warms_up) return this.#follow(play, outside);
    const { operations } = play;
    // Clients that share a pool take turns at every step, so that the pool opens a connection for each.
    const way = this.#program.sharedConnection ? 1 : 0;
    await this.#play({ operations, pick: () => way, faults: [] }, outside, true);
    const again = await this.#sessions.open(operations.length);
    return this.#follow(play, again.outside);
  }

  async #follow(play: Play, outside: Client): Promise<Played> {
    const end = play.notes_sources ? followTrails() : undefined;
    return this.#play(play, outside).finally(end);
  }

  async #play(play: Play, outside: Client, warms_up = false): Promise<Played> {
    const key = this.#key;
    await this.#setUp(outside, key, play.number);
    if (play.skips_numbers) await this.#backend.skipNumbers?.();
    const named = this.#program.operation ?? { f: "run", input: null };
    const log = new OperationLog(play.operations, named, key === "" ? shown_key : key);
    const { run, steps, ending } = await this.#perform(play, outside, log, warms_up);
    const { gives_back = false } = this.#program;
    const looks = gives_back || play.look_after || ending.kind !== "ended";
    const left = looks && !warms_up ? await this.#sessions.leftBehind(run) : [];
    const unreturned = gives_back ? failureOfLeft(left) : undefined;
    const trace: Trace = {
      operations: play.operations,
      choices: run.choices,
      faults: run.faults,
      steps,
      results: log.results(),
      ending,
      ...run.remarks,
      ...(ending.kind === "ended" ? this.#sessions.remarks(steps) : {}),
      ...(left.length > 0 ? { left } : {}),
    };
    const events = [...log.events];
    if (ending.kind === "ended") {
      const { clients } = this.#sessions;
      await this.#sessions.leave(run, trace, warms_up);
      const contents = play.look_after ? await this.#backend.contents?.(key) : undefined;
      const remains = contents ? { left: contents } : {};
      const rows = this.#program.reads_rows ? await this.#backend.rows?.() : undefined;
      const memory = await memoryOf(this.#program, clients);
      const read = rows ? { rows: new Map([...rows, ...memory]) } : {};
      const outcome = { key, trace, events, ...read };
      const judged = warms_up ? undefined : await this.#judge(outside, outcome);
      if (judged) await this.#sessions.tidyOutside();
      return { trace, events, failure: judged ?? unreturned, ...remains };
    }
    await this.#sessions.abandon(run);
    // The schedule's statements may still be on the server, so the next one gets another key.
    if (key !== "") this.#key = `${this.#options.key}-${++this.#keys_used}`;
    const failure = unreturned ?? { kind: ending.kind, message: `${ending.reason}.` };
    return { trace, events, failure: hasVerdict(ending) ? failure : undefined };
  }

  /** Lets the clients run: side by side, or each when the one before it is over. */
  async #perform(
    play: Play,
    outside: Client,
    log: OperationLog,
    warms_up: boolean,
  ): Promise<{ readonly run: Run; readonly steps: readonly TraceStep[]; readonly ending: Ending }> {
    const key = this.#key;
    const parts = play.in_turn && !warms_up ? play.in_turn.map((turn) => [turn]) : [undefined];
    let run = this.#newRun(play, key, outside, log);
    let ending: Ending = { kind: "ended" };
    const steps: TraceStep[] = [];
    for (const [i, part] of parts.entries()) {
      if (i > 0) run = this.#newRun(play, key, outside, log);
      const current = run;
      ending = await current.play((seat) =>
        this.#sessions.enter(seat, () => {
          const turns = part ?? turnsOf(seat.client, play.operations);
          return this.#runClient(seat, turns, log, current, key);
        }),
      );
      steps.push(...current.steps);
      if (ending.kind !== "ended") break;
    }
    return { run, steps, ending };
  }

  /** Closes its connections; the next schedule opens others. */
  disconnect(): Promise<void> {
    return this[Symbol.asyncDispose]();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#sessions[Symbol.asyncDispose]();
  }

  async #setUp(outside: Client, key: string, number: number | undefined): Promise<void> {
    try {
      await this.#program.setup(outside, key, this.#sessions.clients);
    } catch (error) {
      throw new SetupFailed(this.#options.name ?? key, number, error);
    }
    // A schedule that was given up has left rows with its key, which no later set-up knows of.
    if (this.#keys_used === 0)
      await this.#options.fresh_start?.look(
        this.#backend,
        key,
        await contentsOf(this.#program, this.#sessions.clients),
      );
  }

  #newRun(play: Play, key: string, outside: Client, log: OperationLog): Run {
    const expire = this.#program.expire?.bind(this.#program);
    return new Run({
      clients: play.operations.length,
      backend: this.#backend,
      pick: play.pick,
      faults: play.faults,
      naming: new Naming(key, shown_key),
      invoked: (client, operation) => log.invoked(client, operation),
      expire: expire && (() => expire(outside, key)),
      busy_limit_ms: this.#options.busy_limit_ms ?? 2000,
      patience: this.#patience,
      polling: this.#polling,
      step_limit: this.#options.step_limit ?? step_limit_default,
      stuck_limit_ms: this.#options.stuck_limit_ms ?? 1500,
      connections: () => this.#sessions.connections,
    });
  }

  async #runClient(
    seat: Seat,
    turns: readonly Turn[],
    log: OperationLog,
    run: Run,
    key: string,
  ): Promise<void> {
    const { client } = seat;
    let has_reconnected = false;
    const reconnect = (): Promise<Client> => {
      has_reconnected = true;
      return this.#sessions.reconnect(seat, run);
    };
    for (const { operation } of turns.filter((turn) => turn.client === client)) {
      seat.operation = operation;
      const connection = this.#sessions.of(seat) ?? (await reconnect());
      has_reconnected = false;
      const requestId = `${key === "" ? "request" : key}-${client}-${operation}`;
      const backoff = async (): Promise<void> => run.backsOff(seat);
      const around: Around<Client> = { client, operation, key, requestId, backoff, reconnect };
      try {
        log.ok(client, operation, await this.#program.run(connection, around));
      } catch (error) {
        const { outcome, code } = this.#judgeError(error);
        // However the last try ended, an earlier one, before the reconnect, may have been carried out.
        log.failed(client, operation, has_reconnected ? "info" : outcome, code, error);
      }
      if (seat.isGivenUp) return;
      run.operationReturned(client);
    }
  }

  #judgeError(error: unknown): ReturnType<typeof judgeError> {
    const judged = judgeError(this.#backend, error);
    return this.#program.didNotHappen?.(error) ? { ...judged, outcome: "fail" } : judged;
  }

  async #judge(outside: Client, outcome: Outcome): Promise<Failure | undefined> {
    try {
      const said = await this.#program.check(outside, outcome);
      return said === false
        ? { kind: "failed check", message: "`check` answered false" }
        : undefined;
    } catch (error) {
      const failure = failureOf(error);
      const { key } = outcome;
      if (key === "") return failure;
      return { ...failure, message: failure.message.replaceAll(key, shown_key) };
    }
  }
}

const turnsOf = (client: number, operations: readonly number[]): Turn[] =>
  Array.from({ length: operations[client - 1] ?? 0 }, (_, i) => ({ client, operation: i + 1 }));
