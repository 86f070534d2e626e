/**
 * A backend is a database through its real client library; a session is one connection of one client.
 * Strategies and users see only the driver's own client (`pg.Client`, a mysql2 `Connection`, `Redis`,
 * `DynamoDBClient`): the gate sits inside it.
 */
import type { Source } from "../histories/source.ts";
import type { AllRows } from "./rows.ts";
import type { Fact } from "./step-facts.ts";

/** One round trip of a client to a server, about to be sent. */
export interface Step {
  /** The statement in words, as one would write it: `UPDATE Counter SET count_value = 1 WHERE id = 'a'`. */
  readonly statement: string;
  /** `begin` commutes with everything; two `read`s commute; `lock` is a read that locks; when in doubt `write`. */
  readonly kind: "begin" | "read" | "lock" | "write" | "commit" | "rollback" | "other";
  /**
   * The keys that it touches, if the client can tell for certain (Redis keys, DynamoDB items); undefined =
   * anything.
   */
  readonly keys: readonly string[] | undefined;
  /** It may release a lock before its transaction ends: a lock of its session, or one that cannot be told. */
  readonly mayUnlock?: boolean;
  /** It may leave something in its session that the next user of the session would find: a lock, a setting. */
  readonly leavesBehind?: boolean;
  /** It uses something that belongs to the whole server, so it may affect others outside its database. */
  readonly serverWide?: boolean;
  /**
   * `nothing`: it touches only its own session. `reads`: it reads only what describes the tables. `may change`: it may
   * change that. Absent: it works with rows. Only steps that come through a door say so.
   */
  readonly catalog?: "nothing" | "reads" | "may change" | undefined;
  /**
   * Where it works, if not in the database that the program was given: `database 0`, `database shop`. Nothing there is
   * set up, compared or removed. Only steps that come through a door say so.
   */
  readonly outside?: string | undefined;
  /**
   * Others can come in the middle of it, where no schedule reaches: a procedure, several commands in one request that
   * are no transaction. A function: that depends on the reply.
   */
  readonly isDivisible?: boolean | ((reply: unknown) => boolean);
  /** The kind of its database, if the program works with several: `postgres`, `redis`. */
  readonly database?: string;
  /** The connection that it uses, by the server's own number, if a session has several. */
  readonly connection?: number;
  /**
   * Where it travels: requests on one way arrive in their order, and those on different ways in any. Only steps that come
   * through a door say so.
   */
  readonly way?: object;
  /**
   * The errors that it may meet instead of its reply: the server's own codes, as far as they are possible here, and
   * the ways in which a connection is lost (`closed before`). Only steps that come through a door have them.
   */
  readonly errors?: readonly string[];
  /** A transaction is open on its connection when it comes. Only steps that come through a door say so. */
  readonly inTransaction?: boolean;
  /** Where it comes from in the user's code; undefined = that is not known, absent = a gate may find out. */
  readonly source?: Source | undefined;
  /** What the step did, told by its reply; undefined if that is not certain. */
  facts?(reply: unknown): readonly Fact[] | undefined;
  /** The reply in a few words: `v = 5`, `1 row`, `OK`, `nil`. */
  describe(reply: unknown): string;
}

/** Where a step waits until the schedule lets it go. Each session has one gate. */
export interface Gate {
  /** Several clients use this session side by side: their steps need not come one after the other. */
  readonly shared?: boolean;
  /** Nothing waits here, and nobody asks when a statement commits: it is left as it is. */
  readonly runsFree?: boolean;
  /** The caller begins to wait for a connection of a pool that has at most `size` of them. */
  borrows?(pool: object, size: number): Borrowing;
  /**
   * A connection is being opened: that takes as long as the server needs, and is not a wait for another client.
   * @returns a function to call once, when it is open or could not be opened
   */
  opens?(): () => void;
  /** Calls `send` exactly once, when the step may go on, and settles like it. */
  pass<T>(step: Step, send: () => Promise<T>): Promise<T>;
}

/** One connection of a pool, from the request for it to its return. */
export interface Borrowing {
  /** The connection was given out. */
  lent(): void;
  /** The connection was given back, or was never given out. */
  end(): void;
}

/** Free running: everything passes at once. */
export const open_gate: Gate = { pass: (_step, send) => send() };

/** An isolation level, by its name in the SQL standard. A backend tells which ones it has (`isolations`). */
export type Isolation = "READ UNCOMMITTED" | "READ COMMITTED" | "REPEATABLE READ" | "SERIALIZABLE";

/** How a connection of a client behaves. */
export interface OpenOptions {
  /** Default isolation level of the session's transactions; only for a backend that has levels. */
  readonly isolation?: Isolation;
  /** The driver's (or SDK's) own defaults for resending; false = the client reports the first error. Default false. */
  readonly resend?: boolean;
}

/** What a client has not given back on its connections. */
export interface Left {
  /** How many of its connections are in a transaction. */
  readonly transactions: number;
  /** How many connections it has taken from its pools, where the pools say so. */
  readonly lent: number;
}

