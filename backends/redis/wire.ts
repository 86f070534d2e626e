/**
 * The protocol of Redis and Valkey as a door reads it. Every command has one reply, in the same order, so replies are
 * matched by counting. Each command is a request, also in a pipeline: others can come between its commands. But MULTI …
 * EXEC is one. What drivers send when they connect is not a request.
 *
 * A connection that subscribes gets messages that answer nothing. In RESP3 these have their own type; in RESP2 they
 * look like replies, so from then on everything passes.
 */
import { joined } from "../frames.ts";
import { codesFor } from "../possible-errors.ts";
import type {
  Aside,
  Conversation,
  Received,
  Refusal,
  Reply,
  Request,
  Sent,
  SentRequest,
  Wire,
} from "../wire.ts";
import { blocksOf } from "./blocks.ts";
import { type Commands, possible_errors } from "./possible-errors.ts";
import { encodeCommand, type Value } from "./resp.ts";
import { type Framed, RespStream } from "./resp-stream.ts";
import { replyOf, requestOf } from "./wire-commands.ts";
import { refusalOf } from "./wire-refusal.ts";
import { Watching } from "./wire-watching.ts";

const of_connecting = new Set(
  "hello auth client select info command ping readonly quit".split(" "),
);
const subscribing = new Set("subscribe psubscribe ssubscribe monitor sync psync".split(" "));
const unsubscribing = new Set("unsubscribe punsubscribe sunsubscribe".split(" "));

/** The numbered database of the programs, and the one in which a new connection is. */
export interface Place {
  readonly own: number;
  readonly first: number;
}

export const redisWire = (place: Place = { own: 0, first: 0 }): Wire => ({
  open: () => new RedisConversation(place),
  comparing: () => new Watching((bytes) => new RedisConversation(place).together(bytes)),
});

/** How many replies are expected to what was sent. */
class Expected {
  left: number;
  readonly is_request: boolean;
  readonly is_own: boolean;
  readonly values: Value[] = [];

  constructor(left: number, is_request: boolean, is_own = false) {
    this.left = left;
    this.is_request = is_request;
    this.is_own = is_own;
  }
}

class RedisConversation implements Conversation {
  connection: number | undefined;
  readonly in_transaction = false;
  readonly aside: Aside = {
    say: (statement) => ({
      bytes: encodeCommand(statement.split(" ")),
      expects: new Expected(1, true, true),
    }),
    asIfAlone: (reply) => reply,
  };
  readonly #from_client = new RespStream(true);
  readonly #from_server = new RespStream(false);
  readonly #expected: Expected[] = [];
  readonly #commands = new WeakMap<Request, Commands>();
  /** Whether a MULTI is open, so that commands are only queued. */
  #queues = false;
  #has_messages_apart = false;
  #passes_all = false;
  #was_refused = true;
  readonly #own_database: number;
  #database: number;

  constructor({ own, first }: Place) {
    this.#own_database = own;
    this.#database = first;
  }

  /** Whether a command was accepted: a client that must log in first is refused until it does. */
  get is_ready(): boolean {
    return !this.#was_refused;
  }

  possibleErrors(request: Request): readonly string[] {
    const commands = this.#commands.get(request);
    return commands ? codesFor(possible_errors, request, commands) : [];
  }

