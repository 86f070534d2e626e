import type { Step } from "../backend.ts";
import { factsOfSql, type SqlReply } from "../sql-facts.ts";
import { readSql } from "../sql-text.ts";
import { changedInWords, rowsInWords } from "../sql-words.ts";
import { rows_kept } from "../step-facts.ts";

/** A step, and whether it changes autocommit for the statements after it. */
export interface MysqlStep extends Step {
  readonly sets_autocommit: boolean;
}

/** A statement given to mysql2 as a step. @param sql with its values put in. */
export function stepOf(sql: string): MysqlStep {
  const { words, effects, sets_autocommit, statements } = readSql(sql, "mysql");
  const quiet = ["begin", "commit", "rollback", "other"].includes(effects.kind);
  return {
    ...effects,
    statement: words,
    keys: undefined,
    sets_autocommit,
    facts: (reply) => factsOfSql(statements, "mysql", [], toldBy(reply)),
    describe: quiet ? () => "OK" : describe,
  };
}

function toldBy(reply: unknown): SqlReply {
  const { result, fields } = (reply ?? {}) as Partial<Answer>;
  if (!Array.isArray(result)) return { changed: headerOf(result)?.affectedRows };
  const names = namesOf(fields);
  const first: unknown[] = result.slice(0, rows_kept);
  const rows = first.map((row) =>
    Array.isArray(row)
      ? Object.fromEntries(names.map((name, i) => [name, row[i] as unknown]))
      : (row as Record<string, unknown>),
  );
  return { rows, row_count: result.length };
}

/** A request of the protocol that is not a statement. */
export function requestOf(statement: string, kind: Step["kind"]): MysqlStep {
  const leavesBehind = kind === "other";
  return {
    statement,
    kind,
    keys: undefined,
    leavesBehind,
    sets_autocommit: false,
    describe: () => "OK",
  };
}

/** The driver's answer: rows (or what changed), and their columns. */
export interface Answer {
  readonly result: unknown;
  readonly fields: unknown;
}

/** Several statements have several results: describes the last one. */
function describe(reply: unknown): string {
  const { result, fields } = (reply ?? {}) as Partial<Answer>;
  if (!Array.isArray(result)) return changed(result) ?? "OK";
  return changed(result.at(-1)) ?? rowsInWords(result, namesOf(fields));
}

function namesOf(fields: unknown): string[] {
  return Array.isArray(fields)
    ? fields.map((field) => String((Object(field) as { name?: unknown }).name))
    : [];
}

function changed(reply: unknown): string | undefined {
  const header = headerOf(reply);
  return header && changedInWords(header.affectedRows);
}

function headerOf(reply: unknown): { readonly affectedRows: number } | undefined {
  const { affectedRows, serverStatus } = Object(reply) as Record<string, unknown>;
  const is_header = typeof affectedRows === "number" && serverStatus !== undefined;
  return is_header ? { affectedRows } : undefined;
}
