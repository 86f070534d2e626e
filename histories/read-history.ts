import type { Header, History } from "./event.ts";
import { HistoryError } from "./history-error.ts";
import { Pairing } from "./pair.ts";
import { JsonlParser, type Parser, type Sink } from "./read-jsonl.ts";
import { textPieces } from "./text-pieces.ts";

/** A history from a file. */
export interface FileHistory extends History {
  readonly events: number;
  /** Sentences for people about the file itself. */
  readonly notes: readonly string[];
}

/**
 * Reads a recorded history, streaming.
 * @throws HistoryError with one sentence that names the file and, where it can, the line.
 */
export async function readHistory(path: string): Promise<FileHistory> {
  const pairing = new Pairing();
  const notes: string[] = [];
  let header: Header | undefined;
  const sink: Sink = {
    header: (given) => (header = given),
    event: (event, line) => pairing.add(event, line),
    note: (sentence) => notes.push(sentence),
  };
  const parser: Parser = new JsonlParser(sink);
  try {
    for await (const piece of textPieces(path)) parser.push(piece);
    parser.end();
  } catch (error) {
    if (error instanceof HistoryError && error.line !== undefined)
      throw new HistoryError(`${path}, ${error.message}`, error.line, error.column);
    throw error;
  }
  return { header, operations: pairing.operations, events: pairing.events, notes };
}
