/** A repair as the doors put it in: on the wire, with nothing changed in the program. */

import type { Reword } from "../../backends/sql-mending.ts";
import type { Comparing } from "../../backends/wire.ts";
import { type Obstacle, WrappedOperation } from "./wrapped-operation.ts";

/** The part of a door that a repair needs. */
interface MendedDoor {
  wrapped: WrappedOperation | undefined;
  comparing: Comparing | undefined;
  newComparing(): Comparing | undefined;
}

export class Mending {
  /** Why it could not be put in, at least once. */
  obstacle: Obstacle | undefined;
  readonly reword: Reword | undefined;
  readonly #doors = new WeakMap<object, MendedDoor>();

  constructor(reword: Reword | undefined) {
    this.reword = reword;
  }

  opened(client: unknown, door: MendedDoor): void {
    this.#doors.set(Object(client) as object, door);
  }

  /** Runs an operation whose writes take effect only if what it has read is still the same. */
  async comparing<T>(client: unknown, operation: () => Promise<T>): Promise<T> {
    const door = this.#doors.get(Object(client) as object);
    if (door === undefined) return operation();
    door.comparing = door.newComparing();
    try {
      return await operation();
    } finally {
      door.comparing = undefined;
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
