import type { Session, Step } from "../../backends/backend.ts";
import type { StepQueue } from "./gate.ts";

/** A step that has come to the gate and waits until it is let go. */
export interface Arrival {
  readonly step: Step;
  readonly send: () => Promise<unknown>;
  readonly session: Session<unknown>;
  readonly operation: number;
  readonly resolve: (reply: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** A step that was sent and has no answer yet. */
export interface Flight {
  readonly row: number;
  readonly session: Session<unknown>;
  readonly connection: number | undefined;
  readonly sent_ms: number;
  /** When to ask the server next whether it waits for a lock. */
  ask_ms: number;
  waits: boolean;
}

/** One simulated client in one schedule: the steps at its gate, in the order they came, and the one under way. */
export class Seat implements StepQueue {
  readonly client: number;
  readonly arrived: Arrival[] = [];
  flight: Flight | undefined;
  steps_sent = 0;
  operation = 0;
  finished = false;
  dead = false;
  /** It has backed off until each of these has taken a step, where it can. */
  readonly lets_go_first: Set<Seat> = new Set();
  /** Since when it has been busy; for the time limit. */
  busy_since_ms: number = performance.now();
  last_statement: string | undefined;
  readonly #changed: () => void;
  #over: Error | undefined;

  constructor(client: number, changed: () => void) {
    this.client = client;
    this.#changed = changed;
  }

  arrive<T>(step: Step, send: () => Promise<T>, session: Session<unknown>): Promise<T> {
    if (this.#over) return Promise.reject(this.#over);
    return new Promise<T>((resolve, reject) => {
      this.arrived.push({
        step,
        send,
        session,
        operation: this.operation,
        resolve: resolve as (reply: unknown) => void,
        reject,
      });
      this.#changed();
    });
  }

  get canGo(): boolean {
    return !this.dead && this.flight === undefined && this.arrived.length > 0;
  }

  get waits(): boolean {
    return this.flight?.waits === true;
  }

  get isOver(): boolean {
    return this.dead || (this.finished && this.flight === undefined && this.arrived.length === 0);
  }

  /** Neither at the gate, nor waiting for a lock, nor done: it will be heard of again. */
  get isBusy(): boolean {
    return !(this.canGo || this.waits || this.isOver);
  }

  get isGivenUp(): boolean {
    return this.#over !== undefined;
  }

  /** Lets nothing of this client through any more, now or later. */
  giveUp(reason: Error): void {
    this.#over = reason;
    for (const arrival of this.arrived.splice(0)) arrival.reject(reason);
  }
}
