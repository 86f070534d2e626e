import { numberOf } from "./edn.ts";
import { HistoryError } from "./history-error.ts";
import { emitIntervals, type Interval } from "./intervals.ts";
import { LineSplitter } from "./line-splitter.ts";
import type { Parser, ParserOptions, Sink } from "./parser.ts";

/**
 * The methods of each data type as operations of our models, and what their values are: "in" is the input, "out" the
 * answer (-1: it was empty), "in, out" the input and the answer (0 or 1: no or yes), "pair" two values of one input.
 * Their priority queue gives the largest item first, unlike our model: so it keeps its own names.
 */
const methods: Readonly<Record<string, Readonly<Record<string, readonly [string, string]>>>> = {
  stack: { push: ["push", "in"], pop: ["pop", "out"], peek: ["peek", "out"] },
  queue: { enq: ["enqueue", "in"], deq: ["dequeue", "out"], peek: ["peek", "out"] },
  deque: {
    push_front: ["add-first", "in"],
    push_back: ["add-last", "in"],
    pop_front: ["remove-first", "out"],
    pop_back: ["remove-last", "out"],
    peek_front: ["peek-first", "out"],
    peek_back: ["peek-last", "out"],
  },
  pqueue: {
    insert: ["enqueue", "in"],
    poll: ["dequeue-largest", "out"],
    peek: ["peek-largest", "out"],
  },
  set: {
    insert: ["add", "in, out"],
    remove: ["remove", "in, out"],
    contains: ["contains", "in, out"],
  },
  rmw: { read_modify_write: ["cas", "pair"] },
  semaphore: { incr: ["incr", "in"], decr: ["decr", "in"] },
};

export const polylin_header: RegExp =
  /^#\s*(stack|queue|deque|pqueue|priorityqueue|set|rmw|semaphore)\s*$/;

/**
 * The text that PolyLin and Fptlin read: `# stack`, then an operation a line: `push 1 START END`, or with processes
 * `0 START END PUSH 1`. As there, an operation that returns at the time of another one's call precedes it.
 */
export class PolylinParser implements Parser {
  readonly #sink: Sink;
  readonly #lines: LineSplitter;
  readonly #intervals: Interval[] = [];
  #type = "";

  constructor(sink: Sink, { longest }: ParserOptions = {}) {
    this.#sink = sink;
    this.#lines = new LineSplitter(longest);
  }

  push(piece: string): void {
    this.#lines.push(piece, (text, line) => this.#take(text, line));
  }

  end(): void {
    this.#lines.end((text, line) => this.#take(text, line));
    emitIntervals(this.#intervals, false, this.#sink);
  }

  #take(text: string, line: number): void {
    const header = polylin_header.exec(text)?.[1];
    if (header !== undefined) this.#type = header === "priorityqueue" ? "pqueue" : header;
    if (text.trim() === "" || text.startsWith("#")) return;
    const interval = this.#interval(text.trim().split(/\s+/), line);
    if (interval === undefined)
      throw new HistoryError(
        `line ${line}: an operation of a ${this.#type} is a method, its values and two times, not "${text.slice(0, 60)}".`,
        line,
      );
    this.#intervals.push(interval);
  }

  #interval(words: readonly string[], line: number): Interval | undefined {
    const at = words.findIndex((word) => /^[a-z]/i.test(word));
    const [f, takes] = methods[this.#type]?.[words[at]?.toLowerCase() ?? ""] ?? [];
    if (f === undefined || takes === undefined) return undefined;
    const values = (at === 3 ? words.slice(4) : words.slice(at + 1, -2)).map(numberOf);
    const [from, to] = (at === 3 ? words.slice(1, 3) : words.slice(-2)).map(numberOf);
    if (values.length !== (takes === "pair" || takes === "in, out" ? 2 : 1)) return undefined;
    if (!isTime(from) || !isTime(to) || from > to) return undefined;
    const process = at === 0 ? {} : { process: Number(words[0]) };
    return { ...process, f, key: "", ...taken(takes, values), from, to, line };
  }
}

function taken(takes: string, values: readonly unknown[]): { input: unknown; output: unknown } {
  const [first, second] = values;
  if (takes === "in") return { input: first, output: null };
  if (takes === "out") return { input: null, output: first === -1 ? null : first };
  if (takes === "pair") return { input: values, output: true };
  return { input: first, output: second === 0 ? false : second === 1 ? true : second };
}

function isTime(value: unknown): value is number | bigint {
  return typeof value === "number" || typeof value === "bigint";
}
