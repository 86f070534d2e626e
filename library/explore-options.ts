/** The options of `explore`: the program, and how to search. */
import type { Backend, Isolation } from "../backends/backend.ts";
import type { Schema } from "../backends/lane-database.ts";
import type { Around, OperationNames, Outcome } from "../schedules/program.ts";
import type { FaultWish } from "../schedules/schedule.ts";
import type { ServerKind } from "../servers/server.ts";

/** How to search, whatever the program. */
export interface SearchOptions {
  /** At least 2. Default 2. */
  readonly clients?: number;
  /** How many operations each client does, one after the other. Default 1. */
  readonly operations?: number;
  /** The default level of the clients' transactions. Default: the server's own. */
  readonly isolation?: Isolation;
  /**
   * Which errors of `run` are not failures. Default none; an error from a lost reply is never a failure. Whether the
   * operation happened is still decided by what the database knows; see `didNotHappen`. `isRetryable` can be used here.
   */
  expectedError?(error: unknown): boolean;
  /**
   * Which errors of `run` are not failures and mean that the operation certainly changed nothing: a domain error of
   * your own ("sold out") that is thrown before anything is written, or after a rollback. The history then says `fail`.
   * Default none: an error that the database does not know counts as `info` (perhaps it happened).
   *
   * @example didNotHappen: (error) => error instanceof SoldOut
   */
  didNotHappen?(error: unknown): boolean;
  /** What the recorded history calls an operation. Default `run` with input null. */
  readonly operation?: OperationNames;
  /**
   * Every interleaving instead of random ones. Default: for 2 clients with 1 operation each.
   */
  readonly exhaustive?: boolean;
  /** The most schedules to run. Default 20,000 for an exhaustive search, 200 for a random one. */
  readonly schedules?: number;
  /** The seed of a random search. Default 1. */
  readonly seed?: number;
  /**
   * Explores also with one of these faults at every step (exhaustive), or at a random one. `"errors"` (with `database`):
   * every step meets each error that its server really gives there (a serialization failure, a deadlock, a timeout, an
   * end of the connection), and a lost connection, before its work and after it. Default none.
   *
   * @example faults: ["errors"]
   */
  readonly faults?: readonly FaultWish[];
  /**
   * The most schedules side by side, each in a database of its own. Default 4. A search begins with one. With `backend`
   * it stays at one if the database cannot be copied: while a session of this backend is open elsewhere, on Redis and
   * DynamoDB, and on MySQL if there are triggers, views or routines.
   */
  readonly lanes?: number;
  /**
   * How long a client may be busy outside the database (a slow call elsewhere), or without an answer, while nobody else
   * can go, in milliseconds. After that, the schedule is given up without a verdict. Default 2,000; in a replay there
   * is no limit.
   */
  readonly busyLimitMs?: number;
  /** The most steps in a schedule; a longer one is given up without a verdict. Default 1,000. */
  readonly stepLimit?: number;
  /**
   * The folder of a page, `index.html`, that shows what was explored, step by step, in all explorations that name this
   * folder. Default: the folder in the environment variable RACEPROOF_REPORT, else no page.
   */
  readonly report?: string;
  /**
   * `"proof"`: throws NoProof when no schedule failed, but the search did not end in a proof either; makes
   * `exhaustive` the default. Default: a search that is cut short, or made at random, passes.
   */
  readonly require?: "proof";
  /**
   * In milliseconds: no schedule begins later, and `text` says how far the search got. Default none; under vitest nine
   * tenths of the test's own limit, and then NoProof is thrown, because otherwise the test would fail without an
   * explanation. vitest and Jest end a test after 5 s, mocha after 2 s, node:test never: give a test that explores a
   * minute.
   */
  readonly timeLimitMs?: number;
}

/** A program on a driver's client that raceproof makes, in a database that all lanes share or copy. */
export interface ExploreOptions<Client> extends SearchOptions {
  /** Names the program in messages and tokens; give each call in a test suite a different one. */
  readonly name: string;
  readonly backend: Backend<Client>;
  /** Puts the data that `key` names into its first state; runs before every schedule. */
  setup(client: Client, key: string, clients: readonly Client[]): Promise<unknown>;
  /** One operation: your own code, on the client that it is given. Every round trip is a step. */
  run(client: Client, around: Around<Client>): Promise<unknown>;
  /** Reads the final state; throws or answers false when it is wrong. */
  check(client: Client, outcome: Outcome): Promise<unknown>;
  /** Makes the lock around `key` expire now; for the fault `expire`. */
  expire?(client: Client, key: string): Promise<void>;
  /** All clients use one connection. */
  readonly sharedConnection?: boolean;
}

/**
 * Where the program's database is: a kind of server (started once per process, unless `RACEPROOF_POSTGRES_URL` or the
 * like names one), the URL of a server, or what `startServer` returned. Only databases of our own are touched there,
 * one for each lane; they are removed at the end.
 */
export type Database =
  | ServerKind
  // A URL; written so that an editor still proposes the kinds.
  | (string & Record<never, never>)
  | { readonly url: string };

