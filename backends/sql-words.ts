import { shortened } from "../histories/shortened.ts";

const longest_reply = 80;
const longest_value = 60;

/** A value as it is written in SQL, shortened when it is long; for display only. */
export function literal(value: unknown): string {
  if (value === null || value === undefined) return "NULL";
  if (typeof value === "number" || typeof value === "bigint" || typeof value === "boolean") {
    return String(value);
  }
  if (value instanceof Date) return `'${value.toISOString()}'`;
  if (value instanceof Uint8Array) return `x'${shortened(Buffer.from(value).toString("hex"), 32)}'`;
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "?");
  return `'${shortened(text, longest_value).replaceAll("'", "''")}'`;
}

/**
 * `0 rows`, `count_value = 5`, `3 rows`.
 * @param columns names of the columns, if rows are arrays
 */
export function rowsInWords(rows: readonly unknown[], columns: readonly string[]): string {
  if (rows.length !== 1) return `${rows.length} rows`;
  const row = rows[0];
  const said = Array.isArray(row)
    ? row.map((value, i) => `${columns[i] ?? `column ${i + 1}`} = ${literal(value)}`)
    : Object.entries(row ?? {}).map(([column, value]) => `${column} = ${literal(value)}`);
  return shortened(said.join(", "), longest_reply);
}

/** `0 rows changed`, `1 row changed`. */
export function changedInWords(rows: number): string {
  return rows === 1 ? "1 row changed" : `${rows} rows changed`;
}
