/**
 * ZooKeeper's protocol as a door reads it: frames with their length before them. The first frame of each side opens the
 * session; after that, every request has a number, and a reply names the request that it answers. Pings, watch events
 * and what a library says about itself pass.
 *
 * - A session's requests are answered in order, but events come whenever something happens. What a client does later may
 *   depend on an event that comes or does not come, so its later requests also touch the nodes that it watches.
 * - A session that ends takes its ephemeral nodes with it: then closing it is a step, too.
 * - Programs know nothing of the secret that our own server demands. The door logs in for them, right after the client's
 *   first frame; the answer to that is for nobody.
 */
import { Frames } from "../frames.ts";
import { codesFor, messageOf } from "../possible-errors.ts";
import type { Conversation, Received, Refusal, Request, Sent, Wire } from "../wire.ts";
import { bad_version } from "./error-names.ts";
import { frame, int, JuteReader, text } from "./jute.ts";
import { possible_errors } from "./possible-errors.ts";
import { replyInWords } from "./step.ts";
import { type Answer, requestOf } from "./wire-call.ts";
import { answersTo, type Call, callOf, close_session } from "./wire-requests.ts";
import type { ZookeeperSessionState, ZookeeperSessions } from "./wire-sessions.ts";

/** Numbers of frames that are no requests of the application. */
const event_number = -1;
const login_number = -4;
const login_type = 100;
/** The length before a frame. */
const before = 4;

export interface ZookeeperWireOptions {
  readonly sessions: ZookeeperSessions;
  /** A path as the programs know it. */
  readonly shown: (path: string) => string;
  /** `user:password`, if the door is to log in. */
  readonly login?: string | undefined;
}

export const zookeeperWire = (options: ZookeeperWireOptions): Wire => ({
  open: () => new ZookeeperConversation(options),
});

/** A request that was sent, by the number that its reply will have. */
interface Expected {
  readonly number: number;
  readonly call: Call;
  readonly is_request: boolean;
}

class ZookeeperConversation implements Conversation {
  readonly in_transaction = false;
  readonly #options: ZookeeperWireOptions;
  readonly #from_client = new Frames(before, lengthOf);
  readonly #from_server = new Frames(before, lengthOf);
  readonly #expected: Expected[] = [];
  readonly #sent = new WeakMap<Request, Expected>();
  #session: ZookeeperSessionState | undefined;
  #has_asked = false;
  #has_answer = false;
  #awaits_login = false;
  #zxid: Buffer = Buffer.alloc(8);

  constructor(options: ZookeeperWireOptions) {
    this.#options = options;
  }

  get connection(): number | undefined {
    return this.#session?.number;
  }

  get is_ready(): boolean {
    return this.#session !== undefined;
  }

  get leaves_something(): boolean {
    return this.#session?.leaves_something ?? false;
  }

  possibleErrors(request: Request): readonly string[] {
    const sent = this.#sent.get(request);
    return sent ? codesFor(possible_errors, request, sent.call) : [];
  }

