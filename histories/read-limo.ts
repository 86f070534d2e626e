import { numberOf } from "./edn.ts";
import { HistoryError } from "./history-error.ts";
import { LineSplitter } from "./line-splitter.ts";
import type { Parser, ParserOptions, Sink } from "./parser.ts";

/** LiMo's names of data types, and our models' operations to put in and take out. */
const names: Readonly<Record<string, readonly [put: string, take: string]>> = {
  "atomic-stack": ["push", "pop"],
  "atomic-queue": ["enqueue", "dequeue"],
};
const puts = ["push", "enq", "add"];
const takes = ["pop", "deq", "remove"];

export const limo_header: RegExp = /^#\s*@object\s+(\S+)\s*$/;
const event_line =
  /^\s*\[(\w+)\]\s+(?:call\s+([a-z]\w*)\s*\(?([^)]*)\)?|return(?:\s+(.*\S))?)\s*$/i;

/** LiMo's text: `# @object atomic-stack`, then an event a line: `[1] call push(3)`, `[1] return`, `[2] return 3`. */
export class LimoParser implements Parser {
  readonly #sink: Sink;
  readonly #lines: LineSplitter;
  /** By thread: whether its open call puts something in. */
  readonly #putting = new Map<string, boolean>();
  #names: readonly [string, string] | undefined;
  #index = 0;

  constructor(sink: Sink, { longest }: ParserOptions = {}) {
    this.#sink = sink;
    this.#lines = new LineSplitter(longest);
  }

  push(piece: string): void {
    this.#lines.push(piece, (text, line) => this.#take(text, line));
  }

  end(): void {
    this.#lines.end((text, line) => this.#take(text, line));
  }

  #take(text: string, line: number): void {
    const object = limo_header.exec(text)?.[1];
    if (object !== undefined) this.#names = names[object];
    if (text.trim() === "" || text.trimStart().startsWith("#")) return;
    const found = event_line.exec(text);
    if (found === null)
      throw new HistoryError(
        `line ${line}: an event is "[thread] call name" or "[thread] return", not "${text.slice(0, 60)}".`,
        line,
      );
    const [, thread = "", name, argument = "", answer] = found;
    const index = this.#index++;
    const process = /^\d{1,15}$/.test(thread) ? Number(thread) : thread;
    const at = { index, time_ns: index, process };
    if (name === undefined) {
      const output = this.#putting.get(thread) === true ? null : answerOf(answer);
      this.#sink.event({ ...at, type: "ok", output }, line);
      return;
    }
    const [put, take] = this.#names ?? [name, name];
    const putting = puts.includes(name);
    this.#putting.set(thread, putting);
    const f = putting ? put : takes.includes(name) ? take : name;
    const input = argument.trim() === "" ? null : numberOf(argument.trim());
    this.#sink.event({ ...at, type: "invoke", f, key: "", input }, line);
  }
}

/** No answer, or `empty`, means that the container was empty. */
function answerOf(answer: string | undefined): unknown {
  if (answer === "true" || answer === "false") return answer === "true";
  return answer === undefined || answer === "empty" ? null : numberOf(answer);
}
