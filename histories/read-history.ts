import type { Header, History } from "./event.ts";
import { detectFormat, type Format, parserFor } from "./format.ts";
import { HistoryError } from "./history-error.ts";
import { lookIndependent } from "./independent.ts";
import { Pairing, type Unmatched } from "./pair.ts";
import type { Parser, Sink } from "./parser.ts";
import { textPieces } from "./text-pieces.ts";

/** A history from a file. */
export interface FileHistory extends History {
  readonly events: number;
  /** Sentences for people about the file itself. */
  readonly notes: readonly string[];
  /** Why a verdict "invalid" may only mean that something is missing in the file. */
  readonly doubt?: string;
  /** When the file begins in the middle, where; then the initial value is not known. */
  readonly beginsLate?: string;
}

/** How a file is to be read. */
export interface ReadOptions {
  /** The file's format. Default: told from its content. */
  readonly format?: Format;
  /**
   * Whether Jepsen's values are `[key value]` tuples. When not given, a file whose values look like that is
   * refused.
   */
  readonly independent?: boolean;
  /** Other names for operations: { lock: "acquire" }. */
  readonly rename?: Readonly<Record<string, string>>;
  /** Operations take a fraction of the memory, but cannot be copied by spread. */
  readonly dense?: boolean;
  /** The most characters of a line, or of a form. */
  readonly longest?: number;
  /** Told how many bytes have been read so far, of the text that may be packed. */
  readonly progress?: (read: number) => void;
}

/**
 * Reads a recorded history, streaming.
 * @throws HistoryError with one sentence that names the file and, where it can, the line.
 */
export async function readHistory(path: string, options: ReadOptions = {}): Promise<FileHistory> {
  const pairing = new Pairing(false, options.rename, options.dense);
  const notes: string[] = [];
  let [header, doubt]: [Header | undefined, string | undefined] = [undefined, undefined];
  const sink: Sink = {
    header: (given) => (header = given),
    event: (event, line) => pairing.add(event, line),
    note: (sentence) => notes.push(sentence),
    doubt: (sentence) => (doubt ??= sentence),
  };
  let parser: Parser | undefined;
  let read = 0;
  try {
    for await (const piece of textPieces(path)) {
      parser ??= parserFor(options.format ?? found(path, piece), sink, options);
      parser.push(piece);
      options.progress?.((read += Buffer.byteLength(piece)));
    }
    parser?.end();
  } catch (error) {
    if (error instanceof HistoryError && error.line !== undefined)
      throw new HistoryError(`${path}, ${error.message}`, error.line, error.column);
    throw error;
  }
  const { operations, events, unmatched } = pairing;
  if (options.independent === undefined && lookIndependent(operations))
    throw new HistoryError(
      `${path}: the values look like the [key value] tuples of independent workloads; say --independent, or --no-independent if they are not.`,
    );
  for (const name of Object.keys(options.rename ?? {}))
    if (!pairing.renamed.has(name)) notes.push(`There is no operation "${name}" to be renamed.`);
  const part = unmatched === undefined ? {} : partOf(unmatched, notes);
  return { header, operations, events, notes, ...(doubt === undefined ? {} : { doubt }), ...part };
}

function found(path: string, beginning: string): Format {
  const format = detectFormat(beginning);
  if (format !== undefined) return format;
  throw new HistoryError(
    `${path} is no history: neither JSON lines (docs/history-format.md), nor Jepsen's EDN or text log, nor PolyLin's, LiMo's or etcd's.`,
  );
}

/** Says in words what is missing in the file. */
function partOf(unmatched: Unmatched, notes: string[]): Pick<FileHistory, "doubt" | "beginsLate"> {
  const { count, line, process, type, begins_late, left_out, failed } = unmatched;
  const first = `line ${line}: process ${process} has ${type === "fail" ? "a" : "an"} "${type}" without an invoke before it`;
  const others = count > 1 ? `, and ${count - 1} more are so` : "";
  const fate =
    left_out > 0
      ? "left out"
      : failed === count
        ? "left out, since it changed nothing"
        : 'taken as "info", where it may have changed something';
  notes.push(`${first}${others}; that was ${fate}.`);
  return {
    ...(left_out > 0 ? { doubt: `${first}, and what that did is not known` } : {}),
    ...(begins_late ? { beginsLate: first } : {}),
  };
}
