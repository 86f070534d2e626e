import type { Step } from "./backend.ts";
import { kindOf } from "./sql-kind.ts";

export interface SqlText {
  readonly kind: Step["kind"];
  /** On one line. */
  readonly words: string;
}

const known_at_most = 1_000;
const known = new Map<string, SqlText>();

/** What a statement's text says; programs send the same few texts over and over. */
export function readSql(sql: string): SqlText {
  const before = known.get(sql);
  if (before !== undefined) return before;
  const text = { kind: kindOf(sql), words: sql.replace(/\s+/g, " ").trim() };
  if (known.size >= known_at_most) known.clear();
  known.set(sql, text);
  return text;
}
