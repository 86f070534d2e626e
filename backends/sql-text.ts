import { effectsOf, type SqlEffects } from "./sql-kind.ts";
import type { Dialect } from "./sql-tokens.ts";

export interface SqlText extends SqlEffects {
  /** On one line. */
  readonly words: string;
}

const known_at_most = 1_000;
const known: Readonly<Record<Dialect, Map<string, SqlText>>> = {
  postgres: new Map(),
  mysql: new Map(),
};

/** What a statement's text says; cached, because programs send the same few texts over and over. */
export function readSql(sql: string, dialect: Dialect): SqlText {
  const before = known[dialect].get(sql);
  if (before !== undefined) return before;
  const text = { ...effectsOf(sql, dialect), words: sql.replace(/\s+/g, " ").trim() };
  if (known[dialect].size >= known_at_most) known[dialect].clear();
  known[dialect].set(sql, text);
  return text;
}
