import type pg from "pg";
import { newName } from "../../owners/run-mark.ts";
import type { Contents } from "../backend.ts";
import { CannotConnect, unlessGone } from "../cannot-connect.ts";
import { errorField } from "../error-field.ts";
import { whereIs } from "../explain-connect.ts";
import type { AllRows } from "../rows.ts";
import { textsOfDump } from "../sql-dump.ts";
import type { OnServer } from "../sql-routines.ts";
import { connectPlainly, type Given } from "./connection.ts";
import { ContentsReader } from "./contents.ts";
import { routinesOf } from "./routines.ts";
import type { Control } from "./session.ts";
import { sessionLocks } from "./session-locks.ts";

/** The server's error when somebody is connected to the database that should be copied. */
const object_in_use = "55006";
/** And when there is no such database. */
const invalid_catalog_name = "3D000";

/** A connection inside of the database. */
interface Reader {
  readonly connection: pg.Client;
  readonly contents: ContentsReader;
}

const behind_pooler =
  "The server process that answers is not the one to which we have connected: a connection pooler such as pgbouncer is " +
  "in between. It does not keep the state of a session, and nobody could know who waits for whose lock; name " +
  "PostgreSQL itself.";

/** The server process that was named when the connection was made; the types of `pg` do not have it. */
const numberOf = (client: pg.Client): unknown => Reflect.get(client, "processID");

/**
 * A database of our own at a server that may be someone else's. Whatever the sessions do is gone with the database.
 * The control connection, which asks about the whole server, uses another database: a database can be copied only
 * while nobody is connected to it.
 */
export class OwnDatabase implements Control {
  readonly name: string;
  /** As the server tells it: `18.4`. */
  readonly version: string;
  /**
   * Whether the user may set `deadlock_timeout`. Only superusers may; for others it is the server's setting (1 s by
   * default).
   */
  readonly sets_deadlock_timeout: boolean;
  readonly #library: typeof pg;
  readonly #given: Given;
  readonly #control: pg.Client;
  /** Whether it is a copy of another one, whose control connection it uses. */
  readonly #is_copy: boolean;
  /** Settings of the database that we made; they do not count as its contents. */
  readonly #altered = new Set<string>();
  /** Reads what is in the database; opened when it is first needed. */
  #reader: Promise<Reader> | undefined;

  private constructor(
    library: typeof pg,
    given: Given,
    control: pg.Client,
    known: Pick<OwnDatabase, "name" | "version" | "sets_deadlock_timeout">,
    is_copy: boolean,
  ) {
    this.#library = library;
    this.#given = given;
    this.#control = control;
    this.#is_copy = is_copy;
    this.name = known.name;
    this.version = known.version;
    this.sets_deadlock_timeout = known.sets_deadlock_timeout;
  }

  /** @throws CannotConnect also when the user may not create databases. */
  static async create(library: typeof pg, given: Given): Promise<OwnDatabase> {
    const name = ownName();
    await createFrom(library, given, { name, template: "template0" });
    try {
      const control = await connectPlainly(library, given, { pipeline: true });
      const { rows } = await control.query<{ pid: number; version: string }>(
        "SELECT pg_backend_pid() AS pid, current_setting('server_version') AS version",
      );
      if (rows[0]!.pid !== numberOf(control)) throw new CannotConnect(behind_pooler);
      const sets_deadlock_timeout = await control.query("SET deadlock_timeout = '1s'").then(
        () => true,
        () => false,
      );
      const version = rows[0]!.version.split(" ")[0]!;
      const known = { name, version, sets_deadlock_timeout };
      return new OwnDatabase(library, given, control, known, false);
    } catch (error) {
      const statement = `DROP DATABASE ${name} WITH (FORCE)`;
      await asAdministrator(library, given, statement).catch(() => undefined);
      throw error;
    }
  }

