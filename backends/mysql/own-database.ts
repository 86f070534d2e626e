import type { Connection, RowDataPacket } from "mysql2/promise";
import { newName } from "../../owners/run-mark.ts";
import type { Contents, Isolation } from "../backend.ts";
import { CannotConnect, unlessGone } from "../cannot-connect.ts";
import { errorField } from "../error-field.ts";
import { type Address, whereIs } from "../explain-connect.ts";
import type { AllRows } from "../rows.ts";
import { textsOfDump } from "../sql-dump.ts";
import { connectTo, type Given, type Library } from "./connection.ts";
import { ContentsReader } from "./contents.ts";
import { copyDatabase } from "./copy-database.ts";
import type { Rules } from "./transaction-state.ts";
import type { Thread } from "./waits.ts";

/**
 * A database of our own at a server that may be someone else's, and the control connection. Whatever the sessions do
 * is gone with the database, except named locks, which end with their session.
 */
export class OwnDatabase {
  readonly name: string;
  /** As the server tells it: `9.7.4`. */
  readonly version: string;
  readonly is_mariadb: boolean;
  /** If it is off, MySQL does not tell who waits for a lock. */
  readonly has_performance_schema: boolean;
  readonly rules: Rules;
  readonly control: Connection;
  readonly #library: Library;
  readonly #given: Given;
  readonly #said: RowDataPacket;
  readonly #contents: ContentsReader;

  private constructor(
    library: Library,
    given: Given,
    name: string,
    control: Connection,
    said: RowDataPacket,
  ) {
    this.#library = library;
    this.#given = given;
    this.name = name;
    this.control = control;
    const version = String(said["version"]);
    this.version = /^[\d.]+/.exec(version)?.[0] ?? version;
    this.is_mariadb = version.includes("MariaDB");
    this.has_performance_schema = Number(said["performance_schema"]) === 1;
    this.rules = {
      isolation: String(said["isolation"] ?? "REPEATABLE-READ").replace("-", " ") as Isolation,
      checks_snapshots: said["snapshots"] === "ON",
    };
    this.#said = said;
    this.#contents = new ContentsReader(control, name);
  }

  /** @throws CannotConnect also when the user may not do what is needed. */
  static async create(library: Library, given: Given): Promise<OwnDatabase> {
    const name = ownName();
    const control = await connectTo(library, given, { multipleStatements: true });
    let is_mariadb = false;
    try {
      const [rows] = await control.query<RowDataPacket[]>(
        "SELECT VERSION() AS version, @@performance_schema AS performance_schema",
      );
      const said = { ...rows[0]!, ...(await rulesOf(control)) };
      const database = new OwnDatabase(library, given, name, control, said);
      ({ is_mariadb } = database);
      await control.query(may_ask[is_mariadb ? "mariadb" : "mysql"]);
      await control.query(`CREATE DATABASE ${name}`);
      return database;
    } catch (error) {
      control.destroy();
      throw whichGrants(error, given.address, is_mariadb);
    }
  }

