import { EdnReader } from "./edn.ts";
import { HistoryError } from "./history-error.ts";
import { fromJepsen } from "./jepsen-event.ts";
import type { Parser, Sink } from "./read-jsonl.ts";

/** `INFO  jepsen.util - PROCESS :invoke|:ok|:fail|:info :f VALUE`, with tabs or spaces. */
export const jepsen_log_line: RegExp =
  /jepsen\.util\s+-\s+(\S+)\s+(:invoke|:ok|:fail|:info)\s+(:\S+)\s*(.*)$/;

/** Jepsen's text log. Lines that are no operations are passed over. */
export class JepsenLogParser implements Parser {
  readonly #sink: Sink;
  readonly #independent: boolean;
  #rest = "";
  #line = 0;
  #index = 0;

  constructor(sink: Sink, independent: boolean) {
    this.#sink = sink;
    this.#independent = independent;
  }

  push(piece: string): void {
    const lines = (this.#rest + piece).split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) this.#take(line);
  }

  end(): void {
    this.#take(this.#rest);
  }

  #take(text: string): void {
    this.#line++;
    const found = jepsen_log_line.exec(text);
    if (found === null) return;
    const [, who = "", type, f, rest = ""] = found;
    const process = /^\d+$/.test(who) ? Number(who) : who;
    const operation = { process, type, f, value: this.#value(rest) };
    this.#sink.event(fromJepsen(operation, this.#index++, this.#independent), this.#line);
  }

  #value(text: string): unknown {
    try {
      return new EdnReader(`${text} `).read();
    } catch (error) {
      if (text.trim() === "") return null;
      const what = error instanceof HistoryError ? error.message : "it ends too early";
      throw new HistoryError(`line ${this.#line}: the value is no EDN: ${what}.`, this.#line);
    }
  }
}
