import { randomBytes } from "node:crypto";
import type pg from "pg";
import { CannotConnect } from "../cannot-connect.ts";
import { connectPlainly, type Given } from "./connection.ts";
import type { Control } from "./session.ts";

/**
 * A database of our own at a server that may be someone else's, and the control connection into it:
 * whatever the sessions do is gone with it.
 */
export class OwnDatabase implements Control {
  readonly name: string;
  /** As the server says it: `18.4`. */
  readonly version: string;
  /** Only a superuser may: others live with the server's own (1 s by default). */
  readonly sets_deadlock_timeout: boolean;
  readonly #library: typeof pg;
  readonly #given: Given;
  readonly #connection: pg.Client;

  private constructor(
    library: typeof pg,
    given: Given,
    connection: pg.Client,
    known: { name: string; version: string; sets_deadlock_timeout: boolean },
  ) {
    this.#library = library;
    this.#given = given;
    this.#connection = connection;
    this.name = known.name;
    this.version = known.version;
    this.sets_deadlock_timeout = known.sets_deadlock_timeout;
  }

  /** @throws CannotConnect also when the user may not create databases. */
  static async create(library: typeof pg, given: Given): Promise<OwnDatabase> {
    const name = `raceproof_${randomBytes(6).toString("hex")}`;
    await asAdministrator(library, given, `CREATE DATABASE ${name} TEMPLATE template0`);
    try {
      const connection = await connectPlainly(library, given, { database: name, pipeline: true });
      const { rows } = await connection.query("SHOW server_version");
      const sets_deadlock_timeout = await connection.query("SET deadlock_timeout = '1s'").then(
        () => true,
        () => false,
      );
      const version = String(rows[0].server_version).split(" ")[0]!;
      return new OwnDatabase(library, given, connection, { name, version, sets_deadlock_timeout });
    } catch (error) {
      await asAdministrator(library, given, `DROP DATABASE ${name} WITH (FORCE)`);
      throw error;
    }
  }

  /** Which of these are held up by another's lock right now; also sees advisory locks. */
  async blocked(pids: readonly number[]): Promise<ReadonlySet<number>> {
    const { rows } = await this.#connection.query<[number]>({
      name: "blocked",
      text: "SELECT pid FROM unnest($1::int[]) pid WHERE cardinality(pg_blocking_pids(pid)) > 0",
      values: [pids as number[]],
      rowMode: "array",
    });
    return new Set(rows.map(([pid]) => pid));
  }

  async running(pids: readonly number[]): Promise<readonly number[]> {
    const { rows } = await this.#connection.query<[number]>({
      name: "running",
      text: "SELECT pid FROM pg_stat_get_activity(NULL) WHERE pid = ANY ($1::int[])",
      values: [pids as number[]],
      rowMode: "array",
    });
    return rows.map(([pid]) => pid);
  }

  async terminate(pids: readonly number[]): Promise<void> {
    await this.#connection.query("SELECT pg_terminate_backend(pid) FROM unnest($1::int[]) pid", [
      pids as number[],
    ]);
  }

  async alter(setting: string): Promise<void> {
    await this.#connection.query(`ALTER DATABASE ${this.name} SET ${setting}`);
  }

  /** A server that is gone has nothing left to drop. */
  async drop(): Promise<void> {
    await this.#connection.end();
    const statement = `DROP DATABASE IF EXISTS ${this.name} WITH (FORCE)`;
    await asAdministrator(this.#library, this.#given, statement).catch((error: unknown) => {
      if (!(error instanceof CannotConnect)) throw error;
    });
  }
}

async function asAdministrator(library: typeof pg, given: Given, statement: string): Promise<void> {
  const connection = await connectPlainly(library, given, {});
  try {
    await connection.query(statement);
  } catch (error) {
    if ((error as { code?: unknown }).code !== "42501") throw error;
    throw new CannotConnect(
      `User "${given.place.user}" may not create databases at ${given.place.host}:${given.place.port}, ` +
        `and raceproof works only in one of its own: ALTER ROLE "${given.place.user}" CREATEDB.`,
      { cause: error },
    );
  } finally {
    await connection.end();
  }
}
