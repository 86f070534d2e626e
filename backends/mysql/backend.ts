import { randomBytes } from "node:crypto";
import type { Connection, RowDataPacket } from "mysql2/promise";
import {
  type Backend,
  type Contents,
  type DividedStatement,
  type Gate,
  type HeldUp,
  type Interventions,
  type Isolation,
  type OpenOptions,
  open_gate,
  type SentStatement,
  type Session,
} from "../backend.ts";
import { CannotConnect } from "../cannot-connect.ts";
import type { BackendWithDoor, DoorTarget } from "../door-target.ts";
import { placeOf } from "../explain-connect.ts";
import type { LaneDatabase } from "../lane-database.ts";
import { loadDriver } from "../load-driver.ts";
import { pollTogether } from "../poll-together.ts";
import { refusalIn } from "../refusal.ts";
import type { AllRows } from "../rows.ts";
import { dividedOnServer } from "../sql-routines.ts";
import { connectTo, type Given, givenBy, type Library } from "./connection.ts";
import { MysqlDoorTarget } from "./door-target.ts";
import { code, outcome } from "./outcome.ts";
import { flushesOf, heldUpInMariadb, heldUpInMysql } from "./outsiders.ts";
import { OwnDatabase } from "./own-database.ts";
import { routinesOf } from "./routines.ts";
import { MysqlSession } from "./session.ts";
import { skipNumbers } from "./skip-numbers.ts";
import { type Thread, waitingInMariadb, waitingInMysql } from "./waits.ts";

/** The server's own defaults are 50 s and a year: too long to find out that nobody will release a lock. */
const row_lock_wait_s = 5;
const table_lock_wait_s = 10;

/** Settings of a MariaDB server. Ignored for MySQL. */
export interface MariadbOptions {
  /** False: a transaction may overwrite rows that have changed since its snapshot, as in MySQL. */
  readonly snapshotIsolation?: false;
}

/** @ts-ignore Without mysql2 installed this is `any`, and no error in our declarations. */
type Client = import("mysql2/promise").Connection;

/**
 * A MySQL or MariaDB server through `mysql2/promise`, in a database of our own that `asyncDispose` drops.
 *
 * @param server its URL, `mysql://user:password@host:3306`, of a user who may create databases
 * @throws CannotConnect in one sentence
 * @example
 * import { connectMysql, startServer } from "raceproof";
 *
 * const server = await startServer("mysql"); // or { url: "mysql://…" }
 * const mysql = await connectMysql(server);
 * const { client } = await mysql.open(); // a Connection of mysql2/promise
 * const [rows] = await client.query("SELECT 1 + 1 AS two");
 * console.log(rows[0].two); // 2
 * await mysql[Symbol.asyncDispose]();
 * await server[Symbol.asyncDispose]();
 */
export function connectMysql(
  server: { readonly url: string },
  options: MariadbOptions = {},
): Promise<Backend<Client>> {
  return connectWith(server, options);
}

/** The same, for programs that come through a door. */
export function mysqlLaneDatabase(server: { readonly url: string }): Promise<LaneDatabase> {
  return connectWith(server, {});
}

async function connectWith(
  server: { readonly url: string },
  options: MariadbOptions,
): Promise<MysqlBackend> {
  const given = givenBy(server.url);
  const { default: library } = await loadDriver("mysql2", () => import("mysql2/promise"));
  const database = await OwnDatabase.create(library, given).catch((error: unknown) => {
    throw refusalIn(error, placeOf(given.address)) ?? error;
  });
  return new MysqlBackend(library, given, database, options);
}

class MysqlBackend implements BackendWithDoor<Connection>, LaneDatabase {
  readonly name: "mysql" | "mariadb" | "mariadb-snapshot-off";
  readonly server: string;
  /** For names of locks (`GET_LOCK`), which belong to the whole server. */
  readonly prefix: string;
  readonly isolations: readonly Isolation[] = [
    "READ UNCOMMITTED",
    "READ COMMITTED",
    "REPEATABLE READ",
    "SERIALIZABLE",
  ];
  readonly door: DoorTarget;
  readonly outcome = outcome;
  readonly code = code;
  readonly #library: Library;
  readonly #given: Given;
  readonly #database: OwnDatabase;
  readonly #options: MariadbOptions;
  readonly #overwrites: boolean;
  readonly #sessions = new Map<number, MysqlSession>();
  /** The performance schema's numbers of connections; 0 on MariaDB. */
  readonly #thread_ids = new Map<number, number>();
  readonly #held: ReturnType<typeof pollTogether>;

