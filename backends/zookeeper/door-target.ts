import { connect as connectTcp } from "node:net";
import type { Duplex } from "node:stream";
import { CannotConnect } from "../cannot-connect.ts";
import type { Address, DoorTarget } from "../door-target.ts";
import { heard } from "../heard.ts";
import { hostForUrl } from "../url-host.ts";
import type { Wire } from "../wire.ts";
import { closeClient, openClient, type Address as Place } from "./connect.ts";
import type { Library } from "./driver.ts";
import { pathIn } from "./folder.ts";
import { zookeeperWire } from "./wire.ts";
import { type ZookeeperSessionState, ZookeeperSessions } from "./wire-sessions.ts";

/**
 * ZooKeeper behind a door. The server's secret stays behind it: the door logs in for whoever comes. Its connections hold
 * nothing; its sessions do, and they can go on over another connection, so they end only with their schedule.
 */
export class ZookeeperDoorTarget implements DoorTarget {
  readonly wire: Wire;
  readonly unlocks: readonly string[] = [];
  /** Also without a log-in: who reaches such a server may do everything there. */
  readonly logs_in = true;
  readonly #library: Library;
  readonly #place: Place;
  readonly #folder: string;
  readonly #sessions = new ZookeeperSessions();

  /** @param folder the node of our own that all paths of the programs are below */
  constructor(library: Library, place: Place, folder: string) {
    this.#library = library;
    this.#place = place;
    this.#folder = folder;
    this.wire = zookeeperWire({
      sessions: this.#sessions,
      shown: (path) => pathIn(folder, path),
      login: place.login,
    });
  }

  async connect(): Promise<Duplex> {
    const { host, port } = this.#place;
    const socket = connectTcp({ host, port, noDelay: true });
    await heard(socket, "connect");
    return socket;
  }

  address(port?: number): Address {
    const { host, port: own, login = "" } = this.#place;
    const hosts = `${port === undefined ? `${hostForUrl(host)}:${own}` : `127.0.0.1:${port}`}${this.#folder}`;
    const [, user = "", password = ""] = /^([^:]*):([^]*)$/.exec(login) ?? [];
    const is_secret = port === undefined && login !== "";
    const before = is_secret ? `${encodeURIComponent(user)}:${encodeURIComponent(password)}@` : "";
    return {
      url: `zookeeper://${before}${hosts}`,
      environment: {
        ZOOKEEPER_HOSTS: hosts,
        ZOOKEEPER_CONNECT: hosts,
        ZK_HOSTS: hosts,
        ZOOKEEPER_URL: `zookeeper://${hosts}`,
      },
    };
  }

  prepare(): Promise<readonly string[]> {
    return Promise.resolve([]);
  }

  /** A connection that is gone has left nothing; its session may go on. */
  gone(): Promise<void> {
    return Promise.resolve();
  }

  terminate(sessions: readonly number[]): Promise<void> {
    return this.endSessions(sessions);
  }

  async endSessions(sessions: readonly number[]): Promise<void> {
    await Promise.all(this.#sessions.living(sessions).map((one) => this.#end(one)));
  }

  /** As its timeout would: its nodes are gone, and its connection is cut. */
  async #end(session: ZookeeperSessionState): Promise<void> {
    session.is_over = true;
    try {
      await closeClient(await openClient(this.#library, this.#place, "", session.identity));
    } catch (error) {
      // The session was over already, or its server is gone.
      if (!(error instanceof CannotConnect)) throw error;
    }
  }
}
