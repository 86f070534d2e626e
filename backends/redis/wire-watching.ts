/**
 * WATCH before what an operation reads, MULTI and EXEC around its next write: the write is refused if somebody has
 * changed one of the keys in between. Each write ends the watch, so only what was read since the last one counts. A
 * pipeline, or a transaction of the program's own, is left as it is.
 */

import { joined } from "../frames.ts";
import type { Compared, Comparing, Conversation, SentRequest } from "../wire.ts";
import { encodeCommand, RespError, type Value } from "./resp.ts";
import { RespStream } from "./resp-stream.ts";

const code = "WATCHED";
const message = "somebody else has changed what was read";
const of_transactions = /^(watch|unwatch|multi|exec|discard)$/i;

export class Watching implements Comparing {
  readonly #read: (bytes: Buffer) => ReturnType<Conversation["fromClient"]>;
  #way: "as it is" | "watches" | "guards" = "as it is";
  #has_watched = false;
  #has_own = false;

  /** @param read reads commands as requests */
  constructor(read: (bytes: Buffer) => ReturnType<Conversation["fromClient"]>) {
    this.#read = read;
  }

  sent(request: SentRequest): SentRequest {
    this.#way = "as it is";
    const { values } = new RespStream(true).take(request.bytes);
    const names = values.map(({ value }) => nameOf(value));
    if (names.some((name) => of_transactions.test(name))) this.#has_own = true;
    const { kind, keys } = request.request;
    if (this.#has_own || values.length !== 1 || keys === undefined) return request;
    if (kind === "read") {
      this.#way = "watches";
      this.#has_watched = true;
      const watches = this.#together(encodeCommand(["WATCH", ...keys]), request.bytes);
      return { ...watches, request: { ...watches.request, kind, leavesBehind: true } };
    }
    if (kind !== "write" || !this.#has_watched) return request;
    this.#way = "guards";
    this.#has_watched = false;
    const guarded = this.#together(
      encodeCommand(["MULTI"]),
      request.bytes,
      encodeCommand(["EXEC"]),
    );
    return { ...guarded, request: { ...guarded.request, keys } };
  }

  replied(bytes: Buffer): Compared {
    if (this.#way === "as it is") return { bytes };
    const { values } = new RespStream(false).take(bytes);
    if (this.#way === "watches") return { bytes: joined(values.slice(1).map((one) => one.bytes)) };
    const [, queued, done] = values;
    if (queued?.value instanceof RespError) return { bytes: queued.bytes };
    if (done?.value === null)
      return { bytes: Buffer.from(`-${code} ${message}\r\n`), refused: { code, message } };
    // The answer of EXEC is a list of one: its first line says so.
    return { bytes: done ? done.bytes.subarray(done.bytes.indexOf("\r\n") + 2) : bytes };
  }

  #together(...commands: readonly Buffer[]): SentRequest {
    return this.#read(joined(commands))[0] as SentRequest;
  }
}

/** The name of a command. */
function nameOf(command: Value): string {
  const [name] = Array.isArray(command) ? (command as readonly Value[]) : [];
  return typeof name === "string" ? name : "";
}
