import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Gate, Step } from "../../backends/backend.ts";
import { ended_by_server } from "../../backends/possible-errors.ts";
import type {
  Comparing,
  Conversation,
  OwnRequest,
  Reply,
  Request,
  Sent,
} from "../../backends/wire.ts";
import type { Source } from "../../histories/source.ts";
import { type Caller, callers } from "../run/caller.ts";
import { endsConnection, explored_losses } from "../schedule.ts";
import { replyInWords } from "./reply-words.ts";
import { type Piece, piecesOf } from "./who-writes.ts";
import { isAfterWork, lossError, WireError } from "./wire-error.ts";
import type { WrappedOperation } from "./wrapped-operation.ts";

/** If more than this is unsent on one side, the other side is not read for a while. */
const unsent_max_bytes = 2 ** 20;

/** The second step of a statement that commits by itself. */
const commits: Request = {
  statement: "COMMIT",
  kind: "commit",
  keys: undefined,
  facts: () => [],
  commits_itself: false,
};

/** What a passage needs of its door. */
export interface Doorway {
  readonly gate: Gate;
  /** What the server is told on a new connection, once the client has logged in. */
  readonly greeting: readonly string[];
  /** Several callers share the connections; each request belongs to the caller that wrote it. */
  readonly tells_writers: boolean;
  /** Statements that commit by themselves are taken apart into their work and their commit. */
  readonly splits: boolean;
  /** The operation under way, if a repair puts it into one transaction. */
  wrapped(): WrappedOperation | undefined;
  /** The same, if a repair makes its writes depend on what it has read. */
  comparing(): Comparing | undefined;
  /** The client has logged in, or will not; may be called again. */
  opened(): void;
  /** The error that the request which goes now is to meet; asked once. */
  takeError(): string | undefined;
  /** The next connection is refused. */
  refusesNext(): void;
  /** Makes the server end a connection. */
  terminate(connection: number): Promise<void>;
  /** Resolves once the server has ended this connection and given back its locks. */
  gone(connection: number): Promise<void>;
}

/** A part that was not sent yet, and the caller it belongs to. */
interface Waiting {
  readonly part: Sent;
  readonly caller: Caller | undefined;
  readonly source: Source | undefined;
}

/** A request that was sent. Its reply is kept back until it is let through. */
interface UnderWay {
  /** Keeps back all parts of the reply, not only the last one. */
  readonly keeps_all: boolean;
  readonly kept: Buffer[];
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: Error) => void;
}

/**
 * One connection through a door. What the client sends goes on in its order; a request waits at the gate, and
 * what comes behind it waits, too. The last part of its reply is kept back until the schedule has taken note of
 * it: only then can the client go on.
 */
export class Passage {
  readonly conversation: Conversation;
  /** The connection to the server is closed. */
  readonly closed: Promise<void>;
  readonly #client: Socket;
  readonly #server: Duplex;
  readonly #doorway: Doorway;
  readonly #queue: Waiting[] = [];
  #is_working = false;
  /** The client's request that is under way has been sent: what belongs to it may follow at once. */
  #has_sent = false;
  #has_greeted = false;
  #under_way: UnderWay | undefined;
  /** What the server sent behind a reply that is kept back, a notification perhaps: it must not overtake the reply. */
  #behind: Buffer[] | undefined;
  #keeps_back = false;
  /** The passage ended while a request waited, at the gate or for its reply. */
  was_cut = false;
  /** Why nothing goes through any more. */
  #over: WireError | undefined;
  /** The connection is being lost on purpose: what the server still says, until its locks are free. */
  #last_words: Buffer[] | undefined;

