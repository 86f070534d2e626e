import { EdnReader, Unfinished } from "./edn.ts";
import { HistoryError } from "./history-error.ts";
import { fromJepsen } from "./jepsen-event.ts";
import { LineSplitter } from "./line-splitter.ts";
import type { Parser, ParserOptions, Sink } from "./parser.ts";

const prefix = /(?:^(?=\d|:|\S+\t:)|\bjepsen\.util(?:\s+-|:)?\s+)/;
/** The beginning of a log line with an operation, whether or not the line is complete. */
const begins_like_one = new RegExp(`${prefix.source}\\S+\\s+:(?:invoke|ok|fail|info)(?:\\s|$)`);

/**
 * `PROCESS :invoke|:ok|:fail|:info :f VALUE [ERROR]`, with tabs or spaces, by itself (history.txt), or in a log: after
 * `INFO  jepsen.util - `, `INFO [date] jepsen worker 0 - jepsen.util `, or `date{GMT}\tINFO\t[jepsen worker 1] jepsen.util: `.
 */
export const jepsen_log_line: RegExp = new RegExp(
  `${prefix.source}(\\S+)\\s+(:invoke|:ok|:fail|:info)\\s+(:\\S+)[ \\t]*([^]*)$`,
);

/** Jepsen's text logs and history.txt. Lines without an operation are skipped, and counted. */
export class JepsenLogParser implements Parser {
  readonly #sink: Sink;
  readonly #independent: boolean;
  readonly #lines: LineSplitter;
  #index = 0;
  #passed = 0;
  #first_passed = 0;
  /** The trouble with the previous line, if it could not be read to its end: fine if nothing follows. */
  #broken: HistoryError | undefined;

  constructor(sink: Sink, { independent = false, longest }: ParserOptions = {}) {
    this.#sink = sink;
    this.#independent = independent;
    this.#lines = new LineSplitter(longest);
  }

  push(piece: string): void {
    this.#lines.push(piece, (text, line) => this.#take(text, line));
  }

  end(): void {
    this.#lines.end((text, line) => this.#take(text, line));
    if (this.#broken !== undefined)
      this.#sink.note(
        `The last line (${this.#broken.line}) is cut off, as by a killed run; it was left out.`,
      );
    if (this.#passed > 0)
      this.#sink.note(
        `${this.#passed} of ${this.#lines.lines} lines are no operations and were passed over, the first is line ${this.#first_passed}.`,
      );
  }

  #take(text: string, line: number): void {
    if (text.trim() === "") return;
    if (this.#broken !== undefined) throw this.#broken;
    const found = jepsen_log_line.exec(text);
    if (found !== null) return this.#operation(found, line);
    if (begins_like_one.test(text)) this.#broken = wrong(line, "the operation has no :f");
    else {
      if (this.#passed++ === 0) this.#first_passed = line;
    }
  }

  #operation([, who = "", type, f, rest = ""]: RegExpExecArray, line: number): void {
    const reader = new EdnReader(`${rest} `);
    try {
      const value = rest.trim() === "" ? undefined : this.#value(reader, type, line);
      const process = /^\d+$/.test(who) ? Number(who) : who;
      const operation = { process, type, f, value };
      this.#sink.event(fromJepsen(operation, this.#index++, this.#independent), line);
    } catch (error) {
      if (error instanceof Unfinished) this.#broken = wrong(line, "the value ends too early");
      else if (error instanceof HistoryError && error.line === 0) throw wrong(line, error.message);
      else throw error;
    }
  }

  /** Reads the value. After it, only failures may have more: an error message. */
  #value(reader: EdnReader, type: string | undefined, line: number): unknown {
    try {
      const value = reader.read();
      if ((type === ":ok" || type === ":invoke") && reader.next() !== "")
        throw reader.wrong("more follows after it");
      return value;
    } catch (error) {
      if (!(error instanceof HistoryError)) throw error;
      throw wrong(line, `the value is no EDN: ${error.message}`);
    }
  }
}

function wrong(line: number, what: string): HistoryError {
  return new HistoryError(`line ${line}: ${what}.`, line);
}
