/** Which row a fact is about, and whether two facts are about the same one: only where that is certain. */
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

/** The row that was written, where it was one. */
export const writtenRow = ({ does, table, where, rows }: Fact): Row | undefined =>
  does === "change" && rows === 1 ? { table, known: where } : undefined;

/**
 * Whether two steps meant the same row: both knew what stands for one row alone, as some step of the trace shows
 * that asked for just that and met one row. It holds as long as nobody gives or takes these values away.
 *
 * @param all every fact of the trace
 * @returns what stands for the row
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
 * Whether a step asked for this row, and for nothing narrower, and there was none.
 * @param all every fact of the trace
 * @returns what stands for the row
 */
export function missingRow(fact: Fact, row: Row, all: readonly Fact[]): Values | undefined {
  const { does, table, where, isAll, rows } = fact;
  if (does !== "find" || !isAll || rows !== 0) return undefined;
  const identity = sameRow({ table, known: where }, row, all);
  const is_narrower = Object.keys(where).length > Object.keys(identity ?? {}).length;
  return is_narrower ? undefined : identity;
}

/** Servers that tell letters apart rarely have two tables that differ in nothing else. */
export const isSameTable = (one: string | undefined, other: string | undefined): boolean =>
  one?.toLowerCase() === other?.toLowerCase();

const includes = (known: Values, some: Values): boolean =>
  Object.entries(some).every(
    ([column, value]) => Object.hasOwn(known, column) && isSame(known[column], value),
  );

/** Keys are what they are; of a table's row some other statement might change what stands for it. */
function isSteady(identity: Values, table: string | undefined, all: readonly Fact[]): boolean {
  if (table === undefined) return true;
  return all.every((fact) => {
    if (!isSameTable(fact.table, table) || fact.does === "find") return true;
    if (fact.does === "delete") return isOther(fact.where, identity);
    const assigned = fact.assigned ?? {};
    if (fact.does === "insert") return isOther(assigned, identity);
    // What it assigns to its own row as it was takes nothing away.
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
  // A row that is new is none of those that were there.
  if (fact.does === "insert" && table !== undefined) return false;
  if (fact.does === "change" && fact.assigned && !Object.hasOwn(fact.assigned, column))
    return false;
  return !isOther(fact.where, row);
}

/** Whether a statement may have shown this row. */
export const mayShow = (fact: Fact, table: string | undefined, row: Values): boolean =>
  isSameTable(fact.table, table) && !isOther(fact.where, row);

/** Of rows that differ in one of the columns that both name, none is in both. */
function isOther(some: Readonly<Record<string, Value | undefined>>, row: Values): boolean {
  return Object.entries(some).some(
    ([column, value]) => Object.hasOwn(row, column) && isDifferent(value, row[column]),
  );
}

/** Certainly the same: as it stands, or as a number. */
export function isSame(a: Value | undefined, b: Value | undefined): boolean {
  if (a === undefined || b === undefined) return false;
  return a === b || (isNumber(a) && isNumber(b) && Number(a) === Number(b));
}

/** Certainly not the same: not only written in another way, as times and documents may be. */
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
