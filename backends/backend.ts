/**
 * A backend is a database through its real client library; a session is one connection of one client.
 * Strategies and users see only the driver's own client (`pg.Client`, a mysql2 `Connection`, `Redis`,
 * `DynamoDBClient`): the gate sits inside it.
 */
import type { AllRows } from "./rows.ts";
import type { Fact } from "./step-facts.ts";

/** One round trip of a client to a server, about to be sent. */
export interface Step {
  /** The statement in words, as one would write it: `UPDATE Counter SET count_value = 1 WHERE id = 'a'`. */
  readonly statement: string;
  /** `begin` commutes with everything; two `read`s commute; `lock` is a read that locks; when in doubt `write`. */
  readonly kind: "begin" | "read" | "lock" | "write" | "commit" | "rollback" | "other";
  /** What it touches, where the client can tell for certain (Redis keys, DynamoDB items); undefined = anything. */
  readonly keys: readonly string[] | undefined;
  /** It may give back a lock before its transaction ends: one of its session's own, or nobody can tell. */
  readonly mayUnlock?: boolean;
  /** It may leave something in its session that whoever has it next would meet: a lock, a setting. */
  readonly leavesBehind?: boolean;
  /** It takes something that belongs to the whole server, so that it may meet others outside its database. */
  readonly serverWide?: boolean;
  /** Which of the session's connections it goes over, where a session has several; the server's own number. */
  readonly connection?: number;
  /** What it did, once it was answered; undefined where that cannot be told for certain. */
  facts?(reply: unknown): readonly Fact[] | undefined;
  /** Says a reply in a few words: `v = 5`, `1 row`, `OK`, `nil`. */
  describe(reply: unknown): string;
}

/**
 * Where a step waits until the schedule lets it go. One gate a session.
 * Calls `send` exactly once and settles as it settles.
 */
export interface Gate {
  /** Several clients use this session side by side: their steps need not come one after the other. */
  readonly shared?: boolean;
  /** The caller begins to wait for a connection of a pool that has so many at most. */
  borrows?(pool: object, size: number): Borrowing;
  /**
   * A connection is being opened: that takes as long as the server takes, and is no wait for another client.
   * @returns to be called once when it is open, or could not be opened
   */
  opens?(): () => void;
  pass<T>(step: Step, send: () => Promise<T>): Promise<T>;
}

/** One connection of a pool, from the wish for it to its return. */
export interface Borrowing {
  /** It was given out. */
  lent(): void;
  /** It was given back, or never came. */
  end(): void;
}

/** Free running: everything passes at once. */
export const open_gate: Gate = { pass: (_step, send) => send() };

/** A level of isolation, as the SQL standard calls it; which of them there are, a backend says (`isolations`). */
export type Isolation = "READ UNCOMMITTED" | "READ COMMITTED" | "REPEATABLE READ" | "SERIALIZABLE";

/** How a connection of a client behaves. */
export interface OpenOptions {
  /** Default level of the session's transactions; only where the backend has levels. */
  readonly isolation?: Isolation;
  /** The driver's (or SDK's) own defaults for resending; false = the client reports the first error. Default false. */
  readonly resend?: boolean;
}

/** One connection of one client. `asyncDispose` closes it. */
export interface Session<Client> extends AsyncDisposable {
  readonly client: Client;
  /**
   * The server does the work of the next request, the client sees its driver's own connection error, once
   * the server has ended the session and given back its locks.
   */
  loseNextReply(): void;
  /** False once the connection is gone: the session must be replaced. */
  readonly alive: boolean;
  /**
   * Gives back whatever a program left: rolls back, releases locks that belong to the session, forgets
   * watched keys. Passes outside the gate. Without it a session that may hold something is replaced.
   * @param left whether there may be settings of the session, too
   * @throws when it cannot give all of it back
   */
  clean?(left: "settings" | "something"): Promise<void>;
}

/** What one table holds, or one key. */
export interface TableContents {
  readonly rows: number | undefined;
  /**
   * Differs when the rows differ; serial numbers, UUIDs and times may differ without making a difference.
   * Undefined where there is too much to look at it again and again.
   */
  readonly checksum: string | undefined;
}

/** What is in a database, by name: `table account`, `key a`. */
export type Contents = ReadonlyMap<string, TableContents>;

/**
 * A database that was connected to. `asyncDispose` closes its sessions and removes what is ours: the database,
 * the tables or the keys.
 */
export interface Backend<Client> extends AsyncDisposable {
  /** `postgres`, `mysql`, `mariadb`, `redis`, `valkey`, `dynamodb`. */
  readonly name: string;
  /** Product and version as the server itself says: `PostgreSQL 18.4`, `MariaDB 11.8.6`. */
  readonly server: string;
  /** What every key of ours starts with: fresh for each connected backend, empty where the table itself is ours. */
  readonly prefix: string;
  /** Levels the backend has; empty when it has none. */
  readonly isolations: readonly Isolation[];
  /** A connection of one client. @param gate where its steps wait; if not given they pass at once */
  open(gate?: Gate, options?: OpenOptions): Promise<Session<Client>>;
  /** The sessions held up by another's lock right now. */
  waiting(sessions: readonly Session<Client>[]): Promise<ReadonlySet<Session<Client>>>;
  /** The same for single connections of sessions that have several. */
  waitingConnections?(connections: readonly number[]): Promise<ReadonlySet<number>>;
  /**
   * A database of its own for one lane, with all that is in this one now; it is gone with its disposal.
   * Undefined where that cannot be done: because a session is open here, or because not all can be copied.
   */
  copyForLane?(): Promise<Backend<Client> | undefined>;
  /**
   * What is in the database now; read on a connection of its own, outside every gate.
   * @param key what differs from lane to lane, and is taken for the same
   */
  contents?(key: string): Promise<Contents>;
  /**
   * The same, row by row: only where the whole database is ours.
   * @throws TooManyRows
   */
  rows?(): Promise<AllRows>;
  /** A statement that commits by itself is two steps: its work, and its commit. Default: it is one. */
  readonly commitsApart?: true;
  /**
   * Where the server looks for a deadlock only some time after a wait began: how long an earlier wait
   * must have lasted so that the victim is always the one that closed the cycle.
   */
  readonly deadlockCheckMs?: number;
  /** `fail` = it certainly did not happen; `info` = nobody knows. */
  outcome(error: unknown): "fail" | "info";
  /** The error's own code for people: `40001`, `1213`, `ConditionalCheckFailedException`. */
  code(error: unknown): string;
}
