import { z } from "zod";
import type { Header, HistoryEvent } from "./event.ts";
import { HistoryError } from "./history-error.ts";

/** What a format's parser gives on, in the order of the file. */
export interface Sink {
  header(header: Header): void;
  event(event: HistoryEvent, line: number): void;
  /** Something the reader of a verdict should know: the file is cut off, … */
  note(sentence: string): void;
}

/** Takes a file piece by piece. */
export interface Parser {
  push(piece: string): void;
  end(): void;
}

const header_schema: z.ZodType<Header> = z.looseObject({
  raceproof: z.literal(1),
  backend: z.string(),
  server: z.string(),
  strategy: z.string(),
  isolation: z.string().nullable(),
  seed: z.number(),
  clients: z.int().positive(),
  initial: z.number().default(0),
  started: z.string(),
});

/** Own format: a header line (may be missing), then one event a line. */
export class JsonlParser implements Parser {
  readonly #sink: Sink;
  #rest = "";
  #line = 0;
  #last_index = -1;

  constructor(sink: Sink) {
    this.#sink = sink;
  }

  push(piece: string): void {
    const lines = (this.#rest + piece).split("\n");
    this.#rest = lines.pop() ?? "";
    for (const text of lines) this.#take(text, true);
  }

  end(): void {
    if (this.#rest !== "") this.#take(this.#rest, false);
  }

  #take(text: string, ended: boolean): void {
    const line = ++this.#line;
    if (text.trim() === "") return;
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (error) {
      if (!ended) {
        this.#sink.note(`The last line (${line}) is cut off, as by a killed run; it was left out.`);
        return;
      }
      throw new HistoryError(`line ${line} is not JSON: ${jsonTrouble(error)}.`, line);
    }
    if (isRecord(value) && "raceproof" in value) this.#header(value, line);
    else this.#event(value, line);
  }

  #header(value: object, line: number): void {
    if (line !== 1 || this.#last_index >= 0)
      throw new HistoryError(`line ${line} is a header, which belongs on the first line.`, line);
    const parsed = header_schema.safeParse(value);
    if (!parsed.success) {
      const issue = parsed.error.issues[0];
      throw new HistoryError(
        `line ${line}: the header's "${issue?.path.join(".")}" is wrong: ${issue?.message}.`,
        line,
      );
    }
    this.#sink.header(parsed.data);
  }

  #event(value: unknown, line: number): void {
    const wrong = whatIsWrong(value, this.#last_index);
    if (wrong !== undefined) throw new HistoryError(`line ${line}: ${wrong}.`, line);
    // oxlint-disable-next-line no-unsafe-type-assertion -- just checked, field by field
    const event = value as HistoryEvent;
    this.#last_index = event.index;
    this.#sink.event(event, line);
  }
}

function whatIsWrong(event: unknown, last_index: number): string | undefined {
  if (!isRecord(event)) return "an event must be a JSON object";
  const { index, time_ns, process, type } = event;
  if (!isNatural(index)) return '"index" must be a number counted from 0';
  if (index <= last_index)
    return `"index" must grow from line to line, but ${index} follows ${last_index}`;
  if (typeof time_ns !== "number") return '"time_ns" must be a number';
  if (process !== "nemesis" && !isNatural(process))
    return '"process" must be a number from 0, or "nemesis"';
  if (type === "invoke") {
    if (typeof event["f"] !== "string") return 'an invoke needs "f", the name of the operation';
    if (typeof event["key"] !== "string") return 'an invoke needs "key", a string';
    return undefined;
  }
  if (type === "ok") return undefined;
  if (type !== "fail" && type !== "info")
    return `"type" must be invoke, ok, fail or info, not ${JSON.stringify(type) ?? "missing"}`;
  return typeof event["error"] === "string" ? undefined : `${type} needs "error", a string`;
}

function isNatural(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Node's message without the text of the line, which may be long. */
function jsonTrouble(error: unknown): string {
  return String(error)
    .replace(/^SyntaxError: /u, "")
    .replace(/,? ?(\.\.\.)?"[^]*$/u, "")
    .toLowerCase();
}