  constructor(client: Socket, server: Duplex, conversation: Conversation, doorway: Doorway) {
    this.#client = client;
    this.#server = server;
    this.conversation = conversation;
    this.#doorway = doorway;
    client.on("data", (bytes: Buffer) => this.#fromClient(bytes));
    server.on("data", (bytes: Buffer) => this.#fromServer(bytes));
    client.on("error", () => client.destroy());
    server.on("error", () => server.destroy());
    this.closed = new Promise((resolve) => server.once("close", () => resolve()));
    client.on("close", () => this.#end("the client closed the connection"));
    server.on("close", () => this.#end("the server closed the connection"));
    client.on("end", () => server.end());
    server.on("end", () => this.#last_words ?? client.end());
    client.on("drain", () => server.resume());
    server.on("drain", () => client.resume());
    if (conversation.is_ready) doorway.opened();
  }

  get is_over(): boolean {
    return this.#over !== undefined;
  }

  /** A request waits for its reply. */
  get is_busy(): boolean {
    return this.#under_way !== undefined;
  }

  /** A request stands at the gate, or is under way. */
  get is_working(): boolean {
    return this.#is_working;
  }

  /** The program has left nothing here, except perhaps locks of the connection. */
  get isClean(): boolean {
    const { in_transaction } = this.conversation;
    return !this.#is_working && !this.is_busy && !in_transaction;
  }

  /** Sends statements of the door's own, while the client sends nothing. */
  async sayAll(statements: readonly string[]): Promise<void> {
    const { aside } = this.conversation;
    for (const statement of statements)
      if (aside) await this.#exchange(aside.say(statement), [], true);
  }

  /** Ends it on both sides, whatever state it is in. */
  destroy(): void {
    this.was_cut = true;
    this.#client.destroy();
    this.#server.destroy();
  }

  #fromClient(bytes: Buffer): void {
    for (const piece of piecesOf(this.#client, bytes)) this.#take(piece);
    if (!this.#is_working) void this.#work();
  }

  #take({ bytes, caller, source }: Piece): void {
    for (const part of this.conversation.fromClient(bytes)) {
      const may_follow = this.#queue.length === 0 && (!this.#is_working || this.#has_sent);
      if (part.kind === "more" && may_follow) this.#toServer(part.bytes);
      else this.#queue.push({ part, caller, source });
    }
  }

  /** A client may send what belongs to a request together with it: it must not come before, nor wait for the reply. */
  #sendMore(): void {
    this.#has_sent = true;
    while (this.#queue[0]?.part.kind === "more") this.#toServer(this.#queue.shift()!.part.bytes);
  }

  async #work(): Promise<void> {
    this.#is_working = true;
    if (!this.#has_greeted && this.conversation.is_ready) await this.#greet();
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
      const { part, caller, source } = next;
      this.#has_sent = false;
      if (part.kind === "answer") this.#toClient(part.bytes);
      else if (part.kind === "request") await this.#as(caller, () => this.#request(part, source));
      else {
        this.conversation.goes(part.kind === "pass" ? part.expects : undefined);
        this.#toServer(part.bytes);
      }
    }
    this.#is_working = false;
  }

  async #greet(): Promise<void> {
    this.#has_greeted = true;
    const { gate, greeting } = this.#doorway;
    const greeted = gate.opens?.();
    await this.sayAll(greeting).catch(() => this.destroy());
    greeted?.();
  }

  /** If callers share the door, does the work as the caller whose request it is, where that is known. */
  #as<T>(caller: Caller | undefined, work: () => T): T {
    if (!this.#doorway.tells_writers) return work();
    return caller ? callers.run(caller, work) : callers.exit(work);
  }

  /** Takes a request through the gate, and its reply back to the client. */
  async #request(part: Sent & { kind: "request" }, source: Source | undefined): Promise<void> {
    const { aside, in_transaction } = this.conversation;
    const { request } = part;
    const apart = this.#doorway.splits && request.commits_itself && !in_transaction;
    const wrapped = this.#doorway.wrapped();
    const comparing = this.#doorway.comparing();
    const kept: Buffer[] = [];
    this.#keeps_back = true;
    try {
      const step = { ...this.#stepOf(request), source };
      if (comparing) await this.#compare(comparing, part, source, kept);
      else if (aside && wrapped?.takes(this, request)) await this.#wrap(wrapped, part, step, kept);
      else if (apart && aside) await this.#takeApart(part, step, kept);
      else await this.#doorway.gate.pass(step, () => this.#answer(part, kept, false));
    } catch (error) {
      // An error that the server answered goes to the client; after any other error, there will be no answers.
      if (!(error instanceof WireError && error.is_answer)) {
        if (!this.#over) this.destroy();
        return;
      }
    }
    for (const bytes of [...kept, ...(this.#behind ?? [])]) this.#toClient(bytes);
    this.#keeps_back = false;
    this.#behind = undefined;
  }

  /** The work of a statement, and its commit: two steps. The client gets one reply, after both. */
  async #takeApart(part: Sent & { kind: "request" }, step: Step, kept: Buffer[]): Promise<void> {
    const aside = this.conversation.aside!;
    const { gate } = this.#doorway;
    const [work, end]: [Buffer[], Buffer[]] = [[], []];
    const deliver = (): void => {
      if (end.length > 0) kept.push(aside.asIfAlone(Buffer.concat(work), Buffer.concat(end)));
    };
    try {
      await gate.pass(step, async () => {
        await this.#exchange(aside.say("BEGIN"), [], true);
        return this.#answer(part, work, true);
      });
    } catch (error) {
      if (this.#over || !(error instanceof WireError && error.is_answer)) throw error;
      await this.#exchange(aside.say("ROLLBACK"), end, true);
      deliver();
      return;
    }
    await gate
      .pass(this.#stepOf(commits), () =>
        this.#answer({ ...aside.say("COMMIT"), request: commits }, end, true),
      )
      .finally(deliver);
  }

  /** A statement of an operation that is put into one transaction: the first one begins it. */
  async #wrap(
    wrapped: WrappedOperation,
    part: Sent & { kind: "request" },
    step: Step,
    kept: Buffer[],
  ): Promise<void> {
    const aside = this.conversation.aside!;
    const reply: Buffer[] = [];
    await this.#doorway.gate
      .pass(step, async () => {
        if (wrapped.begins()) await this.#exchange(aside.say("BEGIN"), [], true);
        return this.#answer(part, reply, true);
      })
      .finally(() => {
        if (reply.length > 0) kept.push(aside.asIfAlone(Buffer.concat(reply)));
      });
  }

  /** A request of an operation whose writes depend on what it has read. */
  async #compare(
    comparing: Comparing,
    part: Sent & { kind: "request" },
    source: Source | undefined,
    kept: Buffer[],
  ): Promise<void> {
    const own = comparing.sent(part);
    const reply: Buffer[] = [];
    await this.#doorway.gate.pass({ ...this.#stepOf(own.request), source }, async () => {
      const said = await this.#answer(own, reply, true).catch((error: unknown) => {
        kept.push(comparing.replied(Buffer.concat(reply), undefined).bytes);
        throw error;
      });
      const { bytes, refused } = comparing.replied(Buffer.concat(reply), said);
      kept.push(bytes);
      if (refused) throw new WireError(refused.code, refused.message, true);
      return said;
    });
  }

  /** Ends the transaction around an operation, as a step of its own. */
  async endTransaction(how: "commit" | "rollback"): Promise<void> {
    const { aside, in_transaction, has_failed } = this.conversation;
    // After a deadlock, MySQL has ended it already.
    if (!aside || !in_transaction || this.#over) return;
    const statement = how.toUpperCase();
    // Nobody can notice when; and some pools close a connection after an error.
    if (has_failed) return this.sayAll([statement]).catch(() => this.closed);
    const request: Request = { ...commits, kind: how, statement };
    await this.#doorway.gate.pass(this.#stepOf(request), () =>
      this.#answer({ ...aside.say(statement), request }, [], true),
    );
  }

  /**
   * Sends a request of the client and waits for its reply; or lets it meet an error instead.
   * @throws WireError when the server refuses it, or the connection is lost, by chance or on purpose
   */
  async #answer(
    own: OwnRequest & { readonly request: Request },
    kept: Buffer[],
    keeps_all: boolean,
  ): Promise<Reply> {
    const error = this.#doorway.takeError();
    if (error !== undefined && !isAfterWork(error)) {
      if (endsConnection(error)) await this.#lose(error);
      else await this.#refuse(error, own.request, kept);
    }
    const replied = this.#exchange(own, kept, keeps_all);
    this.#sendMore();
    const reply = await replied;
    if (error !== undefined) await this.#lose(error);
    if (reply.error) throw new WireError(reply.error.code, reply.error.message, true);
    return reply;
  }

  /** @param kept collects the part of the reply that is kept back: the last one, or all of it */
  async #exchange(own: OwnRequest, kept: Buffer[], keeps_all: boolean): Promise<Reply> {
    if (this.#over) throw this.#over;
    const replies = this.conversation.goes(own.expects);
    const replied = new Promise<Reply>((resolve, reject) => {
      if (replies) this.#under_way = { keeps_all, kept, resolve, reject };
      else resolve({ word: "skipped" });
    });
    this.#toServer(own.bytes);
    return replied;
  }

  /** The client gets an error, and the server is in the state in which it would be after it. */
  async #refuse(code: string, request: Request, kept: Buffer[]): Promise<never> {
    const refusal = this.conversation.refuse(code, request);
    if (refusal.first) await this.#exchange(refusal.first, [], true);
    kept.push(refusal.reply());
    throw new WireError(code, refusal.message, true);
  }

