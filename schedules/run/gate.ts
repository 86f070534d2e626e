import { AsyncLocalStorage } from "node:async_hooks";
import type { Gate, Session, Step } from "../../backends/backend.ts";

/** Where steps go while a schedule runs. */
export interface StepQueue {
  arrive<T>(step: Step, send: () => Promise<T>, session: Session<unknown>): Promise<T>;
}

/** The schedule is over or was given up: nothing of it may reach the server any more. */
export class ScheduleOver extends Error {
  constructor() {
    super("This schedule is over: the statement was not sent.");
  }
}

/**
 * The gate of one session of one simulated client. Between schedules it lets everything pass; once
 * closed it lets nothing pass, so that code left over from an earlier schedule cannot disturb a later one.
 */
export class SessionGate implements Gate {
  session: Session<unknown> | undefined;
  queue: StepQueue | undefined;
  #closed = false;

  pass<T>(step: Step, send: () => Promise<T>): Promise<T> {
    if (this.#closed) return Promise.reject(new ScheduleOver());
    if (this.queue === undefined || this.session === undefined) return send();
    return this.queue.arrive(step, send, this.session);
  }

  close(): void {
    this.#closed = true;
  }
}

/**
 * The gate of a connection that several clients share: it knows the caller by the asynchronous
 * context in which it was called. Steps from outside any client pass at once.
 */
export class SharedGate implements Gate {
  readonly shared = true;
  session: Session<unknown> | undefined;
  readonly #caller = new AsyncLocalStorage<StepQueue>();
  #closed = false;

  /** Runs a client's code; all steps of it, on any shared connection, are steps of `queue`. */
  enter<T>(queue: StepQueue, run: () => T): T {
    return this.#caller.run(queue, run);
  }

  pass<T>(step: Step, send: () => Promise<T>): Promise<T> {
    if (this.#closed) return Promise.reject(new ScheduleOver());
    const queue = this.#caller.getStore();
    if (queue === undefined || this.session === undefined) return send();
    return queue.arrive(step, send, this.session);
  }

  close(): void {
    this.#closed = true;
  }
}
