import type { Header, History } from "./event.ts";
import { detectFormat, type Format, parserFor } from "./format.ts";
import { HistoryError } from "./history-error.ts";
import { Pairing } from "./pair.ts";
import type { Parser, Sink } from "./read-jsonl.ts";
import { textPieces } from "./text-pieces.ts";

/** A history from a file. */
export interface FileHistory extends History {
  readonly events: number;
  /** Sentences for people about the file itself. */
  readonly notes: readonly string[];
}

export interface ReadOptions {
  /** How it is written; found out from the content when not given. */
  readonly format?: Format;
  /** Jepsen's values are `[key value]` tuples. */
  readonly independent?: boolean;
}

/**
 * Reads a recorded history, streaming.
 * @throws HistoryError with one sentence that names the file and, where it can, the line.
 */
export async function readHistory(path: string, options: ReadOptions = {}): Promise<FileHistory> {
  const pairing = new Pairing();
  const notes: string[] = [];
  let header: Header | undefined;
  const sink: Sink = {
    header: (given) => (header = given),
    event: (event, line) => pairing.add(event, line),
    note: (sentence) => notes.push(sentence),
  };
  let parser: Parser | undefined;
  try {
    for await (const piece of textPieces(path)) {
      parser ??= parserFor(
        options.format ?? found(path, piece),
        sink,
        options.independent === true,
      );
      parser.push(piece);
    }
    parser?.end();
  } catch (error) {
    if (error instanceof HistoryError && error.line !== undefined)
      throw new HistoryError(`${path}, ${error.message}`, error.line, error.column);
    throw error;
  }
  return { header, operations: pairing.operations, events: pairing.events, notes };
}

function found(path: string, beginning: string): Format {
  const format = detectFormat(beginning);
  if (format !== undefined) return format;
  throw new HistoryError(
    `${path} is no history: neither raceproof's own JSONL, nor Jepsen's EDN or text log.`,
  );
}
