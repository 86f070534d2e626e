import { connect as connectTcp, isIP } from "node:net";
import type { Duplex } from "node:stream";
import type { ConnectionOptions } from "node:tls";
import type { SslOptions } from "mysql2/promise";
import type { Isolation } from "../backend.ts";
import type { Address, DoorTarget } from "../door-target.ts";
import { heard } from "../heard.ts";
import { untilGone } from "../until-gone.ts";
import type { Wire } from "../wire.ts";
import type { Given } from "./connection.ts";
import { EncryptedLogIn } from "./encrypted-log-in.ts";
import type { OwnDatabase } from "./own-database.ts";
import type { Rules } from "./transaction-state.ts";
import { mysqlWire } from "./wire.ts";

/** MySQL or MariaDB behind a door: the settings that schedules need are made on every connection. */
export class MysqlDoorTarget implements DoorTarget {
  readonly wire: Wire;
  readonly unlocks: readonly string[] = ["DO RELEASE_ALL_LOCKS()", "UNLOCK TABLES"];
  readonly #given: Given;
  readonly #database: OwnDatabase;
  readonly #setUp: (isolation: Isolation | undefined) => string;

  constructor(
    given: Given,
    database: OwnDatabase,
    setUp: (isolation: Isolation | undefined) => string,
    rules: Rules,
  ) {
    this.#given = given;
    this.wire = mysqlWire(rules, database.name);
    this.#database = database;
    this.#setUp = setUp;
  }

  async connect(): Promise<Duplex> {
    const { host, port } = this.#given.address;
    const socket = host.startsWith("/")
      ? connectTcp({ path: host })
      : connectTcp({ host, port, noDelay: true });
    await heard(socket, "connect");
    const { ssl } = this.#database.control.config;
    return typeof ssl === "object" ? new EncryptedLogIn(socket, tlsOptions(ssl, host)) : socket;
  }

  address(port?: number): Address {
    const url = new URL(this.#given.options.uri ?? "");
    url.pathname = `/${this.#database.name}`;
    if (port !== undefined) {
      url.hostname = "127.0.0.1";
      url.port = String(port);
      url.searchParams.delete("socketPath");
      url.searchParams.delete("ssl");
    }
    const [user, password] = [decodeURIComponent(url.username), decodeURIComponent(url.password)];
    return {
      url: url.href,
      environment: {
        MYSQL_HOST: url.hostname,
        MYSQL_TCP_PORT: url.port || "3306",
        MYSQL_PORT: url.port || "3306",
        MYSQL_USER: user,
        MYSQL_PASSWORD: password,
        MYSQL_PWD: password,
        MYSQL_DATABASE: this.#database.name,
      },
    };
  }

  prepare(isolation: Isolation | undefined): Promise<readonly string[]> {
    return Promise.resolve([this.#setUp(isolation)]);
  }

  locks(connections: readonly number[]): Promise<readonly string[]> {
    return this.#database.locks(connections);
  }

  gone(connections: readonly number[]): Promise<void> {
    return untilGone(
      connections,
      (left) => this.#database.running(left),
      (left) => this.terminate(left),
    );
  }

  async terminate(connections: readonly number[]): Promise<void> {
    for (const id of connections) await this.#database.kill(id);
  }
}

/** As mysql2 understands its `ssl`: any certificate of somebody trusted is good, unless `verifyIdentity` is set. */
function tlsOptions({ verifyIdentity, ...ssl }: SslOptions, host: string): ConnectionOptions {
  return {
    ...(ssl as ConnectionOptions),
    ...(isIP(host) || host.startsWith("/") ? {} : { servername: host }),
    ...(verifyIdentity ? {} : { checkServerIdentity: () => undefined }),
  };
}
