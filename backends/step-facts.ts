/**
 * What a step did to data, told as data: which table, which rows, which columns, which values. Sentences are made of
 * these facts and of nothing else. What a backend cannot tell for certain it leaves out: a step without facts may
 * have done anything that its kind allows.
 */

/** As text, so that 5 and '5' are the same; null = NULL, nil, not there. What is no plain text has no value here. */
export type Value = string | null;

/** By column, attribute or field; `""` = the value of a key or node itself. */
export type Values = Readonly<Record<string, Value>>;

/** What one statement did in one table, or to one key. */
export interface Fact {
  /** `change` may also have made the row, where it says what becomes of it in either case. */
  readonly does: "find" | "insert" | "change" | "delete";
  /** As the statement writes it, in whatever letters; absent where keys have no tables. */
  readonly table?: string;
  /** Only rows in which these columns have these values. */
  readonly where: Values;
  /** All of those rows: nothing else narrows the choice. */
  readonly isAll: boolean;
  /** How many rows it found or changed; absent when nobody counts. */
  readonly rows?: number;
  /** What it found, as far as there is room: columns of the table, and what was computed. */
  readonly found?: readonly FoundRow[];
  /** What it assigned; undefined = what the server computed. Absent = perhaps everything. */
  readonly assigned?: Readonly<Record<string, Value | undefined>>;
  /** What the server computed for these, where it answered that. */
  readonly became?: Values;
}

/** A row, or what was computed of rows, as it was answered. */
export interface FoundRow {
  readonly columns: Values;
  readonly computed: Values;
}

/** Rows that are kept; all are counted. */
export const rows_kept = 5;

/** @returns undefined for what has no plain text: bytes, times, documents */
export function valueOf(value: unknown): Value | undefined {
  if (value === null || value === undefined) return null;
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "bigint" || typeof value === "boolean")
    return String(value);
  return undefined;
}

/** The facts with all their values said by `say`. */
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
