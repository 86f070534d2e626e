/** Runs statements as people write them: a schema, a set-up, a check. They do not pass a gate. */
export interface Speaker extends AsyncDisposable {
  /** Runs one or several statements. @throws the server's error */
  say(text: string): Promise<void>;
  /** The rows of the last statement's answer, each as its values in the order of the columns. */
  ask(text: string): Promise<readonly (readonly unknown[])[]>;
  /** What a table or a key contains, for people; by its name in `Contents`: `table account`, `key a`. */
  show(what: string): Promise<string>;
}

const rows_shown_max = 10;

/** `(1, 0), (2, 5)`, sorted as texts. */
export function rowsInWords(rows: readonly (readonly unknown[])[]): string {
  if (rows.length === 0) return "no row";
  const texts = rows.map((row) => `(${row.map(valueInWords).join(", ")})`).toSorted();
  const more = texts.length - rows_shown_max;
  const shown = texts.slice(0, rows_shown_max).join(", ");
  return more > 0 ? `${shown} and ${more} rows more` : shown;
}

export function valueInWords(value: unknown): string {
  if (value === null || value === undefined) return "NULL";
  if (value instanceof Date) return value.toISOString();
  const is_plain = typeof value === "string" || typeof value === "bigint";
  return is_plain ? `${value}` : JSON.stringify(value);
}
