import type { Duplex } from "node:stream";
import type pg from "pg";
import type { Gate, Session } from "../backend.ts";
import { open_gate } from "../backend.ts";
import { losesReplies, ReplyLoss } from "../reply-loss.ts";
import { Turnstile } from "../turnstile.ts";
import { untilGone } from "../until-gone.ts";
import { type ClientClass, gatedClient } from "./gated-client.ts";

/** What a session needs of its backend's control connection. */
export interface Control {
  /** Which of these server processes still run. */
  running(pids: readonly number[]): Promise<readonly number[]>;
  terminate(pids: readonly number[]): Promise<void>;
}

/** The client that user code gets, made with a class of clients that pass the gate. */
export interface Made<Client> {
  readonly client: Client;
  /** Whether it replaces lost connections by itself, as a pool does. */
  readonly pooled: boolean;
  /** Whether the program itself has ended it. */
  isEnded(): boolean;
  /** Called to end the connections. */
  close(): void;
}

/** One client of the application: its connections (one, or those of a pool), all behind one gate. */
export class PostgresSession<Client> implements Session<Client> {
  readonly #library: typeof pg;
  readonly #made: Made<Client>;
  readonly #control: Control;
  /** Runs freely: when it is closed, the server deals with what it held, as with any application that goes away. */
  readonly #is_free: boolean;
  readonly #loss = new ReplyLoss();
  readonly #connections = new Set<pg.Client>();
  /** Server processes that may not have noticed yet that their connection is over. */
  #left: number[] = [];
  #over = false;
  #disposed = false;
  /** Called when the session was disposed of. */
  closed: () => void = () => undefined;

  constructor(
    library: typeof pg,
    gate: Gate,
    control: Control,
    make: (Client: ClientClass) => Made<Client>,
  ) {
    this.#library = library;
    this.#control = control;
    this.#is_free = gate === open_gate;
    const turnstile = new Turnstile({
      shared: gate.shared ?? false,
      pass: (step, send) => gate.pass(step, () => this.#sent(send)),
    });
    const Gated = this.#is_free ? library.Client : gatedClient(library, turnstile);
    const opened = (client: pg.Client): void => this.#opened(client);
    class SessionClient extends Gated {
      constructor(config?: pg.ClientConfig) {
        super(config);
        this.once("connect", () => opened(this));
      }
    }
    this.#made = make(SessionClient);
  }

  get client(): Client {
    return this.#made.client;
  }

  get alive(): boolean {
    if (this.#disposed || this.#made.isEnded()) return false;
    return this.#made.pooled || !this.#over;
  }

  /** Server processes of the connections that are open now. */
  get pids(): readonly number[] {
    return [...this.#connections].map(pidOf);
  }

  get connections(): readonly number[] {
    return [...this.pids, ...this.#left];
  }

  loseNextReply(): void {
    this.#loss.armed = true;
  }

  /** Removes what belongs to the session: settings, temporary tables and advisory locks. Does not pass the gate. */
  async clean(): Promise<void> {
    // A pool destroys a connection that is given back with an error; that one takes no more statements.
    const ending = [...this.#connections].filter(isEnding);
    await Promise.all(ending.map(hasEnded));
    if (this.#left.length > 0) await this.gone();
    for (const client of this.#connections) {
      const plain = this.#library.Client.prototype.query.bind(client);
      if (client.getTransactionStatus() !== "I") await plain("ROLLBACK");
      await plain("RESET ALL; DISCARD TEMP; SELECT pg_advisory_unlock_all()");
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#left.push(...this.pids);
    const busy = [...this.#connections].filter(isBusy).map(pidOf);
    const is_broken = this.#over || busy.length > 0;
    // A server process that waits for a lock does not notice that its client went away.
    if (busy.length > 0 && !this.#is_free) await this.#control.terminate(busy);
    this.#made.close();
    await Promise.all([...this.#connections].map((client) => client.end()));
    if (!this.#is_free) await this.gone();
    else if (!is_broken) await this.gone().catch(() => undefined);
    this.closed();
  }

  #opened(client: pg.Client): void {
    this.#connections.add(client);
    const pid = pidOf(client);
    const over = (): void => {
      if (!this.#connections.delete(client)) return;
      this.#over = true;
      this.#left.push(pid);
    };
    const { connection } = internalsOf(client);
    losesReplies(connection.stream, this.#loss, { answers: () => true, complete: endsReply });
    // The listener is also needed because without one, the loss of an idle connection would end the process.
    client.on("error", over);
    connection.once("end", over);
  }

  /** A client that lost its connection goes on only after the server has noticed, too, and released its locks. */
  async #sent<T>(send: () => Promise<T>): Promise<T> {
    try {
      return await send();
    } catch (error) {
      if (this.#left.length > 0) await this.gone();
      throw error;
    }
  }

  /** Resolves once the server has ended the connections that are over, and released their locks. */
  async gone(): Promise<void> {
    await untilGone(
      this.#left,
      (left) => this.#control.running(left),
      (left) => this.#control.terminate(left),
    );
    this.#left = [];
  }
}

interface Internals {
  readonly processID: number;
  readonly _ending: boolean;
  readonly connection: { readonly stream: Duplex; once(event: "end", listener: () => void): void };
  _getActiveQuery(): unknown;
}
const internalsOf = (client: pg.Client): Internals => client as unknown as Internals;
const pidOf = (client: pg.Client): number => internalsOf(client).processID;
/** Whether it was told to end; the server may not have noticed yet. */
export const isEnding = (client: pg.Client): boolean => internalsOf(client)._ending;
const hasEnded = (client: pg.Client): Promise<void> =>
  new Promise((resolve) => internalsOf(client).connection.once("end", resolve));
const isBusy = (client: pg.Client): boolean => Boolean(internalsOf(client)._getActiveQuery());

/** ReadyForQuery ends every reply: `Z`, its length 5, the transaction's status. */
function endsReply(end: Buffer): boolean {
  const from = end.length - 6;
  return from >= 0 && end[from] === 0x5a && end.readUInt32BE(from + 1) === 5;
}
