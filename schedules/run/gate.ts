import type { Borrowing, Gate, Session, Step } from "../../backends/backend.ts";
import { type Caller, callers } from "./caller.ts";

/** The schedule is over or was given up: nothing of it may reach the server any more. */
export class ScheduleOver extends Error {
  constructor() {
    super("This schedule is over: the statement was not sent.");
  }
}

/** Between schedules, nobody keeps count of borrowed connections. */
const nobodys: Borrowing = { lent: () => undefined, end: () => undefined };

/**
 * The gate of one session of one simulated client. Between schedules it lets everything pass; once
 * closed it lets nothing pass, so that code left over from an earlier schedule cannot disturb a later one.
 */
export class SessionGate implements Gate {
  session: Session<unknown> | undefined;
  #queue: Caller | undefined;
  #closed = false;

  /** From here on its round trips are steps of this client. */
  enter(_client: number, caller: Caller): void {
    this.#queue = caller;
  }

  /** The schedule is over. */
  leave(): void {
    this.#queue = undefined;
  }

  borrows(pool: object, size: number): Borrowing {
    return this.#queue?.borrows(pool, size) ?? nobodys;
  }

  opens(): () => void {
    return this.#queue?.opens() ?? (() => undefined);
  }

  pass<T>(step: Step, send: () => Promise<T>): Promise<T> {
    if (this.#closed) return Promise.reject(new ScheduleOver());
    if (this.#queue === undefined || this.session === undefined) return send();
    return this.#queue.arrive(step, send, this.session);
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
  /** The callers of the schedule that share the gate, by client. */
  readonly #callers: Map<number, Caller> = new Map();
  #closed = false;

  enter(client: number, caller: Caller): void {
    this.#callers.set(client, caller);
  }

  leave(): void {
    this.#callers.clear();
  }

  borrows(pool: object, size: number): Borrowing {
    return callers.getStore()?.borrows(pool, size) ?? nobodys;
  }

  /** Nobody knows which caller will get the connection: any of them may wait for it. */
  opens(): () => void {
    const opened = [...this.#callers.values()].map((caller) => caller.opens());
    return () => {
      for (const end of opened) end();
    };
  }

  pass<T>(step: Step, send: () => Promise<T>): Promise<T> {
    if (this.#closed) return Promise.reject(new ScheduleOver());
    const queue = callers.getStore();
    if (queue === undefined || this.session === undefined) return send();
    return queue.arrive(step, send, this.session);
  }

  close(): void {
    this.#closed = true;
  }
}
