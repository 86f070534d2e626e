import type { Isolation } from "../backend.ts";
import type { Request } from "../wire.ts";

const level = "(serializable|repeatable read|read committed|read uncommitted)";
const of_transaction = new RegExp(`\\bisolation level ${level}\\b`, "i");
const of_session = new RegExp(`\\bdefault_transaction_isolation\\s*(?:=|to)\\s*'?${level}`, "i");
const lock_timeout = /^set (?:(session|local) )?lock_timeout\s*(?:=|to)\s*'?(\w+)/i;

/** What a connection is in the middle of: as far as the errors depend on it that its statements may meet. */
export class TransactionState {
  /** As ReadyForQuery says: no transaction, an open one, or one that has failed. */
  status: "idle" | "open" | "failed" = "idle";
  /** A statement of this transaction has locked rows or written some. */
  holds_locks = false;
  #level_of_session: Isolation;
  #level: Isolation | undefined;
  #limit_of_session = false;
  #limit = false;

  constructor(isolation: Isolation | undefined) {
    this.#level_of_session = isolation ?? "READ COMMITTED";
  }

  get level(): Isolation {
    return this.#level ?? this.#level_of_session;
  }

  /** Whether `lock_timeout` limits how long statements wait. */
  get limits_waits(): boolean {
    return this.#limit || this.#limit_of_session;
  }

  /** The server is ready for the next statement. */
  ready(status: TransactionState["status"]): void {
    this.status = status;
    if (status !== "idle") return;
    this.holds_locks = false;
    this.#level = undefined;
    this.#limit = false;
  }

  /** A statement was executed, before the server said that it is ready. */
  done({ statement, kind }: Request): void {
    if (kind === "write" || kind === "lock") this.holds_locks = true;
    const [, whole] = of_session.exec(statement) ?? [];
    const [, one] = of_transaction.exec(statement) ?? [];
    if (whole) this.#level_of_session = whole.toUpperCase() as Isolation;
    else if (one && /\bsession characteristics\b/i.test(statement))
      this.#level_of_session = one.toUpperCase() as Isolation;
    else if (one) this.#level = one.toUpperCase() as Isolation;
    const [set, scope, limit] = lock_timeout.exec(statement) ?? [];
    if (set === undefined) return;
    const limits = limit !== "0" && limit !== "default";
    if (/local/i.test(scope ?? "")) this.#limit = limits;
    else this.#limit_of_session = limits;
  }
}
