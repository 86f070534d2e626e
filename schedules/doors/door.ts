/**
 * A door is a port on loopback for one client: whatever connects to it talks to the real server through it, and
 * every request is held at the gate until the schedule lets it go. Nothing in the program changes but the address
 * of its database; any driver, any ORM, any language comes through.
 */
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { type Gate, type Isolation, open_gate } from "../../backends/backend.ts";
import { isOfOwnUser } from "../../backends/own-user.ts";
import { nextTurn, now_ms, wait } from "../../backends/real-time.ts";
import { isRefusalCode } from "../../backends/retryable.ts";
import type { Reword } from "../../backends/sql-mending.ts";
import type { Comparing, ComparingRows, Conversation, Wire } from "../../backends/wire.ts";
import type { Doorway } from "./doorway.ts";
import { Passage } from "./passage.ts";
import { watchWriters } from "./who-writes.ts";
import type { WrappedOperation } from "./wrapped-operation.ts";

/**
 * When a process ends, the kernel closes its connections at once: what is open for longer belongs to another process.
 */
const closing_limit_ms = 500;
/** What a program sends right after its answer has come by then. */
const settling_turns = 3;
/** A transaction in which nothing happens for so long was forgotten. */
const forgotten_ms = 200;

export interface DoorOptions {
  readonly wire: Wire;
  readonly gate: Gate;
  /** A new connection to the real server, encrypted where the server wants that. */
  readonly connect: () => Duplex | Promise<Duplex>;
  /** What the server is told on a new connection, once the client has logged in. Default nothing. */
  readonly greeting?: readonly string[];
  /** Statements that commit by themselves are two steps, their work and their commit. Default true. */
  readonly splits?: boolean;
  /** The level that the transactions behind it have by default; undefined = the server's own. */
  readonly isolation?: Isolation | undefined;
  /** Resolves once the server has ended this connection, by its number, and given back its locks. */
  readonly gone: (connection: number) => Promise<void>;
  /** Ends what outlives these connections. */
  readonly endSessions?: ((connections: readonly number[]) => Promise<void>) | undefined;
  /** Makes the server end this connection. */
  readonly terminate: (connection: number) => Promise<void>;
  /** Only processes of this user may come in. Default: all of the machine, as the server asks them for a password. */
  readonly only_own_user?: boolean;
  /** A repair that is tried: changes the client's statements. */
  readonly reword?: Reword | undefined;
}

export class Door implements AsyncDisposable {
  readonly port: number;
  readonly #options: DoorOptions;
  readonly #listener: Server;
  readonly #passages = new Set<Passage>();
  /** Connections that were closed and that the server has not ended yet. */
  readonly #leaving = new Set<Promise<void>>();
  readonly #unwatch: () => void;
  /** The connections that have ended, by their numbers, whose sessions may go on: nobody has ended these yet. */
  readonly #former = new Map<number, Conversation>();
  #next_error: string | undefined;
  #refuses_next = false;
  /** A connection ended in the middle of something: the client that had it may not be able to go on. */
  has_lost = false;
  /** A connection went back to its pool in the middle of a transaction. */
  #was_returned_open = false;
  /** The operation that is put into one transaction, while it runs. */
  wrapped: WrappedOperation | undefined;
  /** The operation whose writes depend on what it has read, while it runs. */
  #comparing: Comparing | undefined;
  #comparing_rows: ComparingRows | undefined;

  /** The last that the program heard, except for the end of its transaction: others were faster. */
  #was_refused = false;

