import { EdnReader, Unfinished } from "./edn.ts";
import { HistoryError } from "./history-error.ts";
import { fromJepsen } from "./jepsen-event.ts";
import type { Parser, Sink } from "./read-jsonl.ts";

/** Jepsen's EDN: one map an event, one after the other or in one vector or list. */
export class EdnParser implements Parser {
  readonly #sink: Sink;
  readonly #independent: boolean;
  #rest = "";
  #line = 1;
  #column = 1;
  #index = 0;
  #depth = 0;

  constructor(sink: Sink, independent: boolean) {
    this.#sink = sink;
    this.#independent = independent;
  }

  push(piece: string): void {
    const reader = new EdnReader(this.#rest + piece);
    let done = 0;
    try {
      for (;;) {
        const next = reader.next();
        this.#pass(reader.text, done, reader.at);
        done = reader.at;
        if (next === "") break;
        if ("[(])".includes(next)) this.#bracket(next, reader);
        else this.#take(reader.read());
      }
    } catch (error) {
      if (error instanceof HistoryError) throw this.#located(error);
      if (!(error instanceof Unfinished)) throw error;
    }
    this.#rest = reader.text.slice(done);
  }

  end(): void {
    this.push("\n"); // ends a last word
    if (this.#rest.trim() !== "" || this.#depth > 0)
      this.#sink.note(
        `The history is cut off in the middle of line ${this.#line}; what was whole was judged.`,
      );
  }

  #bracket(bracket: string, reader: EdnReader): void {
    this.#depth += "[(".includes(bracket) ? 1 : -1;
    if (this.#depth < 0 || this.#depth > 1)
      throw new HistoryError(`"${bracket}" is not expected here`, 0);
    reader.at++;
  }

  #take(form: unknown): void {
    if (typeof form !== "object" || form === null || Array.isArray(form))
      throw new HistoryError("an event must be a map", 0);
    this.#sink.event(fromJepsen(form, this.#index++, this.#independent), this.#line);
  }

  #pass(text: string, from: number, to: number): void {
    let last = from - this.#column + 1;
    for (let at = text.indexOf("\n", from); at >= 0 && at < to; at = text.indexOf("\n", at + 1)) {
      this.#line++;
      last = at + 1;
    }
    this.#column = to - last + 1;
  }

  #located(error: HistoryError): HistoryError {
    if (error.line !== 0) return error;
    const place = `line ${this.#line}, column ${this.#column}`;
    return new HistoryError(`${place}: ${error.message}.`, this.#line, this.#column);
  }
}
