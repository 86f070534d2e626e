import type { Command, Redis } from "ioredis";
import type { Gate, Session } from "../backend.ts";
import { open_gate } from "../backend.ts";
import { losesReplies, ReplyLoss } from "../reply-loss.ts";
import { Turnstile } from "../turnstile.ts";
import { unsent } from "./errors.ts";
import { gateCommands } from "./gated-commands.ts";

/** One connection of one client, its commands behind a gate. */
export class RedisSession implements Session<Redis> {
  readonly client: Redis;
  readonly #loss = new ReplyLoss();
  readonly #outside: <T>(work: () => T) => T;
  readonly #disposed: (session: RedisSession) => void;

  constructor(client: Redis, gate: Gate, disposed: (session: RedisSession) => void) {
    this.client = client;
    this.#disposed = disposed;
    // With `resend`, ioredis reconnects by itself.
    client.on("connect", () => {
      if (this.#loss.armed) this.#listenForReply();
    });
    markUnsent(client);
    this.#outside =
      gate === open_gate ? (work) => work() : gateCommands(client, new Turnstile(gate));
  }

  get alive(): boolean {
    return this.client.status !== "end";
  }

  loseNextReply(): void {
    this.#loss.armed = true;
    this.#listenForReply();
  }

  /** Only when needed, because it makes every reply of a load slower. */
  #listenForReply(): void {
    const { stream } = this.client;
    losesReplies(stream, this.#loss, { answers: () => true, complete: () => true });
  }

  /** Ends a transaction that was begun and forgets the watched keys. */
  async clean(): Promise<void> {
    await this.#outside(() => Promise.allSettled([this.client.discard(), this.client.unwatch()]));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { client } = this;
    this.#disposed(this);
    if (client.status === "end") return;
    const ended =
      client.status === "reconnecting"
        ? undefined
        : new Promise<void>((resolve) => client.once("end", resolve));
    client.disconnect();
    client.stream.destroy();
    if (ended) await ended;
    else client.status = "end";
  }
}

/** Marks commands that are given to a client after its connection ended: ioredis refuses them and never sends them. */
function markUnsent(client: Redis): void {
  const send = client.sendCommand.bind(client);
  client.sendCommand = (command: Command, stream?) => {
    if (client.status === "end") command.promise.catch((error: object) => unsent.add(error));
    return send(command, stream);
  };
}
