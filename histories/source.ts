/** A place in the source of a program; lines and columns are counted from 1. */
export interface Source {
  /** The absolute path. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
}