  /** Which of these wait for another one's lock right now, including advisory locks. */
  async blocked(pids: readonly number[]): Promise<ReadonlySet<number>> {
    const { rows } = await this.#control.query<[number]>({
      name: "blocked",
      text: "SELECT pid FROM unnest($1::int[]) pid WHERE cardinality(pg_blocking_pids(pid)) > 0",
      values: [pids as number[]],
      rowMode: "array",
    });
    return new Set(rows.map(([pid]) => pid));
  }

  /** Who else stands in the way of these, also only in the queue before them. A prepared transaction has no number. */
  async heldUpBy(pids: readonly number[], ours: readonly number[]): Promise<string | undefined> {
    const { rows } = await this.#control.query<{ who: string }>(
      `SELECT concat_ws(' ', 'process', other, '(' || concat_ws(', ', backend_type, 'user ' || usename,
                        nullif(application_name, '')) || ')') AS who
         FROM unnest($1::int[]) pid, unnest(pg_blocking_pids(pid)) other
         LEFT JOIN pg_stat_activity activity ON activity.pid = other
        WHERE other <> 0 AND other <> ALL ($2::int[]) LIMIT 1`,
      [pids, ours],
    );
    return rows[0]?.who;
  }

  locks(pids: readonly number[]): Promise<readonly string[]> {
    return sessionLocks(this.#control, pids);
  }

  async running(pids: readonly number[]): Promise<readonly number[]> {
    const { rows } = await this.#control.query<[number]>({
      name: "running",
      text: "SELECT pid FROM pg_stat_get_activity(NULL) WHERE pid = ANY ($1::int[])",
      values: [pids as number[]],
      rowMode: "array",
    });
    return rows.map(([pid]) => pid);
  }

  async terminate(pids: readonly number[]): Promise<void> {
    await this.#control.query("SELECT pg_terminate_backend(pid) FROM unnest($1::int[]) pid", [
      pids as number[],
    ]);
  }

  async alter(setting: string): Promise<void> {
    this.#altered.add(setting.split(" ")[0]!);
    await this.#control.query(`ALTER DATABASE ${this.name} SET ${setting}`);
  }

  /**
   * A copy of this database; undefined when somebody is connected to it (the server waits five seconds for them to
   * go), or when it has settings that are not ours, which would not be copied.
   */
  async copy(): Promise<OwnDatabase | undefined> {
    await this.#endReader();
    const { rows } = await this.#control.query(
      `SELECT 1 FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase, unnest(s.setconfig) setting
        WHERE d.datname = $1 AND split_part(setting, '=', 1) <> ALL ($2::text[])
       UNION ALL SELECT 1 FROM pg_stat_activity WHERE datname = $1 AND application_name <> 'raceproof'`,
      [this.name, [...this.#altered]],
    );
    if (rows.length > 0) return undefined;
    const name = ownName();
    const { version, sets_deadlock_timeout } = this;
    try {
      await createFrom(this.#library, this.#given, { name, template: this.name });
    } catch (error) {
      if (errorField(error, "code") === object_in_use) return undefined;
      throw error;
    }
    const known = { name, version, sets_deadlock_timeout };
    return new OwnDatabase(this.#library, this.#given, this.#control, known, true);
  }

  async say(statements: string): Promise<void> {
    const connection = await connectPlainly(this.#library, this.#given, { database: this.name });
    try {
      for (const text of textsOfDump(statements, "postgres")) await connection.query(text);
    } finally {
      await connection.end();
    }
  }

  async contents(key: string): Promise<Contents> {
    return (await this.#contents()).read(key);
  }

  async rows(): Promise<AllRows> {
    return (await this.#contents()).rows();
  }

  async skipNumbers(): Promise<void> {
    const { connection } = await this.#inside();
    await connection.query(
      "SELECT nextval(oid::regclass) FROM pg_class, generate_series(1, 7) WHERE relkind = 'S' AND relpersistence <> 't'",
    );
  }

  async routines(): Promise<OnServer> {
    return routinesOf((await this.#inside()).connection);
  }

  async #contents(): Promise<ContentsReader> {
    return (await this.#inside()).contents;
  }

  #inside(): Promise<Reader> {
    this.#reader ??= connectPlainly(this.#library, this.#given, { database: this.name }).then(
      (connection) => ({ connection, contents: new ContentsReader(connection) }),
    );
    return this.#reader;
  }

  /**
   * Drops the database, over a fresh connection if the old one was lost.
   * @throws unless the database or its server is gone
   */
  async drop(): Promise<void> {
    await this.#endReader();
    const statement = `DROP DATABASE IF EXISTS ${this.name} WITH (FORCE)`;
    const again = (): Promise<void> =>
      asAdministrator(this.#library, this.#given, async (connection) => {
        // The program may have made it one, and a template cannot be dropped.
        await connection.query(`ALTER DATABASE ${this.name} IS_TEMPLATE false`);
        await connection.query(statement);
      });
    const unlessDropped = (error: unknown): void => {
      if (errorField(error, "code") !== invalid_catalog_name) unlessGone(error);
    };
    try {
      await this.#control.query(statement).catch(() => again().catch(unlessDropped));
    } finally {
      // It would keep node alive.
      if (!this.#is_copy) await this.#control.end();
    }
  }

  async #endReader(): Promise<void> {
    const reader = this.#reader;
    this.#reader = undefined;
    await reader?.then(({ connection }) => connection.end()).catch(() => undefined);
  }
}

const ownName = (): string => `raceproof_${newName()}`;

/**
 * A copy of the files costs the server a quarter of the work of a copy through its log, but also a checkpoint, which
 * writes out everything: no bother where nothing is forced to the disk, as in the servers that we start.
 * @throws CannotConnect as `asAdministrator`
 */
const createFrom = (
  library: typeof pg,
  given: Given,
  { name, template }: { readonly name: string; readonly template: string },
): Promise<void> =>
  asAdministrator(library, given, async (connection) => {
    const { rows } = await connection.query<{ copies_files: boolean }>(
      "SELECT current_setting('fsync') = 'off' AND current_setting('server_version_num')::int >= 150000 AS copies_files",
    );
    const strategy = rows[0]!.copies_files ? " STRATEGY file_copy" : "";
    await connection.query(`CREATE DATABASE ${name} TEMPLATE ${template}${strategy}`);
  });

async function asAdministrator(
  library: typeof pg,
  given: Given,
  work: string | ((connection: pg.Client) => Promise<void>),
): Promise<void> {
  const connection = await connectPlainly(library, given, {});
  try {
    await (typeof work === "string" ? connection.query(work) : work(connection));
  } catch (error) {
    if ((error as { code?: unknown }).code !== "42501") throw error;
    throw new CannotConnect(
      `User "${given.address.user}" may not create databases at ${whereIs(given.address)}, ` +
        `and raceproof works only in one of its own: ALTER ROLE "${given.address.user}" CREATEDB.`,
      { cause: error },
    );
  } finally {
    await connection.end();
  }
}