  /** The client loses its connection, once its locks are free. A server that ends it by itself may say so first. */
  async #lose(error: string): Promise<never> {
    const { connection } = this.conversation;
    this.#last_words = [];
    if (error === ended_by_server && connection !== undefined)
      await this.#doorway.terminate(connection);
    else this.#server.destroy();
    await this.closed;
    if (connection !== undefined) await this.#doorway.gone(connection);
    if (error === "refused") this.#doorway.refusesNext();
    for (const bytes of this.#last_words) this.#toClient(bytes);
    if (error.startsWith("reset")) this.#client.resetAndDestroy();
    else this.#client.destroySoon();
    throw lossError(error);
  }

  #fromServer(bytes: Buffer): void {
    for (const part of this.conversation.fromServer(bytes)) {
      const under_way = this.#under_way;
      this.#last_words?.push(part.bytes);
      if (this.#last_words) continue;
      if (under_way && (part.reply || under_way.keeps_all)) under_way.kept.push(part.bytes);
      else if (this.#behind) this.#behind.push(part.bytes);
      else this.#toClient(part.bytes);
      if (part.reply && under_way) {
        this.#under_way = undefined;
        if (this.#keeps_back) this.#behind ??= [];
        under_way.resolve(part.reply);
      }
    }
    if (this.conversation.is_ready) this.#doorway.opened();
  }

  #stepOf(request: Request): Step {
    const { commits_itself: _, ...step } = request;
    const { connection, in_transaction, has_begun = in_transaction } = this.conversation;
    return {
      ...step,
      inTransaction: has_begun,
      errors: [...this.conversation.possibleErrors(request), ...explored_losses],
      describe: (reply) => replyInWords(step.kind, reply as Reply),
      ...(connection === undefined ? {} : { connection }),
    };
  }

  #toServer(bytes: Buffer): void {
    this.#server.write(bytes);
    if (this.#server.writableLength > unsent_max_bytes) this.#client.pause();
  }

  #toClient(bytes: Buffer): void {
    if (!this.#client.writable) return;
    this.#client.write(bytes);
    if (this.#client.writableLength > unsent_max_bytes) this.#server.pause();
  }

  #end(reason: string): void {
    this.was_cut ||= this.#is_working;
    this.#over ??= new WireError("connection lost", `The connection was lost: ${reason}.`, false);
    this.#under_way?.reject(this.#over);
    this.#under_way = undefined;
    this.#doorway.opened();
    this.#server.destroy();
    if (!this.#last_words) this.#client.destroySoon();
  }
}
