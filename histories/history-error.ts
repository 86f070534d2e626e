/** A history that cannot be written or read: one sentence for people, with the place where it is wrong. */
export class HistoryError extends Error {
  override readonly name = "HistoryError";
  readonly line: number | undefined;
  readonly column: number | undefined;

  constructor(sentence: string, line?: number, column?: number) {
    super(sentence);
    this.line = line;
    this.column = column;
  }
}

/** The sentence for a file that the system would not open, read or write. */
export function fileTrouble(doing: string, path: string, error: unknown): HistoryError {
  const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
  const why: Record<string, string> = {
    ENOENT: "it is not there",
    ENOTDIR: "a part of its path is not a folder",
    EISDIR: "it is a folder",
    EACCES: "permission denied",
    EPERM: "permission denied",
    EROFS: "the place is read-only",
    ENOSPC: "the disk is full",
    EDQUOT: "the disk quota is used up",
  };
  return new HistoryError(`Cannot ${doing} ${path}: ${why[code] ?? code}.`);
}
