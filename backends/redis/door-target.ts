import { connect as connectTcp } from "node:net";
import type { Duplex } from "node:stream";
import { connect as connectTls } from "node:tls";
import type { Redis } from "ioredis";
import type { Address, DoorTarget } from "../door-target.ts";
import { heard } from "../heard.ts";
import { untilGone } from "../until-gone.ts";
import type { Wire } from "../wire.ts";
import { socketIn } from "./connect.ts";
import { redisWire } from "./wire.ts";

/** Redis or Valkey behind a door. */
export class RedisDoorTarget implements DoorTarget {
  readonly wire: Wire = redisWire;
  readonly unlocks: readonly string[] = ["UNWATCH"];
  readonly #url: string;
  /** A connection of ours, made when it is first needed. */
  readonly #control: () => Promise<Redis>;

  constructor(url: string, control: () => Promise<Redis>) {
    this.#url = url;
    this.#control = control;
  }

  async connect(): Promise<Duplex> {
    const { protocol, hostname, port } = new URL(this.#url);
    const place = { host: hostname.replace(/^\[|\]$/g, ""), port: Number(port || 6379) };
    const is_secure = protocol === "rediss:";
    const path = socketIn(this.#url);
    const plain = path === undefined ? { ...place, noDelay: true } : { path };
    const socket = is_secure ? connectTls(place) : connectTcp(plain);
    await heard(socket, is_secure ? "secureConnect" : "connect");
    return socket;
  }

  address(port?: number): Address {
    const url = new URL(this.#url);
    if (port !== undefined) {
      url.protocol = "redis:";
      url.hostname = "127.0.0.1";
      url.port = String(port);
      url.searchParams.delete("socketPath");
    }
    const password = decodeURIComponent(url.password);
    return {
      url: url.href,
      environment: {
        REDIS_HOST: url.hostname,
        REDIS_PORT: url.port || "6379",
        REDIS_URL: url.href,
        ...(password === "" ? {} : { REDIS_PASSWORD: password }),
      },
    };
  }

  /** The server tells the number of a connection only when asked. */
  prepare(): Promise<readonly string[]> {
    return Promise.resolve(["CLIENT ID"]);
  }

  /** Connections that wait for something to be put into a list or a set. */
  async blocked(connections: readonly number[]): Promise<ReadonlySet<number>> {
    const listed = await this.#list();
    return new Set(connections.filter((id) => listed.get(id)?.includes("b")));
  }

  gone(connections: readonly number[]): Promise<void> {
    const running = async (left: readonly number[]): Promise<readonly number[]> => {
      const listed = await this.#list();
      return left.filter((id) => listed.has(id));
    };
    return untilGone(connections, running, (left) => this.terminate(left));
  }

  async terminate(connections: readonly number[]): Promise<void> {
    const control = await this.#control();
    for (const id of connections) await control.client("KILL", "ID", id);
  }

  /** The flags of each connection, by its number. */
  async #list(): Promise<ReadonlyMap<number, string>> {
    const said = String(await (await this.#control()).client("LIST"));
    const found = said.matchAll(/^id=(\d+) .*? flags=(\S+)/gm);
    return new Map([...found].map(([, id, flags]) => [Number(id), flags!]));
  }
}
