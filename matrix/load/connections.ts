import { setTimeout as sleep } from "node:timers/promises";
import { type Backend, type Isolation, open_gate, type Session } from "../../backends/backend.ts";
import { CannotConnect } from "../../backends/cannot-connect.ts";
import { ServerUnavailable } from "../../servers/unavailable.ts";
import type { Strategy } from "../strategy.ts";

/** How long clients try to connect again to a server that is expected back, and how often. */
const reconnect_limit_ms = 60_000;
const reconnect_every_ms = 50;
/** A paused server never answers a goodbye: wait no longer than this. */
const goodbye_limit_ms = 2_000;

/** The free-running sessions of some clients: one each, or one for all if the strategy has a shared connection. */
export class Connections<Client> implements AsyncDisposable {
  readonly #backend: Backend<Client>;
  readonly #strategy: Strategy<Client>;
  readonly #isolation: Isolation | null;
  readonly #sessions: Session<Client>[] = [];
  readonly #replacing: (Promise<Session<Client>> | undefined)[] = [];

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
    const sessions = strategy.sharedConnection ? 1 : clients;
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

  /**
   * A fresh connection in place of this client's. A shared one is replaced only when it is broken, and once
   * for all who ask.
   * @param signal given when servers are broken on purpose: then it tries until the server is back, or the signal
   *   aborts
   * @throws CannotConnect
   * @throws ServerUnavailable when it did not come back in time
   */
  async replace(client: number, signal?: AbortSignal): Promise<Client> {
    const place = client % this.#sessions.length;
    const broken = this.#sessions[place]!;
    if (this.#strategy.sharedConnection && broken.alive) return broken.client;
    const replacing = (this.#replacing[place] ??= this.#replace(place, signal).finally(() => {
      this.#replacing[place] = undefined;
    }));
    return (await replacing).client;
  }

  async #replace(place: number, signal?: AbortSignal): Promise<Session<Client>> {
    await closed(this.#sessions[place]!);
    const fresh = await (signal === undefined ? this.#open() : this.#openAgain(signal));
    this.#sessions[place] = fresh;
    return fresh;
  }

  async #openAgain(signal: AbortSignal): Promise<Session<Client>> {
    const deadline = performance.now() + reconnect_limit_ms;
    for (;;) {
      try {
        return await this.#open();
      } catch (error) {
        if (signal.aborted) throw error;
        if (performance.now() > deadline) throw notBack(this.#backend.server, error);
      }
      await sleep(reconnect_every_ms);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#sessions.map(closed));
  }

  #open(): Promise<Session<Client>> {
    return this.#backend.open(open_gate, {
      ...(this.#isolation === null ? {} : { isolation: this.#isolation }),
      resend: this.#strategy.resend ?? false,
    });
  }
}

/** Closes a session. If the server does not answer in time, goes on without it. */
async function closed(session: Session<unknown>): Promise<void> {
  const goodbye = Promise.resolve(session[Symbol.asyncDispose]()).catch(() => undefined);
  const enough = new AbortController();
  const patience = sleep(goodbye_limit_ms, undefined, { signal: enough.signal });
  await Promise.race([goodbye, patience.catch(() => undefined)]);
  enough.abort();
}

function notBack(server: string, error: unknown): ServerUnavailable {
  const why = error instanceof CannotConnect ? error.message : String(error);
  return new ServerUnavailable(
    `${server} took no connection within ${reconnect_limit_ms / 1000} s after a fault: ${why}`,
  );
}
