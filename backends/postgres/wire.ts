/**
 * PostgreSQL's protocol as a door reads it (https://www.postgresql.org/docs/current/protocol.html).
 *
 * A connection begins with a packet without a type: a request for encryption, which the door refuses since the
 * client is on this machine, a cancellation, or the start-up itself. Then every message has a type and a length.
 * A request is a simple query (`Q`), or everything up to a Sync or a Flush that contains an Execute. What
 * prepares or describes without executing is not a step, unless it takes the snapshot: drivers do that when they like.
 *
 * Replies are matched by counting. After a Sync and after a simple query the server always says ReadyForQuery;
 * after a Flush every message has one answer, and an error stands for all that follow up to the next Sync.
 */
import type { Isolation } from "../backend.ts";
import { Frames, joined } from "../frames.ts";
import { codesFor, ended_by_server } from "../possible-errors.ts";
import { ComparedRows } from "../sql-comparing.ts";
import type { Reword } from "../sql-mending.ts";
import type {
  Aside,
  Conversation,
  Received,
  Refusal,
  Request,
  Sent,
  SentRequest,
  Wire,
} from "../wire.ts";
import { possible_errors } from "./possible-errors.ts";
import { TransactionState } from "./transaction-state.ts";
import { aside, message } from "./wire-aside.ts";
import { refusalOf } from "./wire-refusal.ts";
import { Expected } from "./wire-replies.ts";
import {
  Body,
  type Item,
  isFatal,
  type Portal,
  type Prepared,
  readPortal,
  reworded,
} from "./wire-requests.ts";
import { startIn } from "./wire-start.ts";
import {
  type PostgresRequest,
  requestOfBatch,
  requestOfOpening,
  requestOfQuery,
} from "./wire-statement.ts";
import { severalIn } from "./wire-texts.ts";

/** SSLRequest and GSSENCRequest. */
const asks_for_encryption = new Set([80877103, 80877104]);
/** Messages that may come at any time and answer nothing: a notice, a setting, a notification. */
const answers_nothing = "NSA";
/** The rows that a COPY sends, their end, or a failure. */
const copy_data = "dcf";
/** What ReadyForQuery says of the transaction. */
const statuses = { I: "idle", T: "open", E: "failed" } as const;

/** @param database the only one that programs get; undefined = whichever they ask for */
export const postgresWire = (database?: string): Wire => ({
  open: (isolation, reword) => new PostgresConversation(database, isolation, reword),
  comparingRows: () => new ComparedRows("postgres"),
});

class PostgresConversation implements Conversation {
  connection: number | undefined;
  is_ready = false;
  readonly aside: Aside = aside;
  #started = false;
  #start: Frames = startFrames();
  readonly #from_client = new Frames(5, (head) => 1 + head.readUInt32BE(1));
  readonly #from_server = new Frames(5, (head) => 1 + head.readUInt32BE(1));
  readonly #prepared = new Map<string, Prepared>();
  readonly #portals = new Map<string, Portal>();
  /** Messages since the last Sync, Flush or query, and what the server will answer to each. */
  #batch: Buffer[] = [];
  #items: Item[] = [];
  readonly #expected: Expected[] = [];
  /**
   * An error, whose reply has not ended yet. pg tells the program at once, and sends what it asks next when the reply
   * ends: by then nobody knows any more whose request it is. So the client gets both together.
   */
  #error: Buffer[] = [];
  /** After an error the server skips everything up to a Sync. */
  #skips = false;
  readonly #transaction: TransactionState;
  readonly #database: string | undefined;
  readonly #reword: Reword | undefined;

  constructor(
    database: string | undefined,
    isolation: Isolation | undefined,
    reword: Reword | undefined,
  ) {
    this.#database = database;
    this.#transaction = new TransactionState(isolation);
    this.#reword = reword;
  }

  get in_transaction(): boolean {
    return this.#transaction.status !== "idle";
  }

  get reads_from_snapshot(): boolean {
    return this.in_transaction && !this.#transaction.level.startsWith("READ ");
  }

  get has_failed(): boolean {
    return this.#transaction.status === "failed";
  }

