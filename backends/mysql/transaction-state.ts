import type { Isolation } from "../backend.ts";
import type { Request } from "../wire.ts";

/** What the errors of a server depend on, as it is set there. */
export interface Rules {
  /** The level of a new connection. */
  readonly isolation: Isolation;
  /** MariaDB: a row that was changed since the snapshot is not written (innodb_snapshot_isolation). */
  readonly checks_snapshots: boolean;
}

export const usual_rules: Rules = { isolation: "REPEATABLE READ", checks_snapshots: false };

const set_level =
  /^set (?:(session|local|@@session\.|@@local\.|@@)? ?)(?:transaction isolation level |(?:transaction|tx)_isolation ?:?= ?)'?(serializable|repeatable[ -]read|read[ -]committed|read[ -]uncommitted)/i;
const leading_comments = /^(?:\/\*(?!M?!).*?\*\/\s*)+/;
const with_snapshot = /\bwith consistent snapshot\b/i;
/** START TRANSACTION gives the tables back, too: https://dev.mysql.com/doc/refman/8.4/en/lock-tables.html */
const gives_tables_back = /^(?:unlock tables?|begin|start transaction)\b/i;
const locks_tables = /^lock tables?\b/i;
const from_table = /\bfrom\b/i;

/** Whether a SELECT reads rows, and so takes a snapshot, or locks them at SERIALIZABLE. */
export const readsRows = ({ kind, statement }: Request): boolean =>
  kind === "read" && from_table.test(statement);

/** What a connection is in the middle of: as far as the errors depend on it that its statements may meet. */
export class TransactionState {
  readonly checks_snapshots: boolean;
  /** Reads of this transaction see a state that is over. */
  has_snapshot = false;
  /** In a transaction, or without autocommit. */
  is_open = false;
  has_locked_tables = false;
  #level_of_session: Isolation;
  #level: Isolation | undefined;

  constructor({ isolation, checks_snapshots }: Rules) {
    this.#level_of_session = isolation;
    this.checks_snapshots = checks_snapshots;
  }

  get level(): Isolation {
    return this.#level ?? this.#level_of_session;
  }

  /** A read has no snapshot, not even of its own: it may see a statement of others half done. */
  get sees_halves(): boolean {
    return this.level === "READ UNCOMMITTED";
  }

  /** The server has told whether a transaction is open. */
  told(is_open: boolean): void {
    if (this.is_open && !is_open) {
      this.has_snapshot = false;
      this.#level = undefined;
    }
    this.is_open = is_open;
  }

  /** A statement was carried out; `told` comes before. */
  done(request: Request): void {
    const statement = request.statement.replace(leading_comments, "");
    if (this.is_open && (readsRows(request) || with_snapshot.test(statement)))
      this.has_snapshot = true;
    if (locks_tables.test(statement)) this.has_locked_tables = true;
    else if (gives_tables_back.test(statement)) this.has_locked_tables = false;
    const [set, scope, named] = set_level.exec(statement) ?? [];
    if (set === undefined) return;
    const level = named!.replace("-", " ").toUpperCase() as Isolation;
    // Without a scope, SET TRANSACTION is for the next one only; SET transaction_isolation for the session.
    if (scope === undefined && /^set transaction isolation/i.test(set)) this.#level = level;
    else if (scope !== "@@") this.#level_of_session = level;
  }
}
