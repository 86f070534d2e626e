/**
 * WATCH before what an operation reads, MULTI and EXEC around its next write: the write is refused if somebody has
 * changed one of the keys in between. Each write ends the watch, so only what was read since the last one counts.
 *
 * A MULTI … EXEC of the program's own needs no other around it. Where the program watches nothing itself it does not
 * expect the `nil` that says that EXEC has done nothing, so it gets an error for it, as it would for a single write.
 */

import { joined } from "../frames.ts";
import type { Compared, Comparing, SentRequest } from "../wire.ts";
import { encodeCommand, RespError, type Value } from "./resp.ts";
import { RespStream } from "./resp-stream.ts";

const code = "WATCHED";
const message = "somebody else has changed what was read";
const refusal = Buffer.from(`-${code} ${message}\r\n`);

export class Watching implements Comparing {
  readonly #together: (commands: Buffer) => SentRequest;
  #way: "as it is" | "watches" | "guards" | "own" = "as it is";
  /** Something that was read is watched by this repair; by the program itself. */
  #has_watched = false;
  #has_own_watch = false;
  /** A MULTI of the program is open. */
  #queues = false;

  /** @param together reads several commands as one request */
  constructor(together: (commands: Buffer) => SentRequest) {
    this.#together = together;
  }

  sent(request: SentRequest): SentRequest {
    const { values } = new RespStream(true).take(request.bytes);
    const names = values.map(({ value }) => nameOf(value));
    const { kind, keys } = request.request;
    const is_own = this.#queues || names.some((name) => of_transactions.test(name));
    this.#way = is_own ? this.#wayOfOwn(names) : "as it is";
    if (is_own || keys === undefined) return request;
    if (kind === "read") {
      this.#way = "watches";
      this.#has_watched = true;
      const watches = this.#together(joined([encodeCommand(["WATCH", ...keys]), request.bytes]));
      return { ...watches, request: { ...watches.request, kind, leavesBehind: true } };
    }
    const is_guarded = this.#has_watched && !this.#has_own_watch;
    if (kind !== "write" || values.length !== 1 || !is_guarded) return request;
    this.#way = "guards";
    this.#has_watched = false;
    const guarded = this.#together(
      joined([encodeCommand(["MULTI"]), request.bytes, encodeCommand(["EXEC"])]),
    );
    return { ...guarded, request: { ...guarded.request, keys } };
  }

  replied(bytes: Buffer): Compared {
    if (this.#way === "as it is") return { bytes };
    const { values } = new RespStream(false).take(bytes);
    if (this.#way === "watches") return { bytes: joined(values.slice(1).map((one) => one.bytes)) };
    const refused = { code, message };
    if (this.#way === "own") {
      if (values.at(-1)?.value !== null) return { bytes };
      const before = values.slice(0, -1).map((one) => one.bytes);
      return { bytes: joined([...before, refusal]), refused };
    }
    const [, queued, done] = values;
    if (queued?.value instanceof RespError) return { bytes: queued.bytes };
    if (done?.value === null) return { bytes: refusal, refused };
    // The answer of EXEC is a list of one: its first line says so.
    return { bytes: done ? done.bytes.subarray(done.bytes.indexOf("\r\n") + 2) : bytes };
  }

  /** Takes note of the program's own commands of transactions. */
  #wayOfOwn(names: readonly string[]): "own" | "as it is" {
    let way: "own" | "as it is" = "as it is";
    for (const name of names) {
      if (name === "watch") this.#has_own_watch = true;
      if (name === "multi") this.#queues = true;
      if (name === "exec" && this.#has_watched && !this.#has_own_watch) way = "own";
      if (!ends_watch.has(name)) continue;
      [this.#queues, this.#has_watched, this.#has_own_watch] = [false, false, false];
    }
    // Only the last answer is looked at.
    return names.at(-1) === "exec" ? way : "as it is";
  }
}

const of_transactions = /^(watch|unwatch|multi|exec|discard)$/;
const ends_watch = new Set(["unwatch", "exec", "discard"]);

/** The name of a command, in lower case. */
function nameOf(command: Value): string {
  const [name] = Array.isArray(command) ? (command as readonly Value[]) : [];
  return typeof name === "string" ? name.toLowerCase() : "";
}
