import { randomBytes } from "node:crypto";
import type { Connection, RowDataPacket } from "mysql2/promise";
import type { Contents } from "../backend.ts";
import { CannotConnect } from "../cannot-connect.ts";
import { errorField } from "../error-field.ts";
import { connectTo, type Given, type Library } from "./connection.ts";
import { ContentsReader } from "./contents.ts";
import { copyDatabase } from "./copy-database.ts";
import type { Thread } from "./waits.ts";

/**
 * A database of our own at a server that may be someone else's, and the control connection:
 * whatever the sessions do is gone with it, except named locks, which end with their session.
 */
export class OwnDatabase {
  readonly name: string;
  /** As the server says it: `9.7.4`. */
  readonly version: string;
  readonly is_mariadb: boolean;
  /** Off, MySQL does not tell who waits for a lock. */
  readonly has_performance_schema: boolean;
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
    this.#said = said;
    this.#contents = new ContentsReader(control, name);
  }

  /** @throws CannotConnect also when the user may not create databases. */
  static async create(library: Library, given: Given): Promise<OwnDatabase> {
    const name = newName();
    const control = await connectTo(library, given, { multipleStatements: true });
    try {
      const [rows] = await control.query<RowDataPacket[]>(
        "SELECT VERSION() AS version, @@performance_schema AS performance_schema",
      );
      await control.query(`CREATE DATABASE ${name}`);
      return new OwnDatabase(library, given, name, control, rows[0]!);
    } catch (error) {
      await control.end();
      if (errorField(error, "errno") !== "1044") throw error;
      const { user, host, port } = given.address;
      throw new CannotConnect(
        `User "${user}" may not create databases at ${host}:${port}, and raceproof works only in one of ` +
          `its own: GRANT ALL ON \`raceproof\\_%\`.* TO '${user}'.`,
        { cause: error },
      );
    }
  }

  /** Another database with all that is in this one; undefined when not all of it can be copied. */
  async copy(): Promise<OwnDatabase | undefined> {
    const name = newName();
    const control = await connectTo(this.#library, this.#given, { multipleStatements: true });
    try {
      const is_whole = await copyDatabase(control, this.name, name);
      if (is_whole) return new OwnDatabase(this.#library, this.#given, name, control, this.#said);
    } catch (error) {
      await control.query(`DROP DATABASE IF EXISTS ${name}`);
      await control.end();
      throw error;
    }
    await control.end();
    return undefined;
  }

  async say(statements: string): Promise<void> {
    const inside = { database: this.name, multipleStatements: true };
    const connection = await connectTo(this.#library, this.#given, inside);
    try {
      await connection.query(statements);
    } finally {
      await connection.end();
    }
  }

  contents(key: string): Promise<Contents> {
    return this.#contents.read(key);
  }

  /** Which of these connections the server still has. */
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

  async kill(id: number): Promise<void> {
    // It may be gone already.
    await this.control.query(`KILL ${id}`).catch(() => undefined);
  }

  /** Over a fresh connection, as the server may have been lost meanwhile; one that is gone has nothing left to drop. */
  async drop(): Promise<void> {
    this.control.destroy();
    try {
      const connection = await connectTo(this.#library, this.#given, {});
      await connection.query(`DROP DATABASE IF EXISTS ${this.name}`);
      await connection.end();
    } catch (error) {
      if (!(error instanceof CannotConnect)) throw error;
    }
  }
}

const newName = (): string => `raceproof_${randomBytes(6).toString("hex")}`;
