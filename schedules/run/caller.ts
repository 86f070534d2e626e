import { AsyncLocalStorage } from "node:async_hooks";
import type { Borrowing, Session, Step } from "../../backends/backend.ts";
import type { Timer } from "./sleeps.ts";

/** A simulated client, as its own code meets it. */
export interface Caller {
  /** It has come to the gate with a step. */
  arrive<T>(step: Step, send: () => Promise<T>, session: Session<unknown>): Promise<T>;
  /** Its code has set a timer. */
  hasSet(timer: Timer): void;
  /** It begins to wait for a connection of a pool. */
  borrows(pool: object, size: number): Borrowing;
  /** A connection is being opened for it. @returns a function to call when it is open, or could not be opened */
  opens(): () => void;
}

/** The client whose code is running, known by its asynchronous context. */
export const callers: AsyncLocalStorage<Caller | undefined> = new AsyncLocalStorage();
