import { connect as connectTcp } from "node:net";
import type { Duplex } from "node:stream";
import { type ConnectionOptions, connect as connectTls } from "node:tls";
import type { Isolation } from "../backend.ts";
import { CannotConnect } from "../cannot-connect.ts";
import type { Address, DoorTarget } from "../door-target.ts";
import { heard } from "../heard.ts";
import { untilGone } from "../until-gone.ts";
import { hostForUrl } from "../url-host.ts";
import type { Wire } from "../wire.ts";
import type { Given } from "./connection.ts";
import type { Control } from "./session.ts";
import { postgresWire } from "./wire.ts";

/** Asks for encryption; the server answers `S` or `N`. */
const ssl_request = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);
/** So short that the request that closes a cycle of waits becomes the victim. */
const deadlock_timeout = "1ms";

/** Our own database, as a door needs it. */
export interface DoorDatabase extends Control {
  readonly name: string;
  readonly sets_deadlock_timeout: boolean;
  /** Locks that outlive transactions and that these server processes hold, in words. */
  locks(pids: readonly number[]): Promise<readonly string[]>;
  /** Changes a setting for connections that are made from now on. */
  alter(setting: string): Promise<void>;
}

/**
 * PostgreSQL behind a door: the settings that schedules need are made for the database, so that every driver gets
 * them.
 */
export class PostgresDoorTarget implements DoorTarget {
  readonly wire: Wire;
  readonly unlocks: readonly string[] = ["SELECT pg_advisory_unlock_all()"];
  readonly #given: Given;
  readonly #database: DoorDatabase;
  #prepared:
    | { readonly isolation: Isolation | undefined; readonly done: Promise<readonly string[]> }
    | undefined;

  #has_level = false;

  constructor(given: Given, database: DoorDatabase) {
    this.#given = given;
    this.#database = database;
    this.wire = postgresWire(database.name);
  }

  async connect(): Promise<Duplex> {
    const { host = "localhost", port = 5432, ssl } = this.#given.config;
    const socket = host.startsWith("/")
      ? connectTcp({ path: `${host}/.s.PGSQL.${port}` })
      : connectTcp({ host, port, noDelay: true });
    await heard(socket, "connect");
    if (!ssl) return socket;
    socket.write(ssl_request);
    const answer: Buffer = await heard(socket, "data");
    if (answer[0] !== 0x53)
      throw new CannotConnect(
        "The PostgreSQL server refuses encryption: take sslmode out of its URL.",
      );
    const options: ConnectionOptions = typeof ssl === "object" ? ssl : {};
    // `pg` hides the key of a client's certificate from whoever copies its options.
    const { key } = options;
    const secure = connectTls({ ...options, ...(key ? { key } : {}), socket, servername: host });
    await heard(secure, "secureConnect");
    return secure;
  }

  address(port?: number): Address {
    const { user = "", password } = this.#given.config;
    const secret = typeof password === "string" ? password : "";
    const own = this.#given.config;
    const host = port === undefined ? (own.host ?? "localhost") : "127.0.0.1";
    const at = port ?? own.port ?? 5432;
    const { name } = this.#database;
    const login = `${encodeURIComponent(user)}${secret === "" ? "" : `:${encodeURIComponent(secret)}`}`;
    const place = host.startsWith("/")
      ? `/${name}?host=${host}&port=${at}`
      : `${hostForUrl(host)}:${at}/${name}`;
    return {
      url: `postgres://${login}@${place}`,
      environment: {
        PGHOST: host,
        PGPORT: String(at),
        PGUSER: user,
        PGDATABASE: name,
        ...(secret === "" ? {} : { PGPASSWORD: secret }),
        ...(port === undefined ? {} : { PGSSLMODE: "disable" }),
      },
    };
  }

  prepare(isolation: Isolation | undefined): Promise<readonly string[]> {
    if (this.#prepared?.isolation !== isolation || this.#prepared === undefined)
      this.#prepared = { isolation, done: this.#prepare(isolation) };
    return this.#prepared.done;
  }

  async #prepare(isolation: Isolation | undefined): Promise<readonly string[]> {
    if (this.#database.sets_deadlock_timeout)
      await this.#database.alter(`deadlock_timeout = '${deadlock_timeout}'`);
    // A level stays with the database, so one that an earlier exploration asked for is taken back.
    const level = isolation === undefined ? "DEFAULT" : `'${isolation.toLowerCase()}'`;
    if (isolation !== undefined || this.#has_level)
      await this.#database.alter(`default_transaction_isolation TO ${level}`);
    this.#has_level = isolation !== undefined;
    return [];
  }

  locks(pids: readonly number[]): Promise<readonly string[]> {
    return this.#database.locks(pids);
  }

  gone(pids: readonly number[]): Promise<void> {
    return untilGone(
      pids,
      (left) => this.#database.running(left),
      (left) => this.terminate(left),
    );
  }

  terminate(pids: readonly number[]): Promise<void> {
    return this.#database.terminate(pids);
  }
}
