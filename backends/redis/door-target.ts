import { connect as connectTcp } from "node:net";
import type { Duplex } from "node:stream";
import { connect as connectTls } from "node:tls";
import type { Redis } from "ioredis";
import { CannotConnect } from "../cannot-connect.ts";
import type { Address, DoorTarget } from "../door-target.ts";
import { heard } from "../heard.ts";
import { tellsOwners } from "../own-user.ts";
import { untilGone } from "../until-gone.ts";
import { hostIn } from "../url-host.ts";
import type { Wire } from "../wire.ts";
import { socketIn } from "./connect.ts";
import { encodeCommand } from "./resp.ts";
import { redisWire } from "./wire.ts";

/** An answer that begins with it is an error. */
const minus = 0x2d;

/**
 * Redis or Valkey behind a door. Programs often know only its host and its port. So the door logs in for them, and what
 * they take for database 0 is ours, unless they SELECT another one.
 */
export class RedisDoorTarget implements DoorTarget {
  readonly wire: Wire;
  readonly unlocks: readonly string[] = ["UNWATCH"];
  readonly logs_in: boolean;
  readonly #url: string;
  /** What is said on a new connection before the program speaks. */
  readonly #first: readonly (readonly string[])[];
  /** A connection of ours, made when it is first needed. */
  readonly #control: () => Promise<Redis>;

  constructor(url: string, control: () => Promise<Redis>) {
    this.#url = url;
    this.#control = control;
    const { username, password, pathname } = new URL(url);
    // Before version 6 there are no users.
    const secret = (username === "" ? [password] : [username, password]).map(decodeURIComponent);
    this.logs_in = password === "" || tellsOwners();
    const number = Number(pathname.slice(1) || 0);
    const is_inside = this.logs_in && number !== 0;
    this.#first = [
      ...(this.logs_in && password !== "" ? [["AUTH", ...secret]] : []),
      ...(is_inside ? [["SELECT", String(number)]] : []),
    ];
    this.wire = redisWire({ own: number, first: is_inside ? number : 0 });
  }

  async connect(): Promise<Duplex> {
    const url = new URL(this.#url);
    const { protocol, port } = url;
    const place = { host: hostIn(url), port: Number(port || 6379) };
    const is_secure = protocol === "rediss:";
    const path = socketIn(this.#url);
    const plain = path === undefined ? { ...place, noDelay: true } : { path };
    const socket = is_secure ? connectTls(place) : connectTcp(plain);
    await heard(socket, is_secure ? "secureConnect" : "connect");
    for (const words of this.#first) {
      socket.write(encodeCommand(words));
      const answer: Buffer = await heard(socket, "data");
      if (answer[0] === minus)
        throw new CannotConnect(`Redis refuses ${words[0]}: ${String(answer).slice(1).trim()}.`);
    }
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
