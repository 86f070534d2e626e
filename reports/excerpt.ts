/** Lines of a file, as data: for the terminal and for the page, whose scripts have no files. */
export interface Excerpt {
  /** The number of the first of them, from 1. */
  readonly first: number;
  readonly lines: readonly string[];
}
