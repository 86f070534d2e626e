/**
 * One connection through a door. What the client sends goes on in its order; a request waits at the gate, and what
 * comes behind it waits, too. The last part of its reply is kept back until the schedule has taken note of it: only
 * then can the client go on.
 */
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Conversation, Sent, SentRequest } from "../../backends/wire.ts";
import type { Source } from "../../histories/source.ts";
import { type Caller, callers } from "../run/caller.ts";
import type { Answering } from "./answer.ts";
import { cross, endTransaction, type Place } from "./crossing.ts";
import type { Doorway } from "./doorway.ts";
import { Line } from "./line.ts";
import { type Piece, piecesOf } from "./who-writes.ts";
import { WireError } from "./wire-error.ts";

/** A part that was not sent yet, and the caller it belongs to. */
interface Waiting {
  readonly part: Sent;
  readonly caller: Caller | undefined;
  readonly source: Source | undefined;
}

export class Passage {
  readonly #line: Line;
  readonly #doorway: Doorway;
  readonly #answering: Answering;
  readonly #queue: Waiting[] = [];
  /** A request stands at the gate, or is under way. */
  is_working = false;
  /** The client's request that is under way has been sent: what belongs to it may follow at once. */
  #has_sent = false;
  /** After how many resets of its session the connection was greeted last. */
  #greeted: number | undefined;
  /** The passage ended while a request waited, at the gate or for its reply. */
  was_cut = false;

  constructor(client: Socket, server: Duplex, conversation: Conversation, doorway: Doorway) {
    this.#doorway = doorway;
    this.#line = new Line(client, server, conversation, {
      fromClient: (bytes) => this.#fromClient(bytes),
      ready: () => doorway.opened(),
      over: () => {
        this.was_cut ||= this.is_working;
        doorway.opened();
      },
    });
    this.#answering = { line: this.#line, doorway, sent: () => this.#sendMore() };
  }

  get conversation(): Conversation {
    return this.#line.conversation;
  }

  /** The connection to the server is closed. */
  get closed(): Promise<void> {
    return this.#line.closed;
  }

  get is_over(): boolean {
    return this.#line.is_over;
  }

  /** A request waits for its reply. */
  get is_busy(): boolean {
    return this.#line.is_busy;
  }

  /** The program has left nothing here, except perhaps locks of the connection. */
  get is_clean(): boolean {
    return !this.is_working && !this.is_busy && !this.conversation.in_transaction;
  }

  /** Sends statements of the door's own, while the client sends nothing. */
  sayAll(statements: readonly string[]): Promise<void> {
    return this.#line.sayAll(statements);
  }

  /** Ends the transaction that a repair has put around an operation. */
  endTransaction(how: "commit" | "rollback"): Promise<void> {
    return endTransaction(this.#answering, how);
  }

  /** Ends it on both sides, whatever state it is in. */
  destroy(): void {
    this.was_cut = true;
    this.#line.destroy();
  }

  #fromClient(bytes: Buffer): void {
    for (const piece of piecesOf(this.#line.client, bytes)) this.#take(piece);
    if (!this.is_working) void this.#work();
  }

  #take({ bytes, caller, source }: Piece): void {
    for (const part of this.conversation.fromClient(bytes)) {
      const may_follow = this.#queue.length === 0 && (!this.is_working || this.#has_sent);
      if (part.kind === "more" && may_follow) this.#line.toServer(part.bytes);
      else this.#queue.push({ part, caller, source });
    }
  }

  /** A client may send what belongs to a request together with it: it must not come before, nor wait for the reply. */
  #sendMore(): void {
    this.#has_sent = true;
    while (this.#queue[0]?.part.kind === "more")
      this.#line.toServer(this.#queue.shift()!.part.bytes);
  }

  async #work(): Promise<void> {
    this.is_working = true;
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
      const { is_ready, resets = 0 } = this.conversation;
      if (is_ready && this.#greeted !== resets) await this.#greet(resets);
      const { part, caller, source } = next;
      this.#has_sent = false;
      if (part.kind === "answer") this.#line.toClient(part.bytes);
      else if (part.kind === "request") await this.#as(caller, () => this.#requests(part, source));
      else {
        this.conversation.goes(part.kind === "pass" ? part.expects : undefined);
        this.#line.toServer(part.bytes);
      }
    }
    this.is_working = false;
  }

  async #greet(resets: number): Promise<void> {
    this.#greeted = resets;
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

  /** A text of several statements is several steps, as on a server: others can come between them. */
  async #requests(whole: SentRequest, source: Source | undefined): Promise<void> {
    const { parts = [whole], are_one = false } = this.#doorway.splits ? whole : {};
    const together = are_one && !this.conversation.in_transaction;
    for (const part of parts) {
      const place = { is_first: part === parts[0], is_last: part === parts.at(-1) };
      if (!(await this.#request(part, source, together ? place : undefined))) return;
    }
  }

  /**
   * Takes a request through the gate, and its reply back to the client.
   * @returns whether it was done
   */
  async #request(
    part: SentRequest,
    source: Source | undefined,
    together: Place | undefined,
  ): Promise<boolean> {
    const kept: Buffer[] = [];
    let is_done = false;
    this.#line.keepBack();
    try {
      await cross({ ...this.#answering, part, source, kept, together }, this);
      this.#doorway.heard(part.request.kind);
      is_done = true;
    } catch (error) {
      // An error that the server answered goes to the client; after any other error, there will be no answers.
      if (error instanceof WireError && error.is_answer)
        this.#doorway.heard(part.request.kind, error.code);
      else {
        if (!this.is_over) this.destroy();
        return false;
      }
    }
    this.#line.release(kept);
    return is_done;
  }
}
