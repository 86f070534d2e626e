import { type Backend, type Isolation, open_gate, type Session } from "../backends/backend.ts";
import type { Strategy } from "./strategy.ts";

/** The free-running sessions of some clients: one each, or one for all where the strategy shares it. */
export class Connections<Client> implements AsyncDisposable {
  readonly #backend: Backend<Client>;
  readonly #strategy: Strategy<Client>;
  readonly #isolation: Isolation | null;
  readonly #sessions: Session<Client>[] = [];

  private constructor(
    backend: Backend<Client>,
    strategy: Strategy<Client>,
    isolation: Isolation | null,
  ) {
    this.#backend = backend;
    this.#strategy = strategy;
    this.#isolation = isolation;
  }

  static async open<Client>(
    backend: Backend<Client>,
    strategy: Strategy<Client>,
    isolation: Isolation | null,
    clients: number,
  ): Promise<Connections<Client>> {
    const connections = new Connections(backend, strategy, isolation);
    const sessions = strategy.shared_connection ? 1 : clients;
    try {
      while (connections.#sessions.length < sessions)
        connections.#sessions.push(await connections.#open());
    } catch (error) {
      await connections[Symbol.asyncDispose]();
      throw error;
    }
    return connections;
  }

  of(client: number): Session<Client> {
    return this.#sessions[client % this.#sessions.length]!;
  }

  /** A fresh connection in place of this client's. A shared one is replaced only when it is broken. */
  async replace(client: number): Promise<Client> {
    const broken = this.of(client);
    if (this.#strategy.shared_connection && broken.alive) return broken.client;
    await broken[Symbol.asyncDispose]();
    const fresh = await this.#open();
    this.#sessions[client % this.#sessions.length] = fresh;
    return fresh.client;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#sessions.map((session) => session[Symbol.asyncDispose]()));
  }

  #open(): Promise<Session<Client>> {
    return this.#backend.open(open_gate, {
      ...(this.#isolation === null ? {} : { isolation: this.#isolation }),
      resend: this.#strategy.resend ?? false,
    });
  }
}
