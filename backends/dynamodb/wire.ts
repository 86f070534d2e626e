/**
 * The protocol of DynamoDB as a door reads it: HTTP/1.1, one request for each call, with the operation in a header and
 * its parameters in JSON, whatever library sends it. Connections are reused; answers come in the order of the
 * requests. An HTTP request that names no operation is not a request here.
 */

import { joined } from "../frames.ts";
import { codesFor } from "../possible-errors.ts";
import type { Conversation, Received, Refusal, Reply, Request, Sent, Wire } from "../wire.ts";
import { tablesOf } from "./contents.ts";
import { type HttpMessage, HttpStream } from "./http-stream.ts";
import { type Call, possible_errors } from "./possible-errors.ts";
import type { Learns } from "./request.ts";
import { stepOf } from "./step.ts";
import { Conditions } from "./wire-conditions.ts";
import { refusalOf } from "./wire-refusal.ts";

/** @param learns is told of the tables in all conversations */
export function dynamodbWire(learns: Learns): Wire {
  const open = (): Conversation => new DynamodbConversation(learns);
  return { open, comparing: () => new Conditions((bytes) => open().fromClient(bytes)) };
}

/** An answer that is expected, and how to describe it. */
interface Expected {
  readonly is_request: boolean;
  /** The table that will be there if the answer is no error. */
  readonly creates?: string | undefined;
  readonly describe: (output: object) => string;
}

class DynamodbConversation implements Conversation {
  /** HTTP has no numbers of connections. */
  readonly connection: undefined = undefined;
  readonly in_transaction = false;
  readonly is_ready = true;
  readonly #learns: Learns;
  readonly #from_client = new HttpStream();
  readonly #from_server = new HttpStream();
  readonly #expected: Expected[] = [];
  readonly #calls = new WeakMap<Request, Call>();

  constructor(learns: Learns) {
    this.#learns = learns;
  }

  possibleErrors(request: Request): readonly string[] {
    const call = this.#calls.get(request);
    return call ? codesFor(possible_errors, request, call) : [];
  }

  refuse(code: string, request: Request): Refusal {
    return refusalOf(code, this.#calls.get(request)!);
  }

  fromClient(bytes: Buffer): Sent[] {
    const { messages, garbled } = this.#from_client.take(bytes);
    const sent = messages.map((message) => this.#sent(message));
    return garbled ? [...sent, { kind: "pass", bytes: garbled }] : sent;
  }

  goes(expects: unknown): boolean {
    if (expects === undefined) return false;
    this.#expected.push(expects as Expected);
    return true;
  }

  fromServer(bytes: Buffer): Received[] {
    const received: Received[] = [];
    let passed: Buffer[] = [];
    const { messages, garbled } = this.#from_server.take(bytes);
    for (const message of messages) {
      passed.push(message.bytes);
      // 100 Continue is not yet the answer.
      if (/^HTTP\/1\.\d 1\d\d\b/.test(message.first_line)) continue;
      const expected = this.#expected.shift();
      if (!expected?.is_request) continue;
      const reply = replyOf(message, expected);
      if (expected.creates !== undefined && !reply.error) this.#learns.created(expected.creates);
      received.push({ bytes: joined(passed), reply });
      passed = [];
    }
    if (garbled) passed.push(garbled);
    if (passed.length > 0) received.push({ bytes: joined(passed) });
    return received;
  }

  #sent(message: HttpMessage): Sent {
    const { bytes, headers } = message;
    const operation = /\.(\w+)$/.exec(headers.get("x-amz-target") ?? "")?.[1];
    const input = operation === undefined ? undefined : jsonOf(message);
    if (operation === undefined || input === undefined) {
      const expects: Expected = { is_request: false, describe: () => "" };
      return { kind: "pass", bytes, expects };
    }
    const tables = tablesOf(input);
    this.#learns.touched(tables);
    const step = stepOf(operation, input, this.#learns.key_names);
    const { statement, kind, keys, isDivisible = false } = step;
    const outputOf = (reply: unknown) => ({ output: (reply as Answer).output });
    const expects: Expected = {
      is_request: true,
      creates: operation === "CreateTable" ? tables[0] : undefined,
      describe: (output) => step.describe({ output }),
    };
    const request: Request = {
      statement,
      kind,
      keys,
      isDivisible:
        typeof isDivisible === "boolean" ? isDivisible : (reply) => isDivisible(outputOf(reply)),
      commits_itself: false,
      facts: (reply) => step.facts?.(outputOf(reply)),
    };
    this.#calls.set(request, { operation, action: input });
    return { kind: "request", bytes, expects, request };
  }
}

/** A reply with what it was read from. */
interface Answer extends Reply {
  readonly output?: object;
}

function replyOf(message: HttpMessage, { describe }: Expected): Answer {
  const status = Number(message.first_line.split(" ")[1]);
  const output = jsonOf(message) ?? {};
  if (status < 400) return { word: describe(output), output };
  const { __type = `HTTP ${status}`, message: said, Message } = output as Record<string, string>;
  return { error: { code: __type.replace(/^.*#/, ""), message: said ?? Message ?? "" } };
}

function jsonOf({ body }: HttpMessage): object | undefined {
  try {
    const value: unknown = JSON.parse(body.toString("utf8"));
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
