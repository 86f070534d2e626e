import type { QueryResult } from "pg";
import type { Step } from "../backend.ts";
import { factsOfSql, type SqlReply } from "../sql-facts.ts";
import { readSql } from "../sql-text.ts";
import { changedInWords, literal, rowsInWords } from "../sql-words.ts";
import { rows_kept } from "../step-facts.ts";

const changing = new Set(["INSERT", "UPDATE", "DELETE", "MERGE"]);

/** A statement given to `pg` as a step: its text with the values in place of $1, $2, … */
export function stepOf(
  text: string,
  values: readonly unknown[] | undefined,
  connection: number,
): Step {
  const { words, effects, statements } = readSql(text, "postgres");
  const filled = values?.length
    ? words.replace(/\$(\d+)/g, (place, n) =>
        Number(n) <= values.length ? literal(values[Number(n) - 1]) : place,
      )
    : words;
  const facts = (reply: unknown) => {
    const told = toldBy(reply);
    return told && factsOfSql(statements, "postgres", values ?? [], told);
  };
  return { statement: filled, ...effects, keys: undefined, connection, facts, describe };
}

/** The reply to a single statement; undefined for several. */
function toldBy(reply: unknown): SqlReply | undefined {
  if (Array.isArray(reply) || reply === undefined) return undefined;
  const { command, fields, rows, rowCount } = reply as QueryResult;
  const first: unknown[] = rows.slice(0, rows_kept);
  const named = first.map((row) =>
    Array.isArray(row)
      ? Object.fromEntries(fields.map(({ name }, i) => [name, row[i] as unknown]))
      : (row as Record<string, unknown>),
  );
  return {
    ...(fields.length > 0 ? { rows: named, row_count: rows.length } : {}),
    ...(changing.has(command) ? { changed: rowCount ?? 0 } : {}),
  };
}

/** Several statements in one text have several results: describes the last one. */
function describe(reply: unknown): string {
  const result = (Array.isArray(reply) ? reply.at(-1) : reply) as QueryResult | undefined;
  if (result === undefined || result.command === null) return "OK";
  const names = result.fields.map(({ name }) => name);
  if (names.length > 0) return rowsInWords(result.rows, names);
  if (changing.has(result.command)) return changedInWords(result.rowCount ?? 0);
  // COMMIT of a failed transaction answers ROLLBACK: worth showing.
  return result.command === "ROLLBACK" ? "ROLLBACK" : "OK";
}