  /** A copy of this database; undefined when not everything can be copied. */
  async copy(): Promise<OwnDatabase | undefined> {
    const name = ownName();
    const control = await connectTo(this.#library, this.#given, { multipleStatements: true });
    try {
      const is_whole = await copyDatabase(control, this.name, name);
      if (is_whole) return new OwnDatabase(this.#library, this.#given, name, control, this.#said);
    } catch (error) {
      await control.query(`DROP DATABASE IF EXISTS ${name}`).catch(() => undefined);
      control.destroy();
      throw error;
    }
    await control.end();
    return undefined;
  }

  async say(statements: string): Promise<void> {
    const inside = { database: this.name, multipleStatements: true };
    const connection = await connectTo(this.#library, this.#given, inside);
    try {
      for (const text of textsOfDump(statements, "mysql")) await connection.query(text);
    } finally {
      // If the connection is lost, what came before says so.
      await connection.end().catch(() => undefined);
    }
  }

  contents(key: string): Promise<Contents> {
    return this.#contents.read(key);
  }

  rows(): Promise<AllRows> {
    return this.#contents.rows();
  }

  /** Which of these connections still exist at the server. */
  async running(ids: readonly number[]): Promise<readonly number[]> {
    const [rows] = await this.control.query<RowDataPacket[]>(
      "SELECT id FROM information_schema.processlist WHERE id IN (?)",
      [ids],
    );
    return rows.map(({ id }) => Number(id));
  }

  /** The threads of these connections, as the performance schema numbers them. */
  async threads(ids: readonly number[]): Promise<readonly Thread[]> {
    const [rows] = await this.control.query<RowDataPacket[]>(
      `SELECT processlist_id AS connection_id, thread_id
         FROM performance_schema.threads WHERE processlist_id IN (?)`,
      [ids],
    );
    return rows.map((row) => ({
      connection_id: Number(row["connection_id"]),
      thread_id: Number(row["thread_id"]),
    }));
  }

  /** Named locks that these connections hold, in words. MariaDB does not list them. */
  async locks(ids: readonly number[]): Promise<readonly string[]> {
    if (this.is_mariadb || !this.has_performance_schema || ids.length === 0) return [];
    const [rows] = await this.control.query<RowDataPacket[]>(
      `SELECT object_name AS name FROM performance_schema.metadata_locks
        WHERE object_type = 'USER LEVEL LOCK' AND lock_status = 'GRANTED'
          AND owner_thread_id IN (?) ORDER BY 1`,
      [(await this.threads(ids)).map(({ thread_id }) => thread_id)],
    );
    return rows.map(({ name }) => `the lock '${String(name)}'`);
  }

  async kill(id: number): Promise<void> {
    // It may be gone already.
    await this.control.query(`KILL ${id}`).catch(() => undefined);
  }

  /**
   * Drops the database, over a fresh connection if the old one was lost.
   * @throws unless the database or its server is gone
   */
  async drop(): Promise<void> {
    const statement = `DROP DATABASE IF EXISTS ${this.name}`;
    const again = async (): Promise<void> => {
      const connection = await connectTo(this.#library, this.#given, {});
      await connection.query(statement).finally(() => connection.destroy());
    };
    try {
      await this.control.query(statement).catch(() => again().catch(unlessGone));
    } finally {
      // It would keep node alive.
      this.control.destroy();
    }
  }
}

/** Reads where the server tells who waits for whom, only to know whether the user may. */
const may_ask = {
  mysql:
    "SELECT 1 FROM performance_schema.data_lock_waits, performance_schema.threads, performance_schema.metadata_locks LIMIT 0",
  mariadb: "SHOW ENGINE INNODB STATUS",
} as const;

/** Access denied: to a database, to a table, for lack of a global privilege. */
const denied: ReadonlySet<string> = new Set(["1044", "1142", "1227"]);

/** @returns an error that says what to grant, if a privilege is missing; else the same error */
function whichGrants(error: unknown, address: Address, is_mariadb: boolean): unknown {
  if (!denied.has(errorField(error, "errno"))) return error;
  const { user } = address;
  const grant = is_mariadb ? "PROCESS ON *.*" : "SELECT ON performance_schema.*";
  return new CannotConnect(
    `User "${user}" at ${whereIs(address)} may not create databases, or not see who waits for a lock, and raceproof ` +
      `needs both: GRANT ALL ON \`raceproof\\_%\`.* TO '${user}'; GRANT ${grant} TO '${user}'.`,
    { cause: error },
  );
}

const ownName = (): string => `raceproof_${newName()}`;

/** Each server has other names for them, and an unknown one would be an error. */
async function rulesOf(control: Connection): Promise<Record<string, unknown>> {
  const [rows] = await control.query<RowDataPacket[]>(
    "SHOW VARIABLES WHERE Variable_name IN ('tx_isolation', 'transaction_isolation', 'innodb_snapshot_isolation')",
  );
  const values = new Map(rows.map((row) => [String(row["Variable_name"]), row["Value"]]));
  return {
    isolation: values.get("transaction_isolation") ?? values.get("tx_isolation"),
    snapshots: values.get("innodb_snapshot_isolation"),
  };
}