  possibleErrors(request: Request & Partial<PostgresRequest>): readonly string[] {
    const codes = codesFor(possible_errors, request, this.#transaction);
    if (request.is_single || request.kind === "commit") return codes;
    const of_parts = (request.parts ?? []).flatMap((part) =>
      codesFor(possible_errors, part, this.#transaction),
    );
    return [...new Set([...of_parts, ...codes.filter((code) => code === ended_by_server)])];
  }

  refuse(code: string, request: Request): Refusal {
    return refusalOf(code, request, this.#transaction);
  }

  fromClient(bytes: Buffer): Sent[] {
    const sent: Sent[] = [];
    if (this.#started) this.#takeMessages(bytes, sent);
    else this.#takeStart(bytes, sent);
    return sent;
  }

  goes(expects: unknown): boolean {
    if (!(expects instanceof Expected) || (this.#skips && !expects.until_ready)) return false;
    this.#expected.push(expects);
    return true;
  }

  fromServer(bytes: Buffer): Received[] {
    const received: Received[] = [];
    let passed: Buffer[] = this.#error;
    this.#error = [];
    let has_failed = passed.length > 0;
    const { frames, garbled } = this.#from_server.take(bytes);
    for (const message of frames) {
      passed.push(message);
      has_failed ||= this.#expected.length > 0 && isRefusal(message);
      const ended = this.#takeAnswer(message);
      if (!ended?.is_request) continue;
      has_failed = false;
      if (ended.goes_on && !ended.failed) passed.pop();
      received.push({ bytes: joined(passed), reply: ended.reply() });
      passed = [];
    }
    if (garbled) passed.push(garbled);
    else if (has_failed) {
      this.#error = passed;
      return received;
    }
    if (passed.length > 0) received.push({ bytes: joined(passed) });
    return received;
  }

  kept(): Buffer {
    const kept = joined(this.#error);
    this.#error = [];
    return kept;
  }

  /** Takes a packet without a type. What follows a start-up packet in the same piece already has types. */
  #takeStart(bytes: Buffer, sent: Sent[]): void {
    const { frames, garbled } = this.#start.take(bytes);
    const [packet, ...more] = frames;
    if (packet === undefined) {
      if (garbled) sent.push({ kind: "pass", bytes: garbled });
      return;
    }
    const rest = joined([...more, garbled ?? this.#start.clear()]);
    this.#start = startFrames();
    if (packet.length === 8 && asks_for_encryption.has(packet.readUInt32BE(4))) {
      sent.push({ kind: "answer", bytes: Buffer.from("N") });
      if (rest.length > 0) this.#takeStart(rest, sent);
      return;
    }
    this.#started = true;
    const start = this.#database === undefined ? packet : startIn(this.#database, packet);
    sent.push({ kind: "pass", bytes: start });
    if (rest.length > 0) this.#takeMessages(rest, sent);
  }

  #takeMessages(bytes: Buffer, sent: Sent[]): void {
    const { frames, garbled } = this.#from_client.take(bytes);
    for (const received of frames) {
      const type = String.fromCharCode(received[0]!);
      const message = this.#reword ? reworded(received, this.#reword) : received;
      if (type === "Q") sent.push(this.#query(message));
      else if ("PBDEC".includes(type)) this.#collect(type, message);
      else if (type === "S" || type === "H") sent.push(this.#endBatch(type, message));
      else if (copy_data.includes(type))
        sent.push({ kind: "more", bytes: this.#withBatch(message) });
      else sent.push({ kind: "pass", bytes: this.#withBatch(message), ...expectsOf(type) });
    }
    if (garbled) sent.push({ kind: "pass", bytes: this.#withBatch(garbled) });
  }

  #query(query: Buffer): Sent {
    const sql = new Body(query).text();
    const several = this.#batch.length === 0 ? severalIn(sql, query.subarray(5, -1)) : undefined;
    if (several === undefined) return requestFor(sql, this.#withBatch(query));
    const { texts, are_one } = several;
    const parts = texts.map((text, i) => {
      const plain = message("Q", `${text}\0`, []);
      const part = this.#reword ? reworded(plain, this.#reword) : plain;
      return requestFor(new Body(part).text(), part, i < texts.length - 1);
    });
    return { ...requestFor(sql, query), parts, are_one };
  }

  #collect(type: string, message: Buffer): void {
    this.#batch.push(message);
    try {
      this.#items.push(this.#itemOf(type, new Body(message)));
    } catch {
      // The server will report what is wrong with it.
      this.#items.push(
        type === "E" ? { kind: "execute", portal: undefined } : { kind: "bind", portal: undefined },
      );
    }
  }

  #itemOf(type: string, body: Body): Item {
    if (type === "P") {
      const [name, sql] = [body.text(), body.text()];
      this.#prepared.set(name, { sql, types: body.list(() => body.int32()) });
      return { kind: "parse", sql };
    }
    if (type === "B") {
      const [portal, statement] = [body.text(), body.text()];
      const bound = readPortal(body, this.#prepared.get(statement));
      this.#portals.set(portal, bound);
      return { kind: "bind", portal: bound };
    }
    if (type === "E") return { kind: "execute", portal: this.#portals.get(body.text()) };
    const named = body.byte() === "S" ? this.#prepared : this.#portals;
    const name = body.text();
    if (type === "D") return { kind: "describe", of: named.get(name) };
    named.delete(name);
    return { kind: "close" };
  }

  #endBatch(type: string, message: Buffer): Sent {
    const items = this.#items;
    this.#items = [];
    const executed = items.flatMap((item) => (item.kind === "execute" ? [item.portal] : []));
    const bytes = this.#withBatch(message);
    if (type === "H" && items.length === 0) return { kind: "pass", bytes };
    const until_ready = type === "S";
    if (executed.length === 0) {
      const request = requestOfOpening(items, this.reads_from_snapshot);
      const is_request = request !== undefined;
      const expects = new Expected(items, { until_ready, is_request, ...(request && { request }) });
      return request
        ? { kind: "request", bytes, expects, request }
        : { kind: "pass", bytes, expects };
    }
    const is_fresh = items.some(({ kind }) => kind === "bind");
    const request = requestOfBatch(executed, { is_fresh, until_ready });
    const expects = new Expected(items, { until_ready, is_request: true, request });
    return { kind: "request", bytes, expects, request };
  }

  #withBatch(last: Buffer): Buffer {
    const bytes = joined([...this.#batch, last]);
    this.#batch = [];
    return bytes;
  }

  /** @returns the request whose reply ends with this message */
  #takeAnswer(message: Buffer): Expected | undefined {
    const type = String.fromCharCode(message[0]!);
    if (type === "K" && message.length >= 9) this.connection = message.readUInt32BE(5);
    const [expected] = this.#expected;
    const ends = !answers_nothing.includes(type) && expected?.take(type, message);
    if (ends && expected!.request && !expected!.failed) this.#transaction.done(expected!.request);
    if (type === "Z") {
      this.is_ready = true;
      this.#transaction.ready(statuses[String.fromCharCode(message[5]!) as "I" | "T" | "E"]);
      this.#skips = false;
    }
    if (!ends || !expected) return undefined;
    this.#expected.shift();
    if (expected.failed && !expected.until_ready) this.#skips = true;
    return expected;
  }
}

/** @param goes_on it is a statement of a text, and not the last one */
function requestFor(sql: string, bytes: Buffer, goes_on = false): SentRequest {
  const request = requestOfQuery(sql);
  const expects = new Expected([], { until_ready: true, is_request: true, request, goes_on });
  return { kind: "request", bytes, expects, request };
}

/** An error that leaves the connection open; the reply goes on until the server is ready again. */
const isRefusal = (message: Buffer): boolean => message[0] === 0x45 && !isFatal(message);

function startFrames(): Frames {
  return new Frames(4, (head) => head.readUInt32BE());
}

/** A function call (an old message that libpq still has) is answered like a query, and is not a step. */
function expectsOf(type: string): { expects?: Expected } {
  return type === "F"
    ? { expects: new Expected([], { until_ready: true, is_request: false }) }
    : {};
}
