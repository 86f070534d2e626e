import { z } from "zod";
import type { Header } from "./event.ts";
import { HistoryError } from "./history-error.ts";
import { isRecord, jsonEvent } from "./json-event.ts";
import { parseJsonLine } from "./json-line.ts";
import { LineSplitter } from "./line-splitter.ts";
import type { Parser, ParserOptions, Sink } from "./parser.ts";
import { recordedLine } from "./recorded-line.ts";

const header_schema: z.ZodType<Header> = z.looseObject({
  raceproof: z.literal(1),
  backend: z.string(),
  server: z.string(),
  strategy: z.string(),
  isolation: z.string().nullable(),
  seed: z.number(),
  clients: z.int().positive(),
  initial: z.number().exactOptional(),
  started: z.string(),
});

/** Our own format (docs/history-format.md): a header line (may be missing), then one event a line. */
export class JsonlParser implements Parser {
  readonly #sink: Sink;
  readonly #independent: boolean;
  readonly #lines: LineSplitter;
  /** The smallest index that the next event may have. */
  #next = 0;
  /** The last line, if it has no line end and could not be read. */
  #broken: HistoryError | undefined;

  constructor(sink: Sink, { independent = false, longest }: ParserOptions = {}) {
    this.#sink = sink;
    this.#independent = independent;
    this.#lines = new LineSplitter(longest);
  }

  push(piece: string): void {
    this.#lines.push(piece, (text, line) => this.#take(text, line, true));
  }

  end(): void {
    this.#lines.end((text, line) => this.#take(text, line, false));
    const line = this.#broken?.line;
    if (line !== undefined)
      this.#sink.note(`The last line (${line}) is cut off, as by a killed run; it was left out.`);
  }

  #take(text: string, line: number, ended: boolean): void {
    const recorded = recordedLine(text);
    if (recorded !== undefined && recorded.index >= this.#next) {
      this.#next = recorded.index + 1;
      this.#sink.event(recorded, line);
      return;
    }
    if (text.trim() === "") return;
    let value: unknown;
    try {
      value = parseJsonLine(text);
    } catch (error) {
      if (!(error instanceof HistoryError)) throw error;
      const located = new HistoryError(`line ${line} is not JSON: ${error.message}.`, line);
      if (ended || error.column !== Infinity) throw located;
      this.#broken = located;
      return;
    }
    if (isRecord(value) && "raceproof" in value) this.#header(value, line);
    else this.#event(value, line);
  }

  #header(value: object, line: number): void {
    if (line !== 1 || this.#next > 0)
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
    try {
      const event = jsonEvent(value, this.#next, this.#independent);
      this.#next = event.index + 1;
      this.#sink.event(event, line);
    } catch (error) {
      if (!(error instanceof HistoryError) || error.line !== 0) throw error;
      throw new HistoryError(`line ${line}: ${error.message}.`, line);
    }
  }
}
