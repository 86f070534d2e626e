/**
 * What a step did, as data: which table, which rows, which columns, which values. Sentences are made from these facts
 * and from nothing else. A backend leaves out what is not certain: a step without facts may have done anything that
 * its kind allows.
 */

/**
 * As text, so that 5 and '5' are the same; null = NULL, nil, not there. Anything without a plain text has no value
 * here.
 */
export type Value = string | null;

/** By column, attribute or field; `""` = the value of a key or node itself. */
export type Values = Readonly<Record<string, Value>>;

/** What one statement did in one table, or to one key. */
export interface Fact {
  /** `change` may also have inserted the row, if the result is the same in either case (an upsert). */
  readonly does: "find" | "insert" | "change" | "delete";
  /** As written in the statement, upper or lower case; absent for keys that have no table. */
  readonly table?: string;
  /** Only rows in which these columns have these values. */
  readonly where: Values;
  /** It is about all of those rows: no other condition narrows the choice. */
  readonly isAll: boolean;
  /** How many rows it found or changed; absent when that is not known. */
  readonly rows?: number;
  /** Of a find: every word in it, in lower case. It says nothing of other columns. Absent = perhaps of every one. */
  readonly names?: readonly string[];
  /** The first rows that it found: columns of the table, and computed values. */
  readonly found?: readonly FoundRow[];
  /** What it assigned; undefined = what the server computed. Absent = perhaps everything. */
  readonly assigned?: Readonly<Record<string, Value | undefined>>;
  /** The values that the server computed for these columns, if it answered them. */
  readonly became?: Values;
}

/** A row of an answer, or values computed from rows. */
export interface FoundRow {
  readonly columns: Values;
  readonly computed: Values;
}

/** How many rows are kept; all are counted. */
export const rows_kept = 5;

/** @returns undefined for a value without a plain text: bytes, times, documents */
export function valueOf(value: unknown): Value | undefined {
  if (value === null || value === undefined) return null;
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "bigint" || typeof value === "boolean")
    return String(value);
  return undefined;
}

/** The facts with all their values replaced by `say`. */
export function renamed(facts: readonly Fact[], say: (text: string) => string): Fact[] {
  const all = <T extends Value | undefined>(values: Readonly<Record<string, T>>) =>
    Object.fromEntries(
      Object.entries(values).map(([name, value]) => [
        name,
        typeof value === "string" ? say(value) : value,
      ]),
    ) as Readonly<Record<string, T>>;
  return facts.map(({ where, found, assigned, became, ...fact }) => ({
    ...fact,
    where: all(where),
    ...(found
      ? { found: found.map((row) => ({ columns: all(row.columns), computed: all(row.computed) })) }
      : {}),
    ...(assigned ? { assigned: all(assigned) } : {}),
    ...(became ? { became: all(became) } : {}),
  }));
}
