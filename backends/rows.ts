/**
 * A whole row, item or key: its values by column, attribute or part. They are texts, null, lists or maps; numbers are
 * texts.
 */
export type Row = Readonly<Record<string, unknown>>;

/** All that one table holds. */
export interface TableRows {
  readonly rows: readonly Row[];
  /**
   * Columns whose values come from a sequence, with the name of that sequence: columns that refer to one another by a
   * foreign key have the same one.
   */
  readonly sequences: Readonly<Record<string, string>>;
}

/** Everything that a database holds, by the names of its tables; the keys of Redis are one table, `keys`. */
export type AllRows = ReadonlyMap<string, TableRows>;

/** Whether this table stands for the keys of a Redis, or the nodes of a ZooKeeper; with several databases, its name is before it. */
export const isKeys = (table: string): boolean => /(^|\.)(keys|nodes)$/.test(table);

/** What the clients of a program keep in memory, as if it were a table with a row for each. */
export const in_memory = "in memory";

/** Reading more than this after every schedule would cost more than the schedules. */
export const rows_max = 2_000;

/** There is too much to read it after every schedule. */
export class TooManyRows extends Error {
  readonly table: string;

  constructor(table: string) {
    super(`${table} has more than ${rows_max} rows`);
    this.table = table;
  }
}

/** A list whose order counts, by its positions; in an array the order does not count. */
export const inThisOrder = (list: readonly unknown[]): Row => Object.fromEntries(list.entries());

/** @throws TooManyRows */
export function mustBeFew(table: string, count: number): void {
  if (count > rows_max) throw new TooManyRows(table);
}
