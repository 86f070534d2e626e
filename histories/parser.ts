import type { Header, HistoryEvent } from "./event.ts";

/** What a format's parser gives on, in the order of the file. */
export interface Sink {
  header(header: Header): void;
  event(event: HistoryEvent, line: number): void;
  /** Something the reader of a verdict should know: the file is cut off, … */
  note(sentence: string): void;
  /** Why an "invalid" is not to be trusted: not all of what happened is in the file. */
  doubt(sentence: string): void;
}

/** Takes a file piece by piece. */
export interface Parser {
  push(piece: string): void;
  end(): void;
}

export interface ParserOptions {
  /** Jepsen's values are [key value]. */
  readonly independent?: boolean | undefined;
  /** How many characters may have to be held at once. */
  readonly longest?: number | undefined;
}
