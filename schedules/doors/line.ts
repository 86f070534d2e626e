/**
 * Both sides of one connection through a door, and the conversation between them. What the client sends is for others to
 * decide; here a request that goes is answered, and a reply can be kept back: until the schedule has taken note of it,
 * the client must not see it, nor anything that the server sends behind it.
 */
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Conversation, OwnRequest, Reply } from "../../backends/wire.ts";
import { WireError } from "./wire-error.ts";

/** If more than this is unsent on one side, the other side is not read for a while. */
const unsent_max_bytes = 2 ** 20;

/** A request that was sent, and whose reply has not come. */
interface UnderWay {
  readonly keeps: Keeps;
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: Error) => void;
}

/** Collects the reply to a request that is kept back: its last part, or all of it. */
export interface Keeps {
  readonly all: boolean;
  readonly kept: Buffer[];
}

/** What becomes of the two sides. */
export interface LineEvents {
  readonly fromClient: (bytes: Buffer) => void;
  /** The client has logged in; may be called again. */
  readonly ready: () => void;
  /** One side has closed. */
  readonly over: () => void;
}

export class Line {
  readonly conversation: Conversation;
  readonly client: Socket;
  /** The connection to the server is closed. */
  readonly closed: Promise<void>;
  /** The most that a statement since the last COMMIT or ROLLBACK has done; `rows`: it works with rows, or takes locks. */
  touched: "nothing" | "reads" | "rows" | "may change" = "nothing";
  readonly #server: Duplex;
  readonly #events: LineEvents;
  #under_way: UnderWay | undefined;
  /** What the server sent behind a reply that is kept back, a notification perhaps: it must not overtake the reply. */
  #behind: Buffer[] | undefined;
  #keeps_back = false;
  /** Why nothing goes through any more. */
  #over: WireError | undefined;
  /** The connection is being lost on purpose: what the server still says, until its locks are free. */
  #last_words: Buffer[] | undefined;

  constructor(client: Socket, server: Duplex, conversation: Conversation, events: LineEvents) {
    this.client = client;
    this.#server = server;
    this.conversation = conversation;
    this.#events = events;
    client.on("data", events.fromClient);
    server.on("data", (bytes: Buffer) => this.#fromServer(bytes));
    client.on("error", () => client.destroy());
    server.on("error", () => server.destroy());
    this.closed = new Promise((resolve) => server.once("close", () => resolve()));
    client.on("close", () => this.#end("the client closed the connection"));
    server.on("close", () => {
      this.#passKept();
      this.#end("the server closed the connection");
    });
    client.on("end", () => server.end());
    server.on("end", () => {
      this.#passKept();
      if (!this.#last_words) client.end();
    });
    client.on("drain", () => server.resume());
    server.on("drain", () => client.resume());
    if (conversation.is_ready) events.ready();
  }

  get is_over(): boolean {
    return this.#over !== undefined;
  }

  /** A request waits for its reply. */
  get is_busy(): boolean {
    return this.#under_way !== undefined;
  }

  /**
   * Sends a request and waits for its reply.
   * @throws WireError when the connection is lost; a refusal of the server is a reply
   */
  async exchange({ bytes, expects }: OwnRequest, keeps: Keeps): Promise<Reply> {
    if (this.#over) throw this.#over;
    const replies = this.conversation.goes(expects);
    const replied = new Promise<Reply>((resolve, reject) => {
      if (replies) this.#under_way = { keeps, resolve, reject };
      else resolve({ word: "skipped" });
    });
    this.toServer(bytes);
    return replied;
  }

  /** Sends statements of the door's own, while the client sends nothing; their replies are for nobody. */
  async sayAll(statements: readonly string[]): Promise<void> {
    const { aside } = this.conversation;
    for (const statement of statements)
      if (aside) await this.exchange(aside.say(statement), { all: true, kept: [] });
  }

  /** From now on, what comes behind the reply to a request waits with it. */
  keepBack(): void {
    this.#keeps_back = true;
  }

  /** The client gets what was kept back, and what has come behind it. */
  release(kept: readonly Buffer[]): void {
    for (const bytes of [...kept, ...(this.#behind ?? [])]) this.toClient(bytes);
    this.#keeps_back = false;
    this.#behind = undefined;
  }

  /**
   * Closes the connection to the server, or has that done; the client does not notice yet.
   * @returns what the server said until then, once it is closed
   */
  async lose(terminate?: () => Promise<void>): Promise<Buffer[]> {
    const last_words: Buffer[] = [];
    this.#last_words = last_words;
    if (terminate) await terminate();
    else this.#server.destroy();
    await this.closed;
    return last_words;
  }

  /** Ends both sides, whatever state they are in. */
  destroy(): void {
    this.client.destroy();
    this.#server.destroy();
  }

  toServer(bytes: Buffer): void {
    this.#server.write(bytes);
    if (this.#server.writableLength > unsent_max_bytes) this.client.pause();
  }

  toClient(bytes: Buffer): void {
    if (!this.client.writable) return;
    this.client.write(bytes);
    if (this.client.writableLength > unsent_max_bytes) this.#server.pause();
  }

  #fromServer(bytes: Buffer): void {
    for (const part of this.conversation.fromServer(bytes)) {
      const under_way = this.#under_way;
      this.#last_words?.push(part.bytes);
      if (this.#last_words) continue;
      if (under_way && (part.reply || under_way.keeps.all)) under_way.keeps.kept.push(part.bytes);
      else if (this.#behind) this.#behind.push(part.bytes);
      else this.toClient(part.bytes);
      if (part.reply && under_way) {
        this.#under_way = undefined;
        if (this.#keeps_back) this.#behind ??= [];
        under_way.resolve(part.reply);
      }
    }
    if (this.conversation.is_ready) this.#events.ready();
  }

  #passKept(): void {
    const kept = this.conversation.kept?.();
    if (!kept?.length) return;
    if (this.#last_words) this.#last_words.push(kept);
    else this.toClient(kept);
  }

  #end(reason: string): void {
    this.#events.over();
    this.#over ??= new WireError("connection lost", `The connection was lost: ${reason}.`, false);
    this.#under_way?.reject(this.#over);
    this.#under_way = undefined;
    this.#server.destroy();
    if (!this.#last_words) this.client.destroySoon();
  }
}
