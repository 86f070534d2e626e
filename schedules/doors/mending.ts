/** A repair as the doors put it in: on the wire, with nothing changed in the program. */

import type { Reword } from "../../backends/sql-mending.ts";
import { WrappedOperation } from "./wrapped-operation.ts";

/** The part of a door that a repair needs. */
interface MendedDoor {
  wrapped: WrappedOperation | undefined;
  takeRefusal(): boolean;
  compare(): void;
  endCompare(): string | undefined;
}

export class Mending {
  /** Why it could not be put in, at least once. */
  obstacle: string | undefined;
  readonly reword: Reword | undefined;
  readonly #doors = new WeakMap<object, MendedDoor>();

  constructor(reword: Reword | undefined) {
    this.reword = reword;
  }

  opened(client: unknown, door: MendedDoor): void {
    this.#doors.set(Object(client) as object, door);
  }

  /** The door of this client is that of another object: the part of it that belongs to one of several databases. */
  hasDoorOf(client: unknown, part: unknown): void {
    const door = this.#doors.get(Object(part) as object);
    if (door) this.opened(client, door);
  }

  /** Whether the last that the program of this client heard was that others were faster; asked once. */
  takeRefusal(client: unknown): boolean {
    return this.#doors.get(Object(client) as object)?.takeRefusal() ?? false;
  }

  /** Runs an operation whose writes take effect only if what it has read is still the same. */
  async comparing<T>(client: unknown, operation: () => Promise<T>): Promise<T> {
    const door = this.#doors.get(Object(client) as object);
    if (door === undefined) return operation();
    door.compare();
    try {
      return await operation();
    } finally {
      const obstacle = door.endCompare();
      this.obstacle ??= obstacle;
    }
  }

  /**
   * Runs an operation in one transaction: what it throws rolls it back.
   * @throws what the operation throws, or the server when it refuses the COMMIT
   */
  async inTransaction<T>(client: unknown, operation: () => Promise<T>): Promise<T> {
    const door = this.#doors.get(Object(client) as object);
    if (door === undefined) return operation();
    const wrapped = new WrappedOperation();
    door.wrapped = wrapped;
    try {
      const answer = await operation();
      await wrapped.end("commit");
      return answer;
    } catch (error) {
      await wrapped.end("rollback").catch(() => undefined);
      throw error;
    } finally {
      door.wrapped = undefined;
      this.obstacle ??= wrapped.obstacle;
    }
  }
}
