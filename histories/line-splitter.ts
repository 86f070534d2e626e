import { HistoryError } from "./history-error.ts";

/** About the longest string that V8 allows. */
const longest_string = 500 * 2 ** 20;

/**
 * Cuts text that comes in pieces into lines, and passes each on once. Only "\n" and "\r\n" end a line. Takes time
 * in proportion to the text, even if one line is most of it.
 */
export class LineSplitter {
  /** How many lines were passed on. */
  lines = 0;
  readonly #longest: number;
  #parts: string[] = [];
  #length = 0;

  /** @param longest the most characters of a line that fit into memory */
  constructor(longest: number = longest_string) {
    this.#longest = Math.min(longest, longest_string);
  }

  /** @throws HistoryError for a line that is too long */
  push(piece: string, take: (line: string, number: number) => void): void {
    let from = 0;
    if (this.#length > 0) {
      const end = piece.indexOf("\n");
      this.#keep(end < 0 ? piece : piece.slice(0, end));
      if (end < 0) return;
      take(this.#line(), ++this.lines);
      from = end + 1;
    }
    for (let end = piece.indexOf("\n", from); end >= 0; end = piece.indexOf("\n", from)) {
      const line = piece.slice(from, piece.charCodeAt(end - 1) === 13 ? end - 1 : end);
      from = end + 1;
      take(line, ++this.lines);
    }
    if (from < piece.length) this.#keep(piece.slice(from));
  }

  /** The text is over: passes on its last line, if that has no line end. */
  end(take: (line: string, number: number) => void): void {
    if (this.#length > 0) take(this.#line(), ++this.lines);
  }

  #keep(part: string): void {
    this.#length += part.length;
    if (this.#length > this.#longest) throw tooLong(this.lines + 1, this.#longest);
    this.#parts.push(part);
  }

  #line(): string {
    const line = this.#parts.length === 1 ? this.#parts[0]! : this.#parts.join("");
    this.#parts = [];
    this.#length = 0;
    return line.endsWith("\r") ? line.slice(0, -1) : line;
  }
}

export function tooLong(line: number, longest: number): HistoryError {
  const megabytes = Math.max(1, Math.floor(longest / 2 ** 20));
  return new HistoryError(
    `line ${line} is longer than ${megabytes} MB, more than fits into the memory there is.`,
    line,
  );
}