  constructor(
    library: Library,
    given: Given,
    database: OwnDatabase,
    options: MariadbOptions,
    prefix: string = `${randomBytes(3).toString("hex")}:`,
  ) {
    this.prefix = prefix;
    this.#options = options;
    this.#library = library;
    this.#given = given;
    this.#database = database;
    this.#overwrites = database.is_mariadb && options.snapshotIsolation === false;
    this.name = database.is_mariadb ? "mariadb" : "mysql";
    this.server = `${database.is_mariadb ? "MariaDB" : "MySQL"} ${database.version}`;
    if (this.#overwrites) {
      this.name = "mariadb-snapshot-off";
      this.server += " with innodb_snapshot_isolation=OFF";
    }
    const waits = database.is_mariadb ? waitingInMariadb : waitingInMysql;
    this.#held = pollTogether(async (ids) => waits(database.control, await this.#threads(ids)));
    this.door = new MysqlDoorTarget(
      given,
      database,
      (isolation) => this.#setUp(isolation === undefined ? {} : { isolation }),
      this.#overwrites ? { ...database.rules, checks_snapshots: false } : database.rules,
    );
  }

  async open(gate: Gate = open_gate, options: OpenOptions = {}): Promise<Session<Connection>> {
    const client = await connectTo(this.#library, this.#given, { database: this.#database.name });
    const set_up = this.#setUp(options);
    await client.query(set_up);
    const thread = await this.#threadOf(client);
    const session = new MysqlSession(client, thread, gate, this.#database, set_up);
    this.#thread_ids.set(thread.connection_id, thread.thread_id);
    this.#sessions.set(thread.connection_id, session);
    session.closed = () => this.#sessions.delete(thread.connection_id);
    return session;
  }

  async waiting(
    sessions: readonly Session<Connection>[],
  ): Promise<ReadonlySet<Session<Connection>>> {
    const ours = sessions.filter((session) => session instanceof MysqlSession);
    if (ours.length === 0) return new Set();
    const held = await this.waitingConnections(ours.map(({ thread }) => thread.connection_id));
    return new Set(ours.filter(({ thread }) => held.has(thread.connection_id)));
  }

  async waitingConnections(connections: readonly number[]): Promise<ReadonlySet<number>> {
    if (!this.#database.is_mariadb && !this.#database.has_performance_schema) {
      throw new CannotConnect(
        `${this.server} runs with performance_schema=OFF and does not tell who waits for a lock: ` +
          "start it with performance_schema=ON.",
      );
    }
    return this.#held(connections);
  }

  async heldUpBy(held: HeldUp): Promise<string | undefined> {
    const { control, is_mariadb, name, has_performance_schema } = this.#database;
    if (is_mariadb) return heldUpInMariadb(control, held, name);
    return has_performance_schema ? heldUpInMysql(control, held) : undefined;
  }

  interventions(): Promise<Interventions> {
    return flushesOf(this.#database.control);
  }

  /** Undefined while a session is open here: it might write while the tables are copied. */
  async copyForLane(): Promise<BackendWithDoor<Connection> | undefined> {
    if (this.#sessions.size > 0) return undefined;
    const copy = await this.#database.copy();
    return copy && new MysqlBackend(this.#library, this.#given, copy, this.#options, this.prefix);
  }

  async another(): Promise<MysqlBackend> {
    const database = await OwnDatabase.create(this.#library, this.#given);
    return new MysqlBackend(this.#library, this.#given, database, this.#options);
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
    const { control, name, is_mariadb } = this.#database;
    return skipNumbers(control, { name, is_mariadb });
  }

  async divided(sent: Iterable<SentStatement>): Promise<DividedStatement | undefined> {
    const { control, name } = this.#database;
    return dividedOnServer(sent, await routinesOf(control, name), "mysql");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#sessions.values()].map((open) => open[Symbol.asyncDispose]()));
    await this.#database.drop();
  }

  /** The statements for a new session; they do not pass the gate, and run before user code gets the connection. */
  #setUp({ isolation }: OpenOptions): string {
    const level = this.#database.is_mariadb ? "tx_isolation" : "transaction_isolation";
    return [
      `SET SESSION innodb_lock_wait_timeout = ${row_lock_wait_s}`,
      `lock_wait_timeout = ${table_lock_wait_s}`,
      ...(this.#overwrites ? ["innodb_snapshot_isolation = OFF"] : []),
      ...(isolation === undefined ? [] : [`${level} = '${isolation.replace(" ", "-")}'`]),
    ].join(", ");
  }

  async #threadOf(client: Connection): Promise<Thread> {
    const connection_id = client.threadId;
    if (this.#database.is_mariadb) return { connection_id, thread_id: 0 };
    const [rows] = await client.query<RowDataPacket[]>("SELECT PS_CURRENT_THREAD_ID() AS id");
    return { connection_id, thread_id: Number(rows[0]!["id"]) };
  }

  /** Of connections that came through a door only the number is known. */
  async #threads(ids: readonly number[]): Promise<Thread[]> {
    const unknown = ids.filter((id) => !this.#thread_ids.has(id));
    if (unknown.length > 0) {
      const found = this.#database.is_mariadb ? [] : await this.#database.threads(unknown);
      for (const id of unknown) this.#thread_ids.set(id, 0);
      for (const { connection_id, thread_id } of found)
        this.#thread_ids.set(connection_id, thread_id);
    }
    return ids.map((id) => ({ connection_id: id, thread_id: this.#thread_ids.get(id) ?? 0 }));
  }
}