/** One database, or several by the names that the program gives them: `{ sql: "postgres", cache: "redis" }`. */
export type Databases = Database | Readonly<Record<string, Database>>;

/** The URL of a client's door; with several databases, the URLs of its doors by the same names. */
export type UrlsOf<D extends Databases> = D extends Database
  ? string
  : { readonly [Name in keyof D]: string };

/** What an operation is given: its client and number, and what an application's surroundings would provide. */
export type AroundOperation<Client> = Omit<Around<Client>, "key">;

/** An operation: your own code, on what `client` returned. */
export type ProgramOperation<Client> = (db: Client, around: AroundOperation<Client>) => unknown;

/** By the name of an anomaly: whether an outcome has it and is accepted. */
export type Allowed<Client> = Readonly<
  Record<
    string,
    (db: Client, outcome: Outcome) => boolean | undefined | Promise<boolean | undefined>
  >
>;

/** A program with drivers and ORMs of its own: its clients connect through doors, which hold every request. */
export interface ProgramOptions<Client, D extends Databases = Database> extends SearchOptions {
  /** Names the program in messages and tokens. Default: the name of the test under vitest, else `program`. */
  readonly name?: string;
  readonly database: D;
  /**
   * What is put into an empty database: SQL statements, or your own migration, which is given the URL. Runs once per
   * lane; with several databases, give them by name. Default nothing.
   */
  readonly schema?: D extends Database ? Schema : { readonly [Name in keyof D]?: Schema };
  /**
   * Makes what one client of the application works with: a driver's connection, a pool, an ORM, an object with all of
   * these. Called once per client and lane, and once per lane for `setup` and `check`; the result is kept between
   * schedules, and made anew after a fault. The first schedule on a new one is not counted: it warms the connections
   * up.
   *
   * @param url of the client's own door on 127.0.0.1, with the name of the lane's database
   */
  client(url: UrlsOf<D>): Client | Promise<Client>;
  /**
   * Closes what `client` made. Default: calls the first of these methods that it has: `destroy`, `$disconnect`,
   * `disconnect`, `end`, `close`, `quit`, `stop`. Half a second later its connections are cut.
   */
  close?(client: Client): unknown;
  /**
   * Makes the same state each time, whatever the previous schedule left; runs before every schedule.
   *
   * @param clients what the clients of the schedule work with: for one that keeps something in memory
   */
  setup(db: Client, clients: readonly Client[]): unknown;
  /** The operation that every client does; or several operations, each done by a client of its own. */
  readonly run: ProgramOperation<Client> | readonly ProgramOperation<Client>[];
  /**
   * Reads the final state; throws or answers false when it is wrong. Default: what the operations do one after the
   * other, in whatever order, is right; an interleaving that ends like no such order is a race. What each operation
   * answers or throws is compared, and everything that the databases hold; generated values only up to renaming. An
   * operation that fails and leaves nothing behind may be absent.
   */
  check?(db: Client, outcome: Outcome): unknown;
  /**
   * Without `check`: what may differ. A column (`account.updated_at`), a table (`audit`), keys of Redis (`session:*`).
   * Default nothing.
   */
  readonly ignore?: readonly string[];
  /**
   * Without `check`: what a client keeps in memory (a cache) at the end of a schedule without faults, as plain data or a
   * Map; it counts like what is in the databases. It must not ask them. Put it back in `setup`, which is given the
   * clients. Default: what is in memory counts only where an operation answers with it.
   *
   * @example state: ({ cache }) => cache
   */
  state?(db: Client): unknown;
  /**
   * Without `check`: outcomes that are accepted although no serial order ends like them, by the name of their anomaly.
   * Each function is given what `check` would be, and answers true for an outcome that it accepts. The report says
   * which were met, and how often; any other outcome is still a race. Default none.
   *
   * @example allow: { "write skew": (_db, { rows }) => rows?.get("doctor")?.rows.every((row) => row["on_call"] === "false") }
   */
  readonly allow?: Allowed<Client>;
  /**
   * One application serves all clients: `client` is called once per lane, and all operations run side by side on its
   * result, with one pool, one cache, one mutex. A request belongs to the client in whose asynchronous context it is
   * written: a pool must have a connection for each client, or be pg's. Default false: each client is an instance of
   * its own.
   */
  readonly shared?: boolean;
  /** Makes a lock with a time to live expire now; for the fault `expire`. */
  expire?(db: Client): Promise<void>;
  /**
   * After a race was found, the program is explored again with each of the usual repairs put in on the wire: one
   * transaction, FOR UPDATE, what was read in the WHERE of the UPDATE, a unique index, a stronger isolation level; on
   * Redis WATCH with MULTI and EXEC, on DynamoDB a condition on what was read. With several databases, each is tried on
   * one of them. The message ends with what they showed, and what a proved one costs in a short load.
   * That takes at most 20 s or ten times as long as the search, and ends with `timeLimitMs`. Default true; false =
   * only the race is reported.
   *
   * @example repairs: false
   */
  readonly repairs?: boolean;
}
