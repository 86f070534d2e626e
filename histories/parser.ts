import type { Header, HistoryEvent } from "./event.ts";

/** What a format's parser passes on, in the order of the file. */
export interface Sink {
  header(header: Header): void;
  event(event: HistoryEvent, line: number): void;
  /** Something that people should know beside the verdict: the file is cut off, … */
  note(sentence: string): void;
  /** Why a verdict "invalid" cannot be trusted: the file does not have everything that happened. */
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
  /** The most characters that may be held in memory at once. */
  readonly longest?: number | undefined;
}
