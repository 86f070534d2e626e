/**
 * How the text of a statement is changed where a repair is tried: a SELECT gets FOR UPDATE, a transaction another
 * isolation level. A statement that cannot be changed for certain stays as it is.
 */
import type { Isolation } from "./backend.ts";
import { functionsIn } from "./sql-kind.ts";
import { isWord, readTable, splitAt } from "./sql-parts.ts";
import { type Dialect, statementsOf, type Token } from "./sql-tokens.ts";

/** Changes the text of a statement. */
export type Reword = (sql: string) => string;

/** Which SELECTs get a lock: those from these tables (in lower case), or all. */
export type LockedTables = readonly string[] | "all";

/** From the weakest to the strongest. */
export const isolation_levels: readonly Isolation[] = [
  "READ UNCOMMITTED",
  "READ COMMITTED",
  "REPEATABLE READ",
  "SERIALIZABLE",
];

const names_a_level =
  /\bisolation\s+level\s+(read\s+uncommitted|read\s+committed|repeatable\s+read|serializable)\b/i;

/** The level that a statement names: `BEGIN ISOLATION LEVEL …`, `SET TRANSACTION ISOLATION LEVEL …`. */
export function levelNamedIn(sql: string): Isolation | undefined {
  const [, named] = names_a_level.exec(sql) ?? [];
  const plain = named?.replace(/\s+/g, " ").toUpperCase();
  return isolation_levels.find((level) => level === plain);
}

/** If the statement names a weaker level, it names this one instead. */
export function withLevel(sql: string, level: Isolation): string {
  const named = levelNamedIn(sql);
  if (named === undefined || isolation_levels.indexOf(named) >= isolation_levels.indexOf(level))
    return sql;
  return atLevel(sql, level);
}

/** If the statement sets a level, it sets this one instead. */
export function atLevel(sql: string, level: Isolation): string {
  if (!/^\s*(begin|start|set)\b/i.test(sql)) return sql;
  return sql.replace(names_a_level, `ISOLATION LEVEL ${level}`);
}

/** A SELECT from one of the tables also locks the rows that it finds. */
export function withLock(sql: string, dialect: Dialect, tables: LockedTables): string {
  const [tokens, ...others] = statementsOf(sql, dialect) ?? [];
  if (tokens === undefined || others.length > 0 || !canLock(tokens, dialect)) return sql;
  const table = lockableTable(tokens);
  if (table === undefined || (tables !== "all" && !tables.includes(table))) return sql;
  // On a line of its own, because a comment may be at the end.
  return `${sql.replace(/[\s;]+$/, "")}\nFOR UPDATE`;
}

/** The one table that a plain SELECT reads and could lock, in lower case. */
export function tableToLock(sql: string, dialect: Dialect): string | undefined {
  const [tokens, ...others] = statementsOf(sql, dialect) ?? [];
  const is_one = tokens !== undefined && others.length === 0;
  return is_one && canLock(tokens, dialect) ? lockableTable(tokens) : undefined;
}

function lockableTable(tokens: readonly Token[]): string | undefined {
  const from = splitAt(tokens.slice(1), ["from", ...ends_of_from]).get("from");
  return from && readTable(from)?.name.toLowerCase();
}

const ends_of_from = ["where", "order", "limit", "offset", "fetch"];
/** With one of these a SELECT locks already, or no row of its answer is a row of the table. */
const no_rows_to_lock =
  "union intersect except distinct group having window over into for lock select join".split(" ");
const aggregates = new Set(
  `array_agg avg bool_and bool_or count every group_concat json_agg json_arrayagg json_object_agg jsonb_agg
   jsonb_object_agg max min stddev string_agg sum variance`.split(/\s+/),
);

/** PostgreSQL refuses a lock on rows that are summed up; MySQL locks the rows behind the sum. */
function canLock(tokens: readonly Token[], dialect: Dialect): boolean {
  const [first, ...rest] = tokens;
  if (!isWord(first, "select") || rest.some((token) => isWord(token, ...no_rows_to_lock)))
    return false;
  return dialect === "mysql" || !functionsIn(tokens).some((name) => aggregates.has(name));
}
