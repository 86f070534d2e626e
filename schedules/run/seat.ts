import type { Borrowing, Session, Step } from "../../backends/backend.ts";
import { now_ms } from "../../backends/real-time.ts";
import type { Source } from "../../histories/source.ts";
import { sourceHere } from "../sources/trails.ts";
import { Borrowed } from "./borrowed.ts";
import type { Caller } from "./caller.ts";
import { Sleeps, type Timer } from "./sleeps.ts";

/** A step that has come to the gate and waits until it is let go. */
export interface Arrival {
  readonly step: Step;
  readonly send: () => Promise<unknown>;
  readonly session: Session<unknown>;
  readonly operation: number;
  readonly source: Source | undefined;
  readonly resolve: (reply: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** A step that was sent and has no answer yet. */
export interface Flight {
  readonly row: number;
  readonly session: Session<unknown>;
  readonly step: Step;
  readonly connection: number | undefined;
  readonly sent_ms: number;
  /** When to ask the server next whether it waits for a lock. */
  ask_ms: number;
  waits: boolean;
  /** If there is no answer by then, others may go, although the server does not say that this step waits. */
  patience_until_ms: number;
  /** There was no answer by then. */
  is_slow: boolean;
}

/**
 * One simulated client in one schedule: the steps at its gate, in the order they came, and those under way: one, unless
 * it has several connections, and waits for a lock on the others.
 */
export class Seat implements Caller {
  readonly client: number;
  readonly arrived: Arrival[] = [];
  readonly borrowed: Borrowed = new Borrowed();
  readonly sleeps: Sleeps = new Sleeps(() => this.#timerRang());
  readonly flights: Flight[] = [];
  steps_sent = 0;
  operation = 0;
  /** The operation whose first step was let go last. */
  begun = 0;
  dead = false;
  /** It has backed off until each of these that can go has taken a step. */
  readonly lets_go_first: Set<Seat> = new Set();
  /** It asks again what it asked before, and backs off for that reason: it polls for something. */
  polls = false;
  /** After how many of its steps it has slept. */
  readonly slept_after: number[] = [];
  /** It is inside the process and does nothing until somebody else moves: it is not waited for. */
  stands_still = false;
  /** It stood still before, and has not moved since. */
  stood_still = false;
  /** Since when it has been inside the process. */
  inside_since_ms: number = now_ms();
  last_statement: string | undefined;
  /** It came while another request of this client was under way or waited, on another way. */
  came_beside: string | undefined;
  readonly #moved: (seat: Seat) => void;
  #finished = false;
  #opening = 0;
  #over: Error | undefined;

  /** @param moved is called whenever the client has moved: it came to the gate, ended, or has a connection */
  constructor(client: number, moved: (seat: Seat) => void) {
    this.client = client;
    this.#moved = moved;
  }

  arrive<T>(step: Step, send: () => Promise<T>, session: Session<unknown>): Promise<T> {
    if (this.#over) return Promise.reject(this.#over);
    const others = [...this.flights, ...this.arrived];
    if (others.some((one) => one.step.way !== step.way)) this.came_beside ??= step.statement;
    return new Promise<T>((resolve, reject) => {
      this.arrived.push({
        step,
        send,
        session,
        operation: this.operation,
        source: "source" in step ? step.source : sourceHere(),
        resolve: resolve as (reply: unknown) => void,
        reject,
      });
      this.sleeps.moved();
      this.#moved(this);
    });
  }

  /** Its code has come to its end. */
  finish(): void {
    this.#finished = true;
    this.sleeps.moved();
    this.#moved(this);
  }

  hasSet(timer: Timer): void {
    if (!this.#finished && !this.#over) this.sleeps.add(timer);
  }

  borrows(pool: object, size: number): Borrowing {
    return this.borrowed.borrow(pool, size);
  }

  opens(): () => void {
    this.#opening++;
    let is_open = false;
    return () => {
      if (is_open) return;
      is_open = true;
      this.#opening--;
      this.#moved(this);
    };
  }

  /** A connection is being opened for it. */
  get is_opening(): boolean {
    return this.#opening > 0;
  }

  get canGo(): boolean {
    return !this.dead && this.next !== undefined;
  }

  /** What it sends when it is let go: while it waits for locks, only on another connection. */
  get next(): Arrival | undefined {
    const { flights, arrived } = this;
    if (flights.length === 0) return arrived[0];
    if (!this.waits) return undefined;
    return arrived.find((one) => flights.every(({ step }) => step.way !== one.step.way));
  }

  take(arrival: Arrival): void {
    this.arrived.splice(this.arrived.indexOf(arrival), 1);
  }

  /** All that it has under way waits for locks. */
  get waits(): boolean {
    return this.flights.length > 0 && this.flights.every(({ waits }) => waits);
  }

  get isOver(): boolean {
    return this.dead || (this.#finished && this.#hasNothing);
  }

  get #hasNothing(): boolean {
    return this.flights.length === 0 && this.arrived.length === 0;
  }

  /** Neither at the gate, nor on the way to the server, nor done: its code runs, or waits for something. */
  get isInside(): boolean {
    return !this.isOver && this.#hasNothing;
  }

  /** It will move without anybody else having to go first. */
  get isBusy(): boolean {
    return !(this.canGo || this.waits || this.isOver || this.stands_still);
  }

  get isGivenUp(): boolean {
    return this.#over !== undefined;
  }

  /** Lets nothing of this client through any more, now or later. */
  giveUp(reason: Error): void {
    this.#over = reason;
    for (const arrival of this.arrived.splice(0)) arrival.reject(reason);
  }

  #timerRang(): boolean {
    if (this.isInside) this.slept_after.push(this.steps_sent);
    return this.isInside;
  }
}