  private constructor(listener: Server, options: DoorOptions) {
    this.port = (listener.address() as AddressInfo).port;
    this.#listener = listener;
    this.#options = options;
    listener.on("connection", (client) => void this.#enter(client));
    this.#unwatch = watchWriters(this.port);
  }

  /** Opens a door on 127.0.0.1, at a port that the system gives. */
  static async open(options: DoorOptions): Promise<Door> {
    const listener = createServer({ noDelay: true });
    await new Promise<void>((resolve, reject) => {
      listener.once("error", reject);
      listener.listen(0, "127.0.0.1", resolve);
    });
    return new Door(listener, options);
  }

  /** The server still has something for a session, also for one whose connection has ended. */
  get is_used_up(): boolean {
    const there = [...this.#passages].map(({ conversation }) => conversation);
    return [...there, ...this.#former.values()].some((one) => one.leaves_something ?? false);
  }

  get is_outside(): boolean {
    return this.#options.gate === open_gate;
  }

  /** The server's own numbers of the connections that are open now. */
  get connections(): number[] {
    return [...this.#passages].flatMap(({ conversation }) => conversation.connection ?? []);
  }

  /** The numbers of those, and of the connections that have ended while their sessions may go on. */
  get all_connections(): number[] {
    return [...new Set([...this.#former.keys(), ...this.connections])];
  }

  /** How many connections are in a transaction. */
  get transactions(): number {
    const open = [...this.#passages].filter(({ is_over, conversation }) => {
      const { in_transaction, has_begun = in_transaction } = conversation;
      return !is_over && has_begun;
    });
    return open.length;
  }

  /** Call when this connection has gone back to its pool. */
  returned(number: number): void {
    // Of that transaction the program knows nothing.
    if (this.wrapped) return;
    const conversations = [...this.#passages].map(({ conversation }) => conversation);
    const one = conversations.find(({ connection }) => connection === number);
    this.#was_returned_open ||= one?.has_begun ?? one?.in_transaction ?? false;
  }

  /** Whether one went back in the middle of a transaction; asked once. */
  takeReturnedOpen(): boolean {
    const was = this.#was_returned_open;
    this.#was_returned_open = false;
    return was;
  }

  /** The numbers of those connections that wait for a reply. */
  get busy(): number[] {
    return [...this.#passages].flatMap(({ conversation, is_busy }) =>
      is_busy ? (conversation.connection ?? []) : [],
    );
  }

  /** The next request meets this error: a code of the server, or a lost connection. */
  failNext(error: string): void {
    this.#next_error = error;
  }

  /**
   * Gives back the locks that belong to a connection and not to a transaction.
   * @param statements that do so
   * @throws Error when a program has left more than that: a transaction, a request under way
   */
  async clean(statements: readonly string[]): Promise<void> {
    // A connection that is still logging in (pools open some in the background) has nothing yet.
    const passages = [...this.#passages].filter(({ conversation }) => conversation.is_ready);
    if (passages.some((passage) => !passage.is_clean)) throw new Error("Something was left.");
    await Promise.all(passages.map((passage) => passage.sayAll(statements)));
  }

  /**
   * Call when the process that used the door has ended: resolves once all connections are closed, and the server has
   * given back their locks. A connection that another process still holds open is closed here.
   */
  async left(): Promise<void> {
    const enough = setTimeout(() => this.drop(), closing_limit_ms);
    await Promise.all([...this.#passages].map(({ closed }) => closed));
    clearTimeout(enough);
    this.#refuses_next = false;
    await Promise.all(this.#leaving);
    const all = this.all_connections;
    await this.#options.endSessions?.(all);
    for (const connection of all) this.#former.delete(connection);
  }

  /**
   * Call when the program seems to be done: resolves once none of its requests is under way and no transaction is open.
   * A transaction in which nothing happens any more was forgotten.
   */
  async settled(): Promise<void> {
    let idle_since_ms = now_ms();
    for (let turn = 0; ; turn++) {
      const left = [...this.#passages].filter((passage) => !passage.is_clean);
      if (left.length === 0 && turn >= settling_turns) return;
      if (left.some((passage) => passage.is_working)) idle_since_ms = now_ms();
      if (now_ms() > idle_since_ms + forgotten_ms) return;
      await (turn < settling_turns ? new Promise<void>(nextTurn) : wait(1));
    }
  }

  /** Whether the last that the program heard was a refusal, and its operation may be run again; asked once. */
  takeRefusal(): boolean {
    const refused = this.#was_refused;
    this.#was_refused = false;
    return refused;
  }

  /** From here on, what is written depends on what was read. */
  compare(): void {
    this.#comparing = this.#options.wire.comparing?.();
    this.#comparing_rows = this.#options.wire.comparingRows?.();
  }

  /** @returns why that was not possible */
  endCompare(): string | undefined {
    const obstacle = this.#comparing_rows?.obstacle;
    this.#comparing = undefined;
    this.#comparing_rows = undefined;
    return obstacle;
  }

  /** Ends all connections; new ones can still be made. */
  drop(): void {
    for (const passage of this.#passages) passage.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#unwatch();
    const closed = new Promise<void>((resolve) => this.#listener.close(() => resolve()));
    this.drop();
    await closed;
  }

  async #enter(client: Socket): Promise<void> {
    // What the client sends before the server is connected waits in the socket.
    client.pause();
    client.on("error", () => client.destroy());
    if (this.#options.only_own_user && !isOfOwnUser(client)) {
      client.resetAndDestroy();
      return;
    }
    if (this.#refuses_next) {
      this.#refuses_next = false;
      client.resetAndDestroy();
      return;
    }
    const { gate } = this.#options;
    const opened = gate.opens?.();
    let server: Duplex;
    try {
      server = await this.#options.connect();
    } catch {
      opened?.();
      client.resetAndDestroy();
      return;
    }
    const doorway: Doorway = {
      gate,
      greeting: this.#options.greeting ?? [],
      splits: this.#options.splits ?? true,
      tells_writers: gate.shared ?? false,
      opened: () => opened?.(),
      gone: this.#options.gone,
      wrapped: () => this.wrapped,
      comparing: () => this.#comparing,
      comparingRows: () => this.#comparing_rows,
      terminate: this.#options.terminate,
      heard: (kind, refusal) => {
        if (refusal === undefined) this.#was_refused &&= kind === "rollback";
        else this.#was_refused ||= isRefusalCode(refusal);
      },
      refusesNext: () => {
        this.#refuses_next = true;
      },
      takeError: () => {
        const error = this.#next_error;
        this.#next_error = undefined;
        return error;
      },
    };
    const conversation = this.#options.wire.open(this.#options.isolation, this.#options.reword);
    const passage = new Passage(client, server, conversation, doorway);
    this.#passages.add(passage);
    void passage.closed.then(() => this.#leave(passage));
    client.resume();
  }

  #leave(passage: Passage): void {
    this.#passages.delete(passage);
    // A program that closes an idle connection itself can go on without it.
    if (passage.was_cut) this.has_lost = true;
    const { connection } = passage.conversation;
    if (connection === undefined) return;
    if (this.#options.endSessions) this.#former.set(connection, passage.conversation);
    const leaving = this.#options.gone(connection).catch(() => undefined);
    this.#leaving.add(leaving);
    void leaving.then(() => this.#leaving.delete(leaving));
  }
}
