import type { Client } from "node-zookeeper-client";
import type { Gate, Session } from "../backend.ts";
import { open_gate } from "../backend.ts";
import { CannotConnect } from "../cannot-connect.ts";
import { losesReplies, ReplyLoss } from "../reply-loss.ts";
import { Turnstile } from "../turnstile.ts";
import { closeClient, type Identity, openClient } from "./connect.ts";
import { type Answered, closed, type Manager, managerOf, type Response } from "./driver.ts";
import { unsent } from "./errors.ts";
import { stepOf } from "./step.ts";

/** The sessions of this process, by the number that the server's nodes name as their owner. */
const open_sessions = new Map<string, ZookeeperSession>();

/**
 * Makes a session of this process expire now. The server closes it as after its timeout: its ephemeral nodes are gone,
 * its connection is cut. (The method is from ZooKeeper's own FAQ: another connection with the same session number and
 * password closes it.)
 * @param owner `stat.ephemeralOwner` of one of its nodes
 */
export async function expireSession(owner: Buffer): Promise<void> {
  await open_sessions.get(owner.toString("hex"))?.expire();
}

/** One session of one client, its requests behind a gate. */
export class ZookeeperSession implements Session<Client> {
  readonly client: Client;
  readonly #manager: Manager;
  readonly #id: Identity;
  readonly #open: (known: Identity) => ReturnType<typeof openClient>;
  readonly #loss = new ReplyLoss();
  readonly #lost: Promise<unknown>;
  #disposed = false;
  /** Called when the session was disposed of. */
  closed: () => void = () => undefined;

  /** @param open opens another connection of the same session */
  constructor(
    client: Client,
    gate: Gate,
    open: (known: Identity) => ReturnType<typeof openClient>,
  ) {
    this.client = client;
    this.#manager = managerOf(client);
    const { sessionId, sessionPassword, socket } = this.#manager;
    this.#id = { sessionId, sessionPassword };
    this.#open = open;
    this.#lost = new Promise((resolve) => socket.once("close", resolve));
    losesReplies(socket, this.#loss, {
      answers: () => this.#manager.pendingQueue.length > 0,
      complete: () => true,
    });
    markUnsent(this.#manager);
    if (gate !== open_gate) putGateInto(this.#manager, new Turnstile(gate));
    open_sessions.set(sessionId.toString("hex"), this);
  }

  get alive(): boolean {
    return !this.#disposed && this.#manager.state !== closed;
  }

  loseNextReply(): void {
    this.#loss.armed = true;
  }

  async expire(): Promise<void> {
    await closeClient(await this.#open(this.#id));
    await this.#lost;
  }

  /** A connection that was lost leaves its session, and its nodes, at the server: end it there. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#disposed) return;
    const was_alive = this.alive;
    this.#disposed = true;
    open_sessions.delete(this.#id.sessionId.toString("hex"));
    if (was_alive) await closeClient(this.client);
    else {
      await this.expire().catch((error: unknown) => {
        if (!(error instanceof CannotConnect)) throw error;
      });
    }
    this.closed();
  }
}

/** Marks requests that are given to a client after its connection ended: they are never sent. */
function markUnsent(manager: Manager): void {
  const queue = manager.queue.bind(manager);
  manager.queue = (request, callback) => {
    const was_closed = manager.state === closed;
    queue(request, (error, response) => {
      if (error && was_closed) unsent.add(error);
      callback?.(error, response);
    });
  };
}

/** Every request of the application passes the turnstile; pings and the like pass freely. */
function putGateInto(manager: Manager, turnstile: Turnstile): void {
  const queue = manager.queue.bind(manager);
  manager.queue = (request, callback: Answered = () => undefined) => {
    const step = stepOf(request);
    if (step === undefined) return queue(request, callback);
    const send = (): Promise<Response> =>
      new Promise((resolve, reject) =>
        queue(request, (error, response) =>
          error ? reject(error) : resolve(response as Response),
        ),
      );
    turnstile.pass(step, send).then(
      (response) => callback(null, response),
      (error) => callback(error),
    );
  };
}
