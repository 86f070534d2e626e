/** Which row a fact is about, and whether two facts are about the same row; only when that is certain. */
import type { Fact, FoundRow, Value, Values } from "../backends/step-facts.ts";

/** One row, as one step knew it. */
export interface Row {
  readonly table: string | undefined;
  readonly known: Values;
}

/** A row that was found. */
export const foundRow = ({ table, where }: Fact, { columns }: FoundRow): Row => ({
  table,
  known: { ...columns, ...where },
});

/** The row that was written, if it was exactly one. */
export const writtenRow = ({ does, table, where, rows }: Fact): Row | undefined =>
  does === "change" && rows === 1 ? { table, known: where } : undefined;

/**
 * Whether two steps meant the same row: both knew values that identify one row. Values identify a row if some step of
 * the trace asked for exactly these values and found one row, and if no step gives them to another row or changes them.
 *
 * @param all every fact of the trace
 * @returns the values that identify the row
 */
export function sameRow(one: Row, other: Row, all: readonly Fact[]): Values | undefined {
  if (!isSameTable(one.table, other.table)) return undefined;
  const identities = all
    .filter(({ does, table, isAll, rows }) => {
      const is_one = isAll && rows === 1 && (does === "find" || does === "change");
      return is_one && isSameTable(table, one.table);
    })
    .map(({ where }) => where)
    .sort((a, b) => Object.keys(a).length - Object.keys(b).length);
  return identities.find(
    (where) =>
      includes(one.known, where) && includes(other.known, where) && isSteady(where, one.table, all),
  );
}

/**
 * Whether a step asked for this row, with no further condition, and did not find it.
 * @param all every fact of the trace
 * @returns the values that identify the row
 */
export function missingRow(fact: Fact, row: Row, all: readonly Fact[]): Values | undefined {
  const { does, table, where, isAll, rows } = fact;
  if (does !== "find" || !isAll || rows !== 0) return undefined;
  const identity = sameRow({ table, known: where }, row, all);
  const is_narrower = Object.keys(where).length > Object.keys(identity ?? {}).length;
  return is_narrower ? undefined : identity;
}

/** Ignores upper and lower case: tables that differ only in that are rare, even where the server distinguishes them. */
export const isSameTable = (one: string | undefined, other: string | undefined): boolean =>
  one?.toLowerCase() === other?.toLowerCase();

const includes = (known: Values, some: Values): boolean =>
  Object.entries(some).every(
    ([column, value]) => Object.hasOwn(known, column) && isSame(known[column], value),
  );

/**
 * Whether the identifying values cannot change. Keys never do; those of a table's row may be changed by a
 * statement.
 */
function isSteady(identity: Values, table: string | undefined, all: readonly Fact[]): boolean {
  if (table === undefined) return true;
  return all.every((fact) => {
    if (!isSameTable(fact.table, table) || fact.does === "find") return true;
    if (fact.does === "delete") return isOther(fact.where, identity);
    const assigned = fact.assigned ?? {};
    if (fact.does === "insert") return isOther(assigned, identity);
    // Assigning the identifying value, or the value that the row already has, changes nothing.
    return Object.entries(identity).every(
      ([column, value]) =>
        !Object.hasOwn(assigned, column) ||
        isSame(assigned[column], value) ||
        isSame(assigned[column], fact.where[column]),
    );
  });
}

/** Whether a statement may have written this column of this row. */
export function mayWrite(
  fact: Fact,
  table: string | undefined,
  row: Values,
  column: string,
): boolean {
  if (fact.does === "find" || fact.rows === 0 || !isSameTable(fact.table, table)) return false;
  // A new row is not one of the existing ones.
  if (fact.does === "insert" && table !== undefined) return false;
  if (fact.does === "change" && fact.assigned && !Object.hasOwn(fact.assigned, column))
    return false;
  return !isOther(fact.where, row);
}

/** Whether a statement may have shown this row, or this column of it. */
export function mayShow(
  { table, where, names }: Fact,
  of: string | undefined,
  row: Values,
  column?: string,
): boolean {
  if (!isSameTable(table, of) || isOther(where, row)) return false;
  return column === undefined || names === undefined || names.includes(column.toLowerCase());
}

/** Whether it is certainly another row: they differ in a column that both name. */
function isOther(some: Readonly<Record<string, Value | undefined>>, row: Values): boolean {
  return Object.entries(some).some(
    ([column, value]) => Object.hasOwn(row, column) && isDifferent(value, row[column]),
  );
}

/** Certainly the same value: as text, or as a number. */
export function isSame(a: Value | undefined, b: Value | undefined): boolean {
  if (a === undefined || b === undefined) return false;
  return a === b || (isNumber(a) && isNumber(b) && Number(a) === Number(b));
}

/** Certainly different values, not just written differently, as times and documents may be. */
export function isDifferent(a: Value | undefined, b: Value | undefined): boolean {
  if (a === undefined || b === undefined || isSame(a, b)) return false;
  if (a === null || b === null || (isNumber(a) && isNumber(b))) return true;
  if (!plain_word.test(a) || !plain_word.test(b)) return false;
  return a.trim().toLowerCase() !== b.trim().toLowerCase();
}

const isNumber = (value: Value): value is string =>
  value !== null && /^-?\d+(\.\d+)?$/.test(value) && Number.isFinite(Number(value));
/** Neither a time nor a document, which may be written in several ways. */
const plain_word = /^(?!\d{4}-\d\d|\d\d:\d\d)[^{}[\]"'()\\\n\t]*$/u;