  refuse(code: string, request: Request): Refusal {
    const { number } = this.#sent.get(request)!;
    const message = messageOf(possible_errors, code);
    return { message, reply: () => frame(int(number), this.#zxid, int(bad_version)) };
  }

  fromClient(bytes: Buffer): Sent[] {
    const { frames, garbled } = this.#from_client.take(bytes);
    const sent = frames.map((one) => this.#asked(one));
    return garbled ? [...sent, { kind: "pass", bytes: garbled }] : sent;
  }

  goes(expects: unknown): boolean {
    if (expects === undefined) return false;
    this.#expected.push(expects as Expected);
    return true;
  }

  fromServer(bytes: Buffer): Received[] {
    const { frames, garbled } = this.#from_server.take(bytes);
    const received = frames.flatMap((one) => this.#told(one));
    return garbled ? [...received, { bytes: garbled }] : received;
  }

  #asked(bytes: Buffer): Sent {
    if (!this.#has_asked) return this.#opens(bytes);
    const expected = this.#read(bytes);
    if (expected === undefined) return { kind: "pass", bytes };
    if (!expected.is_request) return { kind: "pass", bytes, expects: expected };
    const request = requestOf(expected.call, this.#session?.watched_paths ?? []);
    this.#session?.watches(expected.call.parts);
    this.#sent.set(request, expected);
    return { kind: "request", bytes, expects: expected, request };
  }

  #opens(bytes: Buffer): Sent {
    this.#has_asked = true;
    const { login } = this.#options;
    if (login === undefined) return { kind: "pass", bytes };
    this.#awaits_login = true;
    const logs_in = frame(
      ...[int(login_number), int(login_type), int(0), text("digest"), text(login)],
    );
    return { kind: "pass", bytes: Buffer.concat([bytes, logs_in]) };
  }

  /** @returns undefined for what is no request, or cannot be read as one */
  #read(bytes: Buffer): Expected | undefined {
    try {
      const reader = new JuteReader(bytes, before);
      const [number, type] = [reader.int(), reader.int()];
      const body = bytes.subarray(before + 8);
      if (type === close_session) return { number, ...this.#closing() };
      const call = callOf(type, body, this.#options.shown);
      return call && { number, call, is_request: true };
    } catch (error) {
      if (error instanceof RangeError) return undefined;
      throw error;
    }
  }

  /** The end of a session is a step where others can notice it. */
  #closing(): Omit<Expected, "number"> {
    const nodes = [...(this.#session?.ephemeral ?? [])];
    const parts = nodes.map((path) => ({ type: 2, operation: "delete", path }));
    const call = { type: close_session, operation: "closeSession", parts };
    return { call, is_request: nodes.length > 0 };
  }

  #told(bytes: Buffer): Received[] {
    if (!this.#has_answer) return this.#isOpened(bytes);
    try {
      const reader = new JuteReader(bytes, before);
      const number = reader.int();
      const zxid = reader.long();
      const error = reader.int();
      const body = bytes.subarray(before + 16);
      if (number === login_number && this.#awaits_login) {
        this.#awaits_login = false;
        return [];
      }
      if (number === event_number) this.#hears(new JuteReader(body));
      if (number >= 0) this.#zxid = Buffer.from(zxid);
      const [oldest] = this.#expected;
      if (oldest?.number !== number) return [{ bytes }];
      this.#expected.shift();
      const reply = this.#replyTo(oldest.call, error, body);
      return [oldest.is_request ? { bytes, reply } : { bytes }];
    } catch (error) {
      if (error instanceof RangeError) return [{ bytes }];
      throw error;
    }
  }

  #isOpened(bytes: Buffer): Received[] {
    this.#has_answer = true;
    try {
      const reader = new JuteReader(bytes, before);
      const [, timeout_ms, id, password] = [
        reader.int(),
        reader.int(),
        reader.long(),
        reader.bytes(),
      ];
      // A session that has expired is answered with nothing.
      if (timeout_ms > 0 && password) this.#session = this.#options.sessions.opened(id, password);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
    }
    return [{ bytes }];
  }

  #hears(event: JuteReader): void {
    const type = event.int();
    event.int();
    this.#session?.heard(type, this.#options.shown(event.text()));
  }

  #replyTo(call: Call, error: number, body: Buffer): Answer {
    try {
      const answers = answersTo(call, error, body, this.#options.shown);
      if ("error" in answers) {
        this.#session?.doesNotWatch(call.parts);
        return { error: { code: answers.error, message: answers.message } };
      }
      const { told } = answers;
      this.#session?.did(call, told);
      const words = call.parts.map((part, i) => replyInWords(part, told[i] ?? {}));
      return { word: call.type === close_session ? "OK" : words.join("; "), told };
    } catch (reason) {
      if (reason instanceof RangeError) return { word: "not understood" };
      throw reason;
    }
  }
}

const lengthOf = (head: Buffer): number => before + head.readInt32BE();
