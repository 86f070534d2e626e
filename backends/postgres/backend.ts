import type pg from "pg";
import {
  type Backend,
  type Contents,
  type DividedStatement,
  type Gate,
  type HeldUp,
  type Isolation,
  type OpenOptions,
  open_gate,
  type SentStatement,
  type Session,
} from "../backend.ts";
import type { BackendWithDoor, DoorTarget } from "../door-target.ts";
import { connect_limit_ms, placeOf } from "../explain-connect.ts";
import type { LaneDatabase } from "../lane-database.ts";
import { loadDriver } from "../load-driver.ts";
import { pollTogether } from "../poll-together.ts";
import { refusalIn } from "../refusal.ts";
import type { AllRows } from "../rows.ts";
import { dividedOnServer } from "../sql-routines.ts";
import { type Given, givenBy, whyNot } from "./connection.ts";
import { PostgresDoorTarget } from "./door-target.ts";
import type { ClientClass } from "./gated-client.ts";
import { code, outcome } from "./outcome.ts";
import { OwnDatabase } from "./own-database.ts";
import { isEnding, type Made, PostgresSession } from "./session.ts";
import { watchPool } from "./watched-pool.ts";

const isolations: readonly Isolation[] = [
  "READ UNCOMMITTED",
  "READ COMMITTED",
  "REPEATABLE READ",
  "SERIALIZABLE",
];

/** In schedules: so short that the request that closes a cycle of waits becomes the victim. */
const deadlock_timeout_in_schedules_ms = 1;
/** Measured with that timeout: after a wait of this length the deadlock check is over. */
const deadlock_check_ms = 3;
/** Under load: not for every short wait, because a check takes locks of the whole server. */
const deadlock_timeout_under_load_ms = 10;

/** @ts-ignore Without pg installed this is `any`, and no error in our declarations. */
type Client = import("pg").Client;
/** @ts-ignore Likewise. */
type Pool = import("pg").Pool;

/**
 * A PostgreSQL server through `pg`, in a database of our own that `asyncDispose` drops.
 *
 * @param server its URL, `postgres://user:password@host:5432/database`, of a user who may create databases
 * @throws CannotConnect in one sentence
 * @example
 * import { connectPostgres, startServer } from "raceproof";
 *
 * const server = await startServer("postgres"); // or { url: "postgres://…" }
 * const postgres = await connectPostgres(server);
 * const { client } = await postgres.open(); // a pg.Client: tables and migrations go here
 * const { rows } = await client.query("SELECT 1 + 1 AS two");
 * console.log(rows[0].two); // 2
 * await postgres[Symbol.asyncDispose]();
 * await server[Symbol.asyncDispose]();
 */
export function connectPostgres(server: { readonly url: string }): Promise<Backend<Client>> {
  return connectWith(server.url, plainClient);
}

/** The same, for programs that come through a door. */
export function postgresLaneDatabase(server: { readonly url: string }): Promise<LaneDatabase> {
  return connectWith(server.url, plainClient);
}

const plainClient: Make<pg.Client> = (_library, Client, config) => {
  const client = new Client(config);
  return {
    client,
    pooled: false,
    isEnded: () => isEnding(client),
    connect: () => client.connect(),
    close: () => undefined,
  };
};

/** Settings of a pool; the others are pg's defaults. */
export interface PoolOptions {
  /** The most connections. Default 10, as in pg. */
  readonly max?: number;
}

/** The same for code that takes a `pg.Pool`: all its connections are behind the client's one gate. */
export function connectPostgresPool(
  server: { readonly url: string },
  options: PoolOptions = {},
): Promise<Backend<Pool>> {
  return connectWith(server.url, (library, Client, config, gate) => {
    class PoolClient extends Client {
      constructor(own?: pg.ClientConfig) {
        // A pool hides the password from whoever copies what it was told.
        const { password } = own ?? {};
        super({ ...own, password, connectionTimeoutMillis: connect_limit_ms });
      }
    }
    // As in pg itself: a wait for a connection has no time limit.
    const waits = { connectionTimeoutMillis: 0 };
    const pool = new library.Pool({ ...config, ...options, ...waits, Client: PoolClient });
    pool.on("error", () => undefined);
    watchPool(pool, gate);
    return {
      client: pool,
      pooled: true,
      isEnded: () => pool.ending,
      connect: () => Promise.resolve(),
      close: () => void pool.end().catch(() => undefined),
    };
  });
}

type Make<Client> = (
  library: typeof pg,
  Client: ClientClass,
  config: pg.ClientConfig,
  gate: Gate,
) => Made<Client> & { connect(): Promise<unknown> };

