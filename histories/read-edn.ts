import { EdnReader, Unfinished } from "./edn.ts";
import type { HistoryEvent } from "./event.ts";
import { HistoryError } from "./history-error.ts";
import { fromJepsen, type JepsenOperation } from "./jepsen-event.ts";
import { isRecord, jsonEvent } from "./json-event.ts";
import { tooLong } from "./line-splitter.ts";
import type { Parser, ParserOptions, Sink } from "./parser.ts";

/**
 * Events as forms, one after the other or all in one vector or list: Jepsen's EDN, a map each, Knossos'
 * `[process type f value]`, and JSON that is not one object a line, like elle-cli's.
 *
 * A form that goes on in the next piece is read again, from its start, when there is twice as much text: so
 * reading takes time in proportion to the text, however long a form is.
 */
export class EdnParser implements Parser {
  readonly #sink: Sink;
  readonly #as: "json" | "events";
  readonly #independent: boolean;
  readonly #longest: number;
  #rest = "";
  /** How much text there must be before it is worth reading again. */
  #enough = 0;
  #line = 1;
  #line_end = 0;
  #column = 1;
  #next = 0;
  #discarded = 0;
  /** The list around the events: not seen yet, open, closed again, or none. */
  #around: "not known" | "open" | "closed" | "none" = "not known";

  constructor(
    sink: Sink,
    { independent = false, longest = Number.POSITIVE_INFINITY }: ParserOptions = {},
    as: "json" | "events" = "events",
  ) {
    this.#sink = sink;
    this.#independent = independent;
    this.#longest = longest;
    this.#as = as;
  }

  push(piece: string): void {
    this.#rest += piece;
    if (this.#rest.length > this.#longest) throw tooLong(this.#line, this.#longest);
    if (this.#rest.length >= this.#enough) this.#read();
  }

  end(): void {
    this.#rest += "\n"; // ends a last word
    this.#read();
    if (this.#discarded > 0)
      this.#sink.note(`${this.#discarded} forms behind #_ were left out, as that says.`);
    if (this.#rest.trim() === "" && this.#around !== "open") return;
    if (goesOn(this.#rest))
      throw this.#located(
        new HistoryError("the form that begins here does not end, though the file goes on", 0),
      );
    this.#sink.note(
      `The history is cut off in the middle of line ${this.#line}; what was whole was judged.`,
    );
  }

  #read(): void {
    const reader = new EdnReader(this.#rest, this.#as);
    this.#line_end = endOfLine(this.#rest, 0);
    let [done, discarded] = [0, 0];
    try {
      for (;;) {
        const next = reader.next();
        this.#pass(reader.text, done, reader.at);
        done = reader.at;
        discarded = reader.discarded;
        if (next === "") break;
        if ("])".includes(next) || ("[(".includes(next) && this.#isAround(reader)))
          this.#bracket(next, reader);
        else this.#take(reader.read());
      }
    } catch (error) {
      if (error instanceof HistoryError) throw this.#located(error);
      if (!(error instanceof Unfinished)) throw error;
    }
    this.#discarded += discarded;
    this.#rest = reader.text.slice(done);
    this.#enough = 2 * this.#rest.length;
  }

  /** Whether a bracket opens the list of all events; if not, it opens an event that is a vector. */
  #isAround(reader: EdnReader): boolean {
    const inside = new EdnReader(reader.text);
    inside.at = reader.at + 1;
    const first = inside.next();
    if (first === "") throw new Unfinished();
    return "{[(#])".includes(first);
  }

  #bracket(bracket: string, reader: EdnReader): void {
    const opens = "[(".includes(bracket);
    if (opens ? this.#around !== "not known" : this.#around !== "open")
      throw new HistoryError(
        this.#around === "closed" && opens
          ? "the list of events has ended, and another one begins"
          : `"${bracket}" is not expected here`,
        0,
      );
    this.#around = opens ? "open" : "closed";
    reader.at++;
  }

  #take(form: unknown): void {
    if (this.#around === "closed")
      throw new HistoryError("the list of events has ended, but more follows", 0);
    if (this.#around === "not known") this.#around = "none";
    const event = this.#event(form);
    this.#next = event.index + 1;
    this.#sink.event(event, this.#line);
  }

  #event(form: unknown): HistoryEvent {
    if (this.#as === "json") return jsonEvent(form, this.#next, this.#independent);
    const operation = isRecord(form) ? form : fromVector(form);
    return fromJepsen(operation, this.#next, this.#independent);
  }

  /** Counts lines. The next line end is searched for only once: it may be far away. */
  #pass(text: string, from: number, to: number): void {
    let last = from - this.#column + 1;
    if (this.#line_end < from) this.#line_end = endOfLine(text, from);
    while (this.#line_end < to) {
      this.#line++;
      last = this.#line_end + 1;
      this.#line_end = endOfLine(text, last);
    }
    this.#column = to - last + 1;
  }

  #located(error: HistoryError): HistoryError {
    if (error.line !== 0) return error;
    const place = `line ${this.#line}, column ${this.#column}`;
    return new HistoryError(`${place}: ${error.message}.`, this.#line, this.#column);
  }
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf("\n", from);
  return end < 0 ? Number.POSITIVE_INFINITY : end;
}

function fromVector(form: unknown): JepsenOperation {
  if (!Array.isArray(form) || form.length < 3 || form.length > 4)
    throw new HistoryError("an event must be a map, or [process type f value]", 0);
  const [process, type, f, value] = form as unknown[];
  return { process, type, f, value };
}

/** Whether more events follow in what should be an unfinished last form. */
function goesOn(rest: string): boolean {
  const events = rest.match(/[:"]process\b|\[\s*\S+\s+:(invoke|ok|fail|info)\b/g) ?? [];
  return events.length > 1 || /\n[[({#]/.test(rest);
}
