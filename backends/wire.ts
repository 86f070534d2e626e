/**
 * What a door must know of a database's protocol: where a request begins and ends, where its reply ends, and
 * what both say. Everything else passes untouched, byte for byte. One `Wire` a protocol, one `Conversation` a
 * connection. A conversation only reads: it never writes to a socket.
 */
import type { Step } from "./backend.ts";

export interface Wire {
  /** Begins the conversation of a new connection. */
  open(): Conversation;
}

/**
 * A part of what the client sent, cut at the protocol's own borders. Parts go to the server in their order.
 * `expects` says which reply is to come; it is handed back to `Conversation.goes`.
 */
export type Sent =
  /** Goes on as soon as everything before it went. */
  | { readonly kind: "pass"; readonly bytes: Buffer; readonly expects?: unknown }
  /** Belongs to a request that is under way (the rows of a COPY): goes at once. */
  | { readonly kind: "more"; readonly bytes: Buffer }
  /** Waits until the schedule lets it go. */
  | {
      readonly kind: "request";
      readonly bytes: Buffer;
      readonly expects: unknown;
      readonly request: Request;
    }
  /** Is not for the server: the door answers it with these bytes. */
  | { readonly kind: "answer"; readonly bytes: Buffer };

/** A part of what the server sent. Parts go to the client in their order. */
export interface Received {
  readonly bytes: Buffer;
  /** The reply to the oldest unanswered request ends with this part. */
  readonly reply?: Reply;
}

/** A request, in words and as facts. */
export interface Request extends Omit<Step, "describe" | "connection"> {
  /** One statement that, outside a transaction, would run and then commit by itself. */
  readonly commits_itself: boolean;
}

/** What a reply says. */
export interface Reply {
  /** The first rows, by column name; absent when the request answers none. */
  readonly rows?: readonly Readonly<Record<string, unknown>>[];
  /** How many rows there were in all. */
  readonly row_count?: number;
  /** How many rows a write changed. */
  readonly changed?: number;
  /** The server refused it. */
  readonly error?: { readonly code: string; readonly message: string };
  /** What each command answered, where those are neither rows nor changes. */
  readonly values?: readonly unknown[];
  /** What it answers when it is neither rows nor changes: `OK`, `ROLLBACK`. */
  readonly word?: string;
}

export interface Conversation {
  /** @param bytes as they came from the client, cut anywhere */
  fromClient(bytes: Buffer): readonly Sent[];
  /**
   * To be told of every part at the moment when it goes to the server: replies are matched in this order.
   * @returns whether a reply will come: a server may skip what follows an error
   */
  goes(expects: unknown): boolean;
  /** @param bytes as they came from the server, cut anywhere */
  fromServer(bytes: Buffer): readonly Received[];
  /** The server's own number of this connection, once it has said it. */
  readonly connection: number | undefined;
  /** As the last reply said. */
  readonly in_transaction: boolean;
  /** The log-in is over. */
  readonly is_ready: boolean;
  /** How the door says statements of its own, where the database has statements. */
  readonly aside?: Aside;
}

/**
 * What the door says itself, aside, on the client's connection. A statement that runs by itself is two steps, its
 * work and its commit: the door says BEGIN before it and COMMIT after it. The client must not notice: it gets the
 * reply that it would have got without.
 */
export interface Aside {
  say(statement: string): OwnRequest;
  /**
   * The reply as it would have been outside a transaction.
   * @param reply to the statement, inside
   * @param end the whole reply to the commit, or to the rollback after an error
   */
  asIfAlone(reply: Buffer, end: Buffer): Buffer;
}

/** A request of the door's own. */
export interface OwnRequest {
  readonly bytes: Buffer;
  readonly expects: unknown;
}