  refuse(code: string, request: Request): Refusal {
    return refusalOf(code, this.#commands.get(request)!, this.aside);
  }

  fromClient(bytes: Buffer): Sent[] {
    const sent: Sent[] = [];
    let together: Framed[] = [];
    const endRequest = (): void => {
      const blocks = blocksOf(together, nameOf, this.#queues);
      for (const block of blocks) sent.push(this.#request(block));
      together = [];
    };
    const { values, garbled } = this.#from_client.take(bytes);
    for (const given of values) {
      const command = nameOf(given) === "flushall" ? flushOwn(given) : given;
      const name = nameOf(command);
      // What came before it works in the database that was selected then.
      if (changes_database.has(name)) endRequest();
      this.#learn(name, command);
      const passes =
        !Array.isArray(command.value) ||
        of_connecting.has(name) ||
        unsubscribing.has(name) ||
        this.#passes_all;
      if (!passes && !subscribing.has(name)) {
        together.push(command);
        continue;
      }
      endRequest();
      const has_reply = !this.#passes_all && !subscribing.has(name) && !unsubscribing.has(name);
      const expects = has_reply ? { expects: new Expected(1, false) } : {};
      sent.push({ kind: "pass", bytes: command.bytes, ...expects });
    }
    endRequest();
    if (garbled) sent.push({ kind: "pass", bytes: garbled });
    return sent;
  }

  /** Several commands that the door itself sends as one request. */
  together(bytes: Buffer): SentRequest {
    return this.#request(new RespStream(true).take(bytes).values);
  }

  goes(expects: unknown): boolean {
    if (!(expects instanceof Expected) || this.#passes_all) return false;
    this.#expected.push(expects);
    return true;
  }

  fromServer(bytes: Buffer): Received[] {
    const received: Received[] = [];
    let passed: Buffer[] = [];
    const { values, garbled } = this.#from_server.take(bytes);
    for (const reply of values) {
      passed.push(reply.bytes);
      const ended = this.#takeReply(reply.value);
      if (!ended?.is_request) continue;
      received.push({ bytes: joined(passed), reply: this.#told(ended) });
      passed = [];
    }
    if (garbled) passed.push(garbled);
    if (passed.length > 0) received.push({ bytes: joined(passed) });
    return received;
  }

  #learn(name: string, { value }: Framed): void {
    const [, second] = Array.isArray(value) ? (value as string[]) : [];
    if (name === "hello" && second === "3") this.#has_messages_apart = true;
    if (subscribing.has(name) && !this.#has_messages_apart) this.#passes_all = true;
    if (name === "select") this.#database = Number(second);
    if (name === "reset") this.#database = 0;
    if (name === "client" && /^reply$/i.test(second ?? "")) this.#passes_all = true;
    if (name !== "hello" && name !== "auth") this.#was_refused = false;
  }

  #request(commands: readonly Framed[]): SentRequest {
    const words = commands.map(({ value }) => (value as Value[]).map(String));
    const outside =
      this.#database === this.#own_database ? {} : { outside: `database ${this.#database}` };
    const request: Request = { ...requestOf(words, this.#queues), ...outside };
    this.#commands.set(request, {
      commands: words.map(([name = "", ...args]) => [name.toLowerCase(), ...args]),
      are_queued: this.#queues,
    });
    for (const [name] of words) {
      if (/^multi$/i.test(name ?? "")) this.#queues = true;
      if (/^(exec|discard)$/i.test(name ?? "")) this.#queues = false;
    }
    const bytes = joined(commands.map((command) => command.bytes));
    return { kind: "request", bytes, expects: new Expected(commands.length, true), request };
  }

  #takeReply(value: Value): Expected | undefined {
    const [expected] = this.#expected;
    if (isPush(value) || expected === undefined || this.#passes_all) return undefined;
    expected.values.push(value);
    if (--expected.left > 0) return undefined;
    return this.#expected.shift();
  }

  #told({ values, is_own }: Expected): Reply {
    const [first] = values;
    if (is_own && typeof first === "number") this.connection = first;
    return replyOf(values);
  }
}

const changes_database = new Set(["select", "reset"]);

/** A program that empties the whole server means its own database: the others are somebody else's. */
function flushOwn({ value }: Framed): Framed {
  const words = ["FLUSHDB", ...(value as Value[]).slice(1).map(String)];
  return { value: words, bytes: encodeCommand(words) };
}

const nameOf = ({ value }: Framed): string =>
  (Array.isArray(value) ? String(value[0] ?? "") : "").toLowerCase();

/** Only a value of RESP3's push type is one, whatever an array looks like. */
const isPush = (value: Value): boolean =>
  typeof value === "object" && value !== null && Object.hasOwn(value, "push");
