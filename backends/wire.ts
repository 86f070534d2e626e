/**
 * What a door must know about a database's protocol: where a request begins and ends, where its reply ends, and what
 * both say. Everything else passes untouched, byte for byte. There is one `Wire` for each protocol and one
 * `Conversation` for each connection. A conversation only reads: it never writes to a socket.
 */
import type { Isolation, Step } from "./backend.ts";
import type { Reword } from "./sql-mending.ts";

export interface Wire {
  /**
   * Begins the conversation of a new connection.
   * @param isolation the level that its transactions have by default; undefined = the server's own
   * @param reword changes the text of each of the client's statements, where the protocol has statements
   */
  open(isolation?: Isolation, reword?: Reword): Conversation;
  /** Begins to compare, for one operation, what it has read; absent if the protocol has no way to do that. */
  comparing?(): Comparing;
  /** The same where the door can ask for a row before it is written. */
  comparingRows?(): ComparingRows;
}

/**
 * A part of what the client sent, cut at the boundaries of the protocol. Parts go to the server in their order.
 * `expects` describes the expected reply; it is handed back to `Conversation.goes`.
 */
export type Sent =
  /** Goes on as soon as everything before it has gone. */
  | { readonly kind: "pass"; readonly bytes: Buffer; readonly expects?: unknown }
  /** Belongs to a request that is under way (the rows of a COPY), and goes at once. */
  | { readonly kind: "more"; readonly bytes: Buffer }
  /** Waits until the schedule lets it go. */
  | {
      readonly kind: "request";
      readonly bytes: Buffer;
      readonly expects: unknown;
      readonly request: Request;
      /** The same as several requests; each of them goes only if the one before it was not refused. */
      readonly parts?: readonly SentRequest[] | undefined;
      /** Outside a transaction, these parts are one. */
      readonly are_one?: boolean;
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
  /** The answer to each command, when there are neither rows nor changes. */
  readonly values?: readonly unknown[];
  /** The answer in a word, when there are neither rows nor changes: `OK`, `ROLLBACK`. */
  readonly word?: string;
}

export interface Conversation {
  /** @param bytes as they came from the client, cut anywhere */
  fromClient(bytes: Buffer): readonly Sent[];
  /**
   * Must be called for every part when it goes to the server: replies are matched in this order.
   * @returns whether a reply will come: after an error, a server may skip what follows
   */
  goes(expects: unknown): boolean;
  /** @param bytes as they came from the server, cut anywhere */
  fromServer(bytes: Buffer): readonly Received[];
  /** What came from the server and waits for the rest of its reply. Is asked when the server has closed. Default nothing. */
  kept?(): Buffer;
  /** The server's own number of this connection, once the server has told it. */
  readonly connection: number | undefined;
  /** Whether the last reply said that a transaction is open. */
  readonly in_transaction: boolean;
  /** The same, but without autocommit it is open only once a statement has begun it. Default `in_transaction`. */
  readonly has_begun?: boolean;
  /**
   * The session has locked tables, and a BEGIN would give them back. Nobody else can come between a write to one of them
   * and its commit. Default false.
   */
  readonly has_locked_tables?: boolean;
  /** A BEGIN would commit what is open: MySQL. Default false. */
  readonly begin_commits?: boolean;
  /** Its reads see the state at the first one of them: it is above READ COMMITTED. Default false. */
  readonly reads_from_snapshot?: boolean;
  /** An error has ended that transaction: nothing is left of it but its ROLLBACK. */
  readonly has_failed?: boolean;
  /** The server still has something for its session, or may still send something: nodes, watches. Default false. */
  readonly leaves_something?: boolean;
  /** How often the client has had its session made like a new one, so that what the door has set is gone. Default never. */
  readonly resets?: number;
  /** Whether the log-in is over. */
  readonly is_ready: boolean;
  /** How the door sends statements of its own; absent if the database has no statements. */
  readonly aside?: Aside;
  /** The codes of the errors that the server may answer to a request whose turn it is. */
  possibleErrors(request: Request): readonly string[];
  /** @param code one of those */
  refuse(code: string, request: Request): Refusal;
}

/** An error that the client gets in place of its request's reply. The request itself is not sent. */
export interface Refusal {
  /** Is sent to the server first, so that its state is what it would be after such an error. */
  readonly first?: OwnRequest;
  readonly message: string;
  /** What the client gets. Is called once `first` has been answered. */
  reply(): Buffer;
}

/**
 * What the door itself sends on the client's connection. A statement that commits by itself is two steps, its work and
 * its commit: the door sends BEGIN before it and COMMIT after it. The client must not notice: it gets the reply that it
 * would have got without them.
 */
export interface Aside {
  say(statement: string): OwnRequest;
  /**
   * The reply as it would have been outside the transaction.
   * @param reply the reply to the statement, inside the transaction
   * @param end the whole reply to the commit, or to the rollback after an error; absent if the transaction goes on
   */
  asIfAlone(reply: Buffer, end?: Buffer): Buffer;
}

/** A request that the door itself sends. */
export interface OwnRequest {
  readonly bytes: Buffer;
  readonly expects: unknown;
}

export type SentRequest = Sent & { readonly kind: "request" };

/**
 * One operation under a repair that databases without transactions of SQL have: a write takes effect only if what its
 * operation has read is still the same. Redis watches the keys, DynamoDB has conditions.
 */
export interface Comparing {
  /** The request as it is sent instead, or as it is; what it reads is remembered. */
  sent(request: SentRequest): SentRequest;
  /**
   * Takes the reply to it.
   * @param reply undefined if the server refused the request
   * @returns what the client gets; and why, if the server has not done it because something had changed
   */
  replied(bytes: Buffer, reply: Reply | undefined): Compared;
}

/** The same for statements: the door itself asks whether the row that is written next is still as it was read. */
export interface ComparingRows {
  /** The code of the error that the client gets if it is not. */
  readonly refusal: string;
  /** Why that could not be asked, at least once. */
  obstacle: string | undefined;
  /** A statement that finds a row, and locks it, only if it is as it was read; undefined if nothing was read of it. */
  check(request: Request): string | undefined;
  /** Takes the reply to a request that was not refused. */
  replied(request: Request, reply: Reply): void;
}

export interface Compared {
  readonly bytes: Buffer;
  readonly refused?: { readonly code: string; readonly message: string };
}
