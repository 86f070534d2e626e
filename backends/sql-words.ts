const longest_statement = 200;
const longest_reply = 80;

/** A statement, cut when it is long; for display only. */
export function shortened(statement: string): string {
  return cut(statement, longest_statement);
}

/** A value as one would write it in SQL, cut when it is long; for display only. */
export function literal(value: unknown): string {
  if (value === null || value === undefined) return "NULL";
  if (typeof value === "number" || typeof value === "bigint" || typeof value === "boolean") {
    return String(value);
  }
  if (value instanceof Date) return `'${value.toISOString()}'`;
  if (value instanceof Uint8Array) return `x'${cut(Buffer.from(value).toString("hex"), 32)}'`;
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "?");
  return `'${cut(text, 60).replaceAll("'", "''")}'`;
}

/** `0 rows`, `count_value = 5`, `3 rows`. */
export function rowsInWords(rows: readonly unknown[]): string {
  if (rows.length !== 1) return `${rows.length} rows`;
  const row = rows[0];
  const said = Array.isArray(row)
    ? row.map(literal)
    : Object.entries(row ?? {}).map(([column, value]) => `${column} = ${literal(value)}`);
  return cut(said.join(", "), longest_reply);
}

/** `0 rows changed`, `1 row changed`. */
export function changedInWords(rows: number): string {
  return rows === 1 ? "1 row changed" : `${rows} rows changed`;
}

function cut(text: string, longest: number): string {
  return text.length <= longest ? text : `${text.slice(0, longest - 1)}…`;
}
