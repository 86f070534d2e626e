import { effectsOf, type SqlEffects } from "./sql-kind.ts";
import { type Dialect, withBlockComments } from "./sql-tokens.ts";

export interface SqlText extends SqlEffects {
  /** On one line. */
  readonly words: string;
}

export const onOneLine = (sql: string): string => sql.replace(/\s+/g, " ").trim();

const known_at_most = 1_000;

/** What is read from a statement's text, remembered: programs send the same few texts over and over. */
export function remembered<Read>(read: (sql: string) => Read): (sql: string) => Read {
  const known = new Map<string, Read>();
  return (sql) => {
    const before = known.get(sql);
    if (before !== undefined) return before;
    const now = read(sql);
    if (known.size >= known_at_most) known.clear();
    known.set(sql, now);
    return now;
  };
}

const readerOf = (dialect: Dialect): ((sql: string) => SqlText) =>
  remembered((sql) => ({
    ...effectsOf(sql, dialect),
    words: onOneLine(/--|#/.test(sql) ? withBlockComments(sql, dialect) : sql),
  }));

const readers: Readonly<Record<Dialect, (sql: string) => SqlText>> = {
  postgres: readerOf("postgres"),
  mysql: readerOf("mysql"),
};

/** What a statement's text says. */
export const readSql = (sql: string, dialect: Dialect): SqlText => readers[dialect](sql);
