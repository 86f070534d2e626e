/**
 * An operation whose statements are put into one transaction, although the program opens none: BEGIN goes before the
 * first of them, COMMIT after the last. That is only the same as if the program did it where all statements of the
 * operation go over one connection, and none of them begins or ends a transaction.
 */
import type { Request } from "../../backends/wire.ts";

/** A connection, and how the transaction on it is ended. */
export interface Wrappable {
  endTransaction(how: "commit" | "rollback"): Promise<void>;
}

/** Why an operation cannot be put into one transaction. */
export type Obstacle = "a transaction of its own" | "several connections";

export class WrappedOperation {
  obstacle: Obstacle | undefined;
  #on: Wrappable | undefined;
  #has_begun = false;
  /** The program has begun a transaction itself, before anything else: that one is left as it is. */
  #own: "open" | "over" | undefined;

  /** Whether this request goes into the transaction. */
  takes(connection: Wrappable, { kind }: Pick<Request, "kind">): boolean {
    if (this.#own) return this.#goesOnInOwn(kind);
    if (this.#on === undefined && kind === "begin") {
      this.#own = "open";
      return false;
    }
    this.#on ??= connection;
    if (connection !== this.#on) this.obstacle ??= "several connections";
    else if (kind === "begin" || kind === "commit" || kind === "rollback")
      this.obstacle ??= "a transaction of its own";
    return connection === this.#on;
  }

  /** Whether the transaction is to be begun now. */
  begins(): boolean {
    const is_first = !this.#has_begun;
    this.#has_begun = true;
    return is_first;
  }

  async end(how: "commit" | "rollback"): Promise<void> {
    if (this.#has_begun) await this.#on?.endTransaction(how);
  }

  #goesOnInOwn(kind: Request["kind"]): false {
    if (kind === "commit" || kind === "rollback") this.#own = "over";
    else if (this.#own === "over") this.obstacle ??= "a transaction of its own";
    return false;
  }
}
