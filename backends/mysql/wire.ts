/**
 * The protocol of MySQL and MariaDB as a door reads it
 * (https://dev.mysql.com/doc/dev/mysql-server/latest/PAGE_PROTOCOL.html).
 *
 * The server speaks first: its greeting lists its capabilities. From the greeting, and from the client's answer, the
 * door removes those that would hide the requests (encryption, compression) and those that it cannot read; it changes
 * nothing else. Then client and server talk until the log-in is over. From then on the client sends commands, each in a
 * packet with number 0. A command that executes a statement is a request; PREPARE, CLOSE, PING and session settings are
 * not.
 *
 * Every command has one reply, except for a few that have none. A reply ends with OK or an error, or, if it has rows,
 * with the end of rows; a flag in either says that another result follows.
 */
import { joined } from "../frames.ts";
import { codesFor } from "../possible-errors.ts";
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
import { type Rules, readsRows, TransactionState, usual_rules } from "./transaction-state.ts";
import { asideOf } from "./wire-aside.ts";
import {
  command,
  commandIn,
  queryOf,
  resetting,
  reworded,
  without_reply,
} from "./wire-commands.ts";
import { asksForDatabase, logInTo, outsideOf } from "./wire-database.ts";
import { head_bytes, packets, status } from "./wire-packets.ts";
import { refusalOf } from "./wire-refusal.ts";
import { type Agreed, Expected, type Form } from "./wire-replies.ts";
import { greetingIn, logInIn } from "./wire-start.ts";
import {
  isSettingOfSession,
  type MysqlRequest,
  type Prepared,
  requestOf,
  requestOfExecute,
  resetting_request,
} from "./wire-statement.ts";
import { AnswerOfSeveral, type Part, severalIn } from "./wire-texts.ts";

/**
 * @param rules what the server's errors depend on
 * @param database the only one that programs get; undefined = whichever they ask for
 */
export const mysqlWire = (rules: Rules = usual_rules, database?: string): Wire => ({
  open: (isolation = rules.isolation, reword) =>
    new MysqlConversation({ ...rules, isolation }, database, reword),
  comparingRows: () => new ComparedRows("mysql"),
});