async function connectWith<Client>(
  url: string,
  make: Make<Client>,
): Promise<PostgresBackend<Client>> {
  const { default: library } = await loadDriver("pg", () => import("pg"));
  const given = givenBy(library, url);
  const database = await OwnDatabase.create(library, given).catch((error: unknown) => {
    throw refusalIn(error, placeOf(given.address)) ?? error;
  });
  return new PostgresBackend(library, given, database, make);
}

class PostgresBackend<Client> implements BackendWithDoor<Client>, LaneDatabase {
  readonly door: DoorTarget;
  readonly name = "postgres";
  readonly prefix = "";
  readonly isolations = isolations;
  readonly server: string;
  readonly deadlockCheckMs?: number;
  readonly outcome = outcome;
  readonly code = code;
  readonly #library: typeof pg;
  readonly #given: Given;
  readonly #database: OwnDatabase;
  readonly #make: Make<Client>;
  readonly #sessions = new Set<PostgresSession<Client>>();
  readonly #blocked: ReturnType<typeof pollTogether>;

  constructor(library: typeof pg, given: Given, database: OwnDatabase, make: Make<Client>) {
    this.server = `PostgreSQL ${database.version}`;
    if (database.sets_deadlock_timeout) this.deadlockCheckMs = deadlock_check_ms;
    this.door = new PostgresDoorTarget(given, database);
    this.#library = library;
    this.#given = given;
    this.#database = database;
    this.#make = make;
    this.#blocked = pollTogether((pids) => database.blocked(pids));
  }

  async open(gate: Gate = open_gate, options: OpenOptions = {}): Promise<Session<Client>> {
    const config = {
      ...this.#given.config,
      database: this.#database.name,
      options: this.#settings(gate, options),
    };
    let made: ReturnType<Make<Client>> | undefined;
    const session = new PostgresSession(this.#library, gate, this.#database, (Client) => {
      made = this.#make(this.#library, Client, config, gate);
      return made;
    });
    await made!.connect().catch(async (error: unknown) => {
      throw await whyNot(error, this.#given);
    });
    this.#sessions.add(session);
    session.closed = () => this.#sessions.delete(session);
    return session;
  }

  async waiting(sessions: readonly Session<Client>[]): Promise<ReadonlySet<Session<Client>>> {
    const ours = sessions.filter((session) => session instanceof PostgresSession);
    const blocked = await this.#blocked(ours.flatMap(({ pids }) => pids));
    return new Set(ours.filter(({ pids }) => pids.some((pid) => blocked.has(pid))));
  }

  waitingConnections(pids: readonly number[]): Promise<ReadonlySet<number>> {
    return this.#blocked(pids);
  }

  heldUpBy({ waiting, ours }: HeldUp): Promise<string | undefined> {
    return this.#database.heldUpBy(waiting, ours);
  }

  /** Undefined while a session is open here: the server copies only a database that nobody uses. */
  async copyForLane(): Promise<BackendWithDoor<Client> | undefined> {
    if (this.#sessions.size > 0) return undefined;
    const copy = await this.#database.copy();
    return copy && new PostgresBackend(this.#library, this.#given, copy, this.#make);
  }

  async another(): Promise<PostgresBackend<Client>> {
    const database = await OwnDatabase.create(this.#library, this.#given);
    return new PostgresBackend(this.#library, this.#given, database, this.#make);
  }

  say(statements: string): Promise<void> {
    return this.#database.say(statements);
  }

  contents(key: string): Promise<Contents> {
    return this.#database.contents(key);
  }

  rows(): Promise<AllRows> {
    return this.#database.rows();
  }

  skipNumbers(): Promise<void> {
    return this.#database.skipNumbers();
  }

  async divided(sent: Iterable<SentStatement>): Promise<DividedStatement | undefined> {
    return dividedOnServer(sent, await this.#database.routines(), "postgres");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#sessions].map((session) => session[Symbol.asyncDispose]()));
    await this.#database.drop();
  }

  /** Settings that are sent when the connection starts, so they cost no round trip and do not pass the gate. */
  #settings(gate: Gate, { isolation }: OpenOptions): string {
    const settings = [this.#given.options];
    if (isolation !== undefined) {
      settings.push(
        `-c default_transaction_isolation=${isolation.toLowerCase().replace(" ", "\\ ")}`,
      );
    }
    if (this.#database.sets_deadlock_timeout) {
      const ms =
        gate === open_gate ? deadlock_timeout_under_load_ms : deadlock_timeout_in_schedules_ms;
      settings.push(`-c deadlock_timeout=${ms}ms`);
    }
    return settings.join(" ");
  }
}
