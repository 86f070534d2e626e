import type { QueryResult } from "pg";
import type { Step } from "../backend.ts";
import { readSql } from "../sql-text.ts";
import { changedInWords, literal, rowsInWords } from "../sql-words.ts";

const changing = new Set(["INSERT", "UPDATE", "DELETE", "MERGE"]);

/** A statement given to `pg` as a step: its text with the values in place of $1, $2, … */
export function stepOf(
  text: string,
  values: readonly unknown[] | undefined,
  connection: number,
): Step {
  const { words, effects } = readSql(text, "postgres");
  const filled = values?.length
    ? words.replace(/\$(\d+)/g, (place, n) =>
        Number(n) <= values.length ? literal(values[Number(n) - 1]) : place,
      )
    : words;
  return { statement: filled, ...effects, keys: undefined, connection, describe };
}

/** Several results come from several statements in one text: the last one is told. */
function describe(reply: unknown): string {
  const result = (Array.isArray(reply) ? reply.at(-1) : reply) as QueryResult | undefined;
  if (result === undefined || result.command === null) return "OK";
  const names = result.fields.map(({ name }) => name);
  if (names.length > 0) return rowsInWords(result.rows, names);
  if (changing.has(result.command)) return changedInWords(result.rowCount ?? 0);
  // COMMIT of a transaction that failed answers ROLLBACK: worth seeing.
  return result.command === "ROLLBACK" ? "ROLLBACK" : "OK";
}