class MysqlConversation implements Conversation {
  connection: number | undefined;
  resets = 0;
  readonly aside: Aside = asideOf(() => this.#agreed);
  #phase: "greeting" | "log-in" | "commands" = "greeting";
  #agreed: Agreed = { no_eof: false };
  #status: number = status.autocommit;
  #is_mariadb = false;
  readonly #from_client = packets();
  readonly #from_server = packets();
  readonly #prepared = new Map<number, Prepared>();
  readonly #expected: Expected[] = [];
  readonly #database: string | undefined;
  readonly #reword: Reword | undefined;
  readonly #rules: Rules;
  #transaction: TransactionState;
  /** It has asked for a lock that belongs to its session. */
  #may_hold = false;
  /** Whether the server takes several statements in one text. */
  #takes_several = false;
  /** How texts are read depends on it: once it was changed, none is cut any more. */
  #has_own_sql_mode = false;

  constructor(rules: Rules, database: string | undefined, reword: Reword | undefined) {
    this.#rules = rules;
    this.#transaction = new TransactionState(rules);
    this.#database = database;
    this.#reword = reword;
  }

  get is_ready(): boolean {
    return this.#phase === "commands";
  }

  get has_begun(): boolean {
    return (this.#status & status.in_transaction) !== 0;
  }

  /** Without autocommit, every statement is in a transaction. */
  get in_transaction(): boolean {
    return (this.#status & status.in_transaction) !== 0 || (this.#status & status.autocommit) === 0;
  }

  get reads_from_snapshot(): boolean {
    return this.in_transaction && !this.#transaction.level.startsWith("READ ");
  }

  get begin_commits(): boolean {
    return this.has_begun || this.has_locked_tables;
  }

  get has_locked_tables(): boolean {
    return this.#transaction.has_locked_tables;
  }

  possibleErrors(request: Request): readonly string[] {
    const [is_mariadb, transaction] = [this.#is_mariadb, this.#transaction];
    return codesFor(possible_errors, request, { is_mariadb, transaction });
  }

  refuse(code: string, request: Request): Refusal {
    const { next = 1 } = (request as Partial<Part>).of ?? {};
    return refusalOf(code, { in_transaction: this.in_transaction, number: next }, this.aside);
  }

  fromClient(bytes: Buffer): Sent[] {
    const { frames, garbled } = this.#from_client.take(bytes);
    const sent = frames.map((packet): Sent => {
      if (this.#phase !== "commands") return { kind: "more", bytes: this.#takeLogIn(packet) };
      if (packet[3] === 0 && packet.length > head_bytes) return this.#commandOf(packet);
      return { kind: "more", bytes: packet };
    });
    return garbled ? [...sent, { kind: "more", bytes: garbled }] : sent;
  }

  goes(expects: unknown): boolean {
    if (!(expects instanceof Expected)) return false;
    this.#expected.push(expects);
    return true;
  }

  fromServer(bytes: Buffer): Received[] {
    const received: Received[] = [];
    let passed: Buffer[] = [];
    const { frames, garbled } = this.#from_server.take(bytes);
    for (const packet of frames) {
      const [expected] = this.#expected;
      const seen = this.#phase === "greeting" ? this.#greet(packet) : packet;
      const ended = this.#takeAnswer(packet);
      passed.push(expected ? this.#asPart(seen, expected, ended !== undefined) : seen);
      if (!ended?.is_request) continue;
      received.push({ bytes: joined(passed), reply: ended.reply() });
      passed = [];
    }
    if (garbled) passed.push(garbled);
    if (passed.length > 0) received.push({ bytes: joined(passed) });
    return received;
  }

  #greet(packet: Buffer): Buffer {
    this.#phase = "log-in";
    const greeting = greetingIn(packet);
    if (greeting === undefined) return packet;
    this.connection = greeting.connection;
    this.#is_mariadb = greeting.is_mariadb;
    return greeting.bytes;
  }

  #takeLogIn(packet: Buffer): Buffer {
    const log_in = logInIn(packet);
    if (log_in === undefined) return packet;
    this.#agreed = { no_eof: log_in.no_eof };
    this.#takes_several = log_in.takes_several;
    return this.#inDatabase(log_in.bytes, logInTo);
  }

  /** The same packet with our database in it. If it cannot be read, the server will say so. */
  #inDatabase(packet: Buffer, change: (database: string, packet: Buffer) => Buffer): Buffer {
    if (this.#database === undefined) return packet;
    try {
      return change(this.#database, packet);
    } catch {
      return packet;
    }
  }

  #commandOf(received: Buffer): Sent {
    const asked = this.#inDatabase(received, commandIn);
    const packet = this.#reword ? reworded(asked, this.#reword) : asked;
    const number = packet[head_bytes]!;
    const body = packet.subarray(head_bytes + 1);
    if (number === command.query) return this.#query(packet, body.toString("utf8"));
    if (number === command.execute) {
      const prepared = body.length >= 4 ? this.#prepared.get(body.readUInt32LE()) : undefined;
      return this.#request(packet, "binary", requestOfExecute(packet, prepared));
    }
    if (number === command.fetch) {
      const prepared = body.length >= 4 ? this.#prepared.get(body.readUInt32LE()) : undefined;
      const { facts: _, ...request } = requestOf(prepared?.sql ?? "FETCH");
      const statement = `next rows of ${request.statement}`;
      return this.#request(packet, "rows", { ...request, statement, commits_itself: false });
    }
    if (number === command.set_option) this.#takes_several = body[0] === 0;
    if (number === command.close && body.length >= 4) this.#prepared.delete(body.readUInt32LE());
    if (resetting.has(number)) return this.#reset(packet);
    if (without_reply.has(number)) return { kind: "pass", bytes: packet };
    return { kind: "pass", bytes: packet, expects: this.#otherReply(number, body) };
  }

  #query(packet: Buffer, sql: string): Sent {
    this.#has_own_sql_mode ||= /sql_mode/i.test(sql);
    const expects = new Expected("text", false, this.#agreed);
    if (this.#database !== undefined && asksForDatabase(sql))
      return { kind: "pass", bytes: queryOf(`USE ${this.#database}`), expects };
    if (!isSettingOfSession(sql) || (this.#status & status.in_transaction) !== 0)
      return {
        ...this.#request(packet, "text", requestOf(sql)),
        parts: this.#partsOf(packet, sql),
      };
    return { kind: "pass", bytes: packet, expects };
  }

  /** What a session holds is given back when it is reset: if there may be something, that is a step. */
  #reset(packet: Buffer): Sent {
    const holds = this.in_transaction || this.has_locked_tables || this.#may_hold;
    const expects = new Expected("log-in", holds, this.#agreed);
    expects.resets = true;
    return holds
      ? { kind: "request", bytes: packet, expects, request: resetting_request }
      : { kind: "pass", bytes: packet, expects };
  }

  #hasReset(): void {
    this.resets++;
    this.#prepared.clear();
    this.#has_own_sql_mode = false;
    this.#may_hold = false;
    this.#transaction = new TransactionState(this.#rules);
  }

  /** The statements of a text that has several. */
  #partsOf(text: Buffer, sql: string): SentRequest[] | undefined {
    if (!this.#takes_several || this.#has_own_sql_mode) return undefined;
    const texts = severalIn(sql, text.subarray(head_bytes + 1));
    const of = new AnswerOfSeveral();
    return texts?.map((sql, i) => {
      const bytes = queryOf(sql);
      const request: Part = { ...requestOf(sql), of, is_last: i === texts.length - 1 };
      return this.#request(this.#reword ? reworded(bytes, this.#reword) : bytes, "text", request);
    });
  }

  /** What the client gets of an answer to one of several statements. */
  #asPart(packet: Buffer, expected: Expected, ends: boolean): Buffer {
    const { of, is_last } = (expected.request ?? {}) as Partial<Part>;
    if (of === undefined) return packet;
    return of.renumbered(packet, ends && !is_last && !expected.reply().error, this.#agreed);
  }

  #request(bytes: Buffer, form: Form, asked: MysqlRequest): SentRequest {
    const outside = this.#database === undefined ? undefined : outsideOf(asked.sql, this.#database);
    const request: Request = {
      ...asked,
      ...(outside === undefined ? {} : { outside }),
      ...(this.#transaction.sees_halves && readsRows(asked) ? { isDivisible: true } : {}),
    };
    this.#may_hold ||= request.serverWide ?? false;
    const expects = new Expected(form, true, this.#agreed);
    expects.request = request;
    return { kind: "request", bytes, expects, request };
  }

  #otherReply(number: number, body: Buffer): Expected {
    const form: Form =
      number === command.prepare
        ? "prepare"
        : number === command.field_list
          ? "fields"
          : number === command.statistics
            ? "line"
            : "text";
    const expected = new Expected(form, false, this.#agreed);
    if (number === command.prepare) expected.preparing = body.toString("utf8");
    return expected;
  }

  /** @returns the command whose reply ends with this packet */
  #takeAnswer(packet: Buffer): Expected | undefined {
    if (this.#phase === "log-in") {
      // OK ends the log-in; the first packet of the conversation is not an OK.
      if (packet[head_bytes] === 0x00 && packet[3]! > 1) this.#phase = "commands";
      return undefined;
    }
    const [expected] = this.#expected;
    if (!expected || !takes(expected, packet)) return undefined;
    this.#expected.shift();
    if (expected.status !== undefined) this.#status = expected.status;
    this.#transaction.told(this.in_transaction);
    const { request, preparing: sql } = expected;
    if (request && !expected.reply().error) this.#transaction.done(request);
    if (expected.resets && !expected.reply().error) this.#hasReset();
    if (expected.prepared && sql !== undefined) {
      const { id, params } = expected.prepared;
      this.#prepared.set(id, { sql, params, types: [] });
    }
    return expected;
  }
}

/** Takes a packet. If it cannot be read, the client will report that. */
function takes(expected: Expected, packet: Buffer): boolean {
  try {
    return expected.take(packet);
  } catch {
    return false;
  }
}