/** One connection of one client. `asyncDispose` closes it. */
export interface Session<Client> extends AsyncDisposable {
  readonly client: Client;
  /**
   * Loses the reply to the next request: the server does the work, and the client sees its driver's own connection
   * error, once the server has ended the session and released its locks.
   */
  loseNextReply(): void;
  /** The next request meets this error, one of those that its step can meet. Only a session behind a door can do that. */
  failNext?(error: string): void;
  /** What the client has not given back, at this moment. Only a session behind a door knows. */
  left?(): Left;
  /**
   * Locks that outlive transactions and that its connections hold now, in words. Only a session behind a door knows.
   * @throws what the server answers
   */
  locks?(): Promise<readonly string[]>;
  /**
   * The server still has something of this session that the next schedule would find: it must be replaced before the next
   * set-up, but not before the end of this schedule is judged. Default false.
   */
  readonly isUsedUp?: boolean;
  /**
   * Whether a connection has gone back to its pool in the middle of a transaction since this was last asked, where the
   * pool says so. Only a door knows.
   */
  takeReturnedOpen?(): boolean;
  /** The server's own numbers of its connections, where the backend can say who holds one up (`heldUpBy`). */
  readonly connections?: readonly number[];
  /** How many connections its client has now, where that may be several, as with a pool. Only a door knows. */
  readonly connectionCount?: number;
  /** False once the connection is gone: the session must be replaced. */
  readonly alive: boolean;
  /**
   * Cleans up whatever a program left: rolls back, releases locks that belong to the session, unwatches keys. Does not
   * pass the gate. A backend without `clean` has to replace a session that may hold something.
   * @param left whether there may be settings of the session, too
   * @throws when it cannot clean up all of it
   */
  clean?(left: "settings" | "something"): Promise<void>;
}

/** A statement that was sent, and the kind of its database, if the program works with several. */
export interface SentStatement {
  readonly statement: string;
  readonly database?: string | undefined;
}

/** A statement that is several on the server. */
export interface DividedStatement {
  readonly statement: string;
  /** What divides it: `function withdraw`, `trigger audit`. */
  readonly by: string;
}

/** What somebody has done to a server, after which an operation may fail that nothing is wrong with. */
export interface Interventions {
  /** For a sentence: `all its tables were flushed`. */
  readonly what: string;
  readonly count: number;
  /** The codes with which operations may fail then. */
  readonly codes: readonly string[];
}

/** Clients of whom nobody can go on. */
export interface HeldUp {
  /** The connections of those that wait. */
  readonly waiting: readonly number[];
  /** All connections of the clients, and of set-up and checks. */
  readonly ours: readonly number[];
  /** What the clients have sent. */
  readonly statements: readonly string[];
}

/** What one table holds, or one key. */
export interface TableContents {
  readonly rows: number | undefined;
  /**
   * Differs when the rows differ, except in serial numbers, UUIDs and times. Undefined when there is too much data to
   * read it again and again.
   */
  readonly checksum: string | undefined;
}

/** What is in a database, by name: `table account`, `key a`. */
export type Contents = ReadonlyMap<string, TableContents>;

/**
 * A connected database. `asyncDispose` closes its sessions and removes what is ours: the database, the tables or the
 * keys.
 */
export interface Backend<Client> extends AsyncDisposable {
  /** `postgres`, `mysql`, `mariadb`, `redis`, `valkey`, `dynamodb`. */
  readonly name: string;
  /** Product and version, as the server itself tells them: `PostgreSQL 18.4`, `MariaDB 11.8.6`. */
  readonly server: string;
  /** The beginning of all our keys: different for each connected backend, empty if the tables themselves are ours. */
  readonly prefix: string;
  /** The isolation levels of the backend; empty when it has none. */
  readonly isolations: readonly Isolation[];
  /** Opens a connection of one client. @param gate where its steps wait; if not given, they pass at once */
  open(gate?: Gate, options?: OpenOptions): Promise<Session<Client>>;
  /** Which of these sessions wait for another one's lock right now. */
  waiting(sessions: readonly Session<Client>[]): Promise<ReadonlySet<Session<Client>>>;
  /** The same for single connections of sessions that have several. */
  waitingConnections?(connections: readonly number[]): Promise<ReadonlySet<number>>;
  /**
   * Who else has a part in it that connections of clients wait now, in words. Undefined if they wait only for each other,
   * or if that cannot be told.
   */
  heldUpBy?(held: HeldUp): Promise<string | undefined>;
  /** What was done to the whole server up to now. */
  interventions?(): Promise<Interventions>;
  /**
   * Copies this database, with everything that is in it now, for one lane; disposing of the copy removes it. Undefined
   * if that is not possible: because a session is open here, or because not everything can be copied.
   */
  copyForLane?(): Promise<Backend<Client> | undefined>;
  /**
   * What is in the database now; read on a separate connection, outside every gate.
   * @param key a name that differs from lane to lane; it is treated as the same in all of them
   */
  contents?(key: string): Promise<Contents>;
  /**
   * The same, row by row: only where the whole database is ours.
   * @throws TooManyRows
   */
  rows?(): Promise<AllRows>;
  /** From now on, sequences give other numbers than they would have given. */
  skipNumbers?(): Promise<void>;
  /**
   * The first of these statements inside of which the server runs functions or triggers of the user's that make it
   * several. Absent if it has none.
   */
  divided?(sent: Iterable<SentStatement>): Promise<DividedStatement | undefined>;
  /** A statement that commits by itself is two steps, its work and its commit. Default: it is one step. */
  readonly commitsApart?: true;
  /**
   * For a server that looks for a deadlock only some time after a wait began: how long an earlier wait must have
   * lasted so that the victim is always the request that closed the cycle.
   */
  readonly deadlockCheckMs?: number;
  /** `fail` = it certainly did not happen; `info` = nobody knows. */
  outcome(error: unknown): "fail" | "info";
  /** The error's own code for people: `40001`, `1213`, `ConditionalCheckFailedException`. */
  code(error: unknown): string;
}
