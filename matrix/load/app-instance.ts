import { setTimeout as sleep } from "node:timers/promises";
import type { Around } from "../../schedules/program.ts";
import type { Invocation } from "../workload.ts";
import type { Connections } from "./connections.ts";
import type { LoadRun } from "./load-run.ts";
import { type Random, seeded } from "./random.ts";

/** After a lost connection a client waits up to this long, as applications do. */
const lost_pause_ms = 100;

/** What the instances of an application have in common. */
export interface Application<Client> extends LoadRun<Client> {
  readonly connections: Connections<Client>;
  readonly stop: AbortSignal;
  /** Servers are being broken on purpose: clients reconnect, however long it takes. */
  readonly disturbed: boolean;
}

/** One instance of an application: its connection, the key that it works on, and the code of the strategy. */
export class AppInstance<Client> {
  readonly key: string;
  readonly random: Random;
  /** The operation under way has already lost a connection. */
  has_reconnected = false;
  readonly #application: Application<Client>;
  readonly #number: number;
  #operations = 0;

  readonly #backoff = (attempt: number): Promise<void> =>
    sleep(this.random() * Math.min(2 ** attempt, 100));
  readonly #reconnectWithin = (): Promise<Client> => {
    this.has_reconnected = true;
    return this.#reconnect();
  };

  constructor(application: Application<Client>, number: number) {
    const { keys, seed } = application;
    this.#application = application;
    this.#number = number;
    this.key = keys[number % keys.length]!;
    this.random = seeded(seed * 1000 + number);
  }

  /** Reads the state; the strategy must have a read. */
  read(): Promise<unknown> {
    this.has_reconnected = false;
    return this.#application.strategy.read!(this.#client, this.key);
  }

  run(operation: Invocation): Promise<unknown> {
    this.has_reconnected = false;
    return this.#application.strategy.run(this.#client, this.key, operation, this.#around());
  }

  get is_connected(): boolean {
    return this.#application.connections.of(this.#number).alive;
  }

  /** Gets a fresh connection. @throws CannotConnect, ServerUnavailable, unless the run is being stopped anyway */
  async recover(): Promise<void> {
    const { disturbed, stop } = this.#application;
    if (disturbed) await sleep(this.random() * lost_pause_ms);
    await this.#reconnect().catch((error: unknown) => {
      if (!stop.aborted) throw error;
    });
  }

  #around(): Around<Client> {
    const operation = ++this.#operations;
    return {
      client: this.#number + 1,
      operation,
      key: this.key,
      requestId: `${this.key}:${this.#number}:${operation}`,
      backoff: this.#backoff,
      reconnect: this.#reconnectWithin,
    };
  }

  #reconnect(): Promise<Client> {
    const { connections, disturbed, stop } = this.#application;
    return connections.replace(this.#number, disturbed ? stop : undefined);
  }

  get #client(): Client {
    return this.#application.connections.of(this.#number).client;
  }
}
