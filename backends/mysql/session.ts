import type { Connection } from "mysql2/promise";
import type { Gate, Session } from "../backend.ts";
import { open_gate } from "../backend.ts";
import { losesReplies, ReplyLoss } from "../reply-loss.ts";
import { Turnstile } from "../turnstile.ts";
import { untilGone } from "../until-gone.ts";
import { type Core, coreOf, isClosed, nameOf } from "./driver.ts";
import { type Past, putGateInto } from "./gate.ts";
import type { OwnDatabase } from "./own-database.ts";
import type { Thread } from "./waits.ts";

export class MysqlSession implements Session<Connection> {
  readonly client: Connection;
  readonly thread: Thread;
  readonly #core: Core;
  readonly #database: OwnDatabase;
  /** Prepares a connection for its session: isolation level, limits for waiting. */
  readonly #set_up: string;
  readonly #past: Past;
  /** Runs freely: when it is closed, the server deals with what it held, as with any application that goes away. */
  readonly #is_free: boolean;
  readonly #loss = new ReplyLoss();
  #is_lost = false;
  #disposed = false;
  /** Called when the session was disposed of. */
  closed: () => void = () => undefined;

  /** @param client connected and set up with `set_up` */
  constructor(
    client: Connection,
    thread: Thread,
    gate: Gate,
    database: OwnDatabase,
    set_up: string,
  ) {
    this.client = client;
    this.thread = thread;
    this.#core = coreOf(client);
    this.#database = database;
    this.#set_up = set_up;
    this.#core.stream.once("close", () => {
      this.#is_lost = true;
    });
    losesReplies(this.#core.stream, this.#loss, {
      answers: () => !answersPrepare(this.#core),
      complete: () => true,
    });
    const turnstile = new Turnstile({
      pass: (step, send) => gate.pass(step, () => this.#sent(send)),
    });
    this.#is_free = gate === open_gate;
    this.#past = this.#is_free ? (call) => call() : putGateInto(this.#core, turnstile);
  }

  get connections(): readonly number[] {
    return [this.thread.connection_id];
  }

  get alive(): boolean {
    return !this.#disposed && !this.#is_lost && !isClosed(this.#core);
  }

  loseNextReply(): void {
    this.#loss.armed = true;
  }

  /** The protocol's own reset: rolls back, and ends variables, temporary tables and named locks. */
  async clean(): Promise<void> {
    await this.#past(() => this.client.reset());
    await this.#past(() => this.client.query(this.#set_up));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    const is_busy = Boolean(this.#core._command);
    const is_broken = this.#is_lost || is_busy;
    if (!this.#is_lost && is_busy) {
      // A server thread that waits for a lock does not notice that its client went away.
      if (!this.#is_free) await this.#database.kill(this.thread.connection_id);
      this.#core.stream.destroy();
    } else if (isClosed(this.#core)) this.#core.stream.destroy();
    else if (!this.#is_lost) await this.client.end();
    if (!this.#is_free) await this.#gone();
    // After a crash the server gives the same numbers to new connections.
    else if (!is_broken) await this.#gone().catch(() => undefined);
    this.closed();
  }

  /** A client that lost its connection goes on only after the server has noticed, too, and released its locks. */
  async #sent<T>(send: () => Promise<T>): Promise<T> {
    try {
      return await send();
    } catch (error) {
      if (this.#is_lost) await this.#gone();
      throw error;
    }
  }

  /** @throws when the control connection is lost. */
  #gone(): Promise<void> {
    return untilGone(
      [this.thread.connection_id],
      (left) => this.#database.running(left),
      ([id]) => this.#database.kill(id!),
    );
  }
}

/** `execute()` of a new statement first asks to PREPARE; the EXECUTE behind it is the request. */
function answersPrepare(core: Core): boolean {
  return nameOf(core._command) === "Prepare" && nameOf(core._commands.get(0)) === "Execute";
}
