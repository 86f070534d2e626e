/**
 * A write of SQL that takes effect only if the row that its operation has read is still the same, as if its WHERE had
 * `AND column = value that was read`. The statement itself stays as it is, because it may be prepared already: right
 * before it, in its transaction and its step, the door asks for the row with what was read, and locks it. If it is not
 * there any more, the client gets an error that says so.
 */
import type { Dialect } from "./sql-tokens.ts";
import type { Fact, Value, Values } from "./step-facts.ts";
import type { ComparingRows, Reply, Request } from "./wire.ts";

/** A row that an operation has read, as far as it is known. */
interface SeenRow {
  readonly table: string;
  readonly columns: Values;
}

/** "Could not serialize access", "record has changed since last read". */
const refusals: Readonly<Record<Dialect, string>> = { postgres: "40001", mysql: "1020" };

export class ComparedRows implements ComparingRows {
  obstacle: string | undefined;
  readonly refusal: string;
  readonly #dialect: Dialect;
  readonly #seen = new SeenRows();

  constructor(dialect: Dialect) {
    this.#dialect = dialect;
    this.refusal = refusals[dialect];
  }

  check({ statement, facts }: Request): string | undefined {
    const [fact, ...others] = facts?.({} satisfies Reply) ?? [];
    if (fact === undefined || others.length > 0) return undefined;
    const row = this.#seen.takeFor(fact);
    const place = row && placeIn(statement);
    if (!place) return undefined;
    const is = ([column, value]: readonly [string, Value]): string => this.#isSame(column, value);
    // PostgreSQL locks no more than an UPDATE does, so that foreign keys do not wait for it.
    const strength = this.#dialect === "postgres" && fact.does === "change" ? "NO KEY " : "";
    const conditions = Object.entries({ ...row, ...fact.where }).map(is);
    return `SELECT 1 FROM ${place} WHERE ${conditions.join(" AND ")} FOR ${strength}UPDATE`;
  }

  replied({ facts }: Request, reply: Reply): void {
    for (const fact of facts?.(reply) ?? []) this.#seen.read(fact);
  }

  #isSame(column: string, value: Value): string {
    const sign = this.#dialect === "postgres" ? '"' : "`";
    const name = sign + column.replaceAll(sign, sign + sign) + sign;
    if (value === null) return `${name} IS NULL`;
    const text = value.replaceAll("'", "''");
    if (this.#dialect === "postgres") return `${name} = '${text}'`;
    const quoted = `'${text.replaceAll("\\", "\\\\")}'`;
    const is_same = `${name} = ${quoted}`;
    // A document is never equal to its text.
    return isDocument(value) ? `(${is_same} OR ${name} = JSON_EXTRACT(${quoted}, '$'))` : is_same;
  }
}

function isDocument(text: string): boolean {
  if (!/^[[{]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** The rows that one operation has read, and not written since. */
export class SeenRows {
  #rows: SeenRow[] = [];

  read(fact: Fact): void {
    const { does, table, where, found = [], rows } = fact;
    // A row of aggregates is not a row of the table: then it is not known how many there were.
    if (does !== "find" || table === undefined || rows === undefined) return;
    const seen = found.map(
      (row): SeenRow => ({
        table: table.toLowerCase(),
        columns: { ...where, ...row.columns },
      }),
    );
    this.#rows.unshift(...seen);
  }

  /**
   * Forgets the row that is written now.
   * @returns what was read of it; undefined if nothing was, or if it is not certain that it is that row
   */
  takeFor({ does, table, where, isAll }: Fact): Values | undefined {
    if (does === "find" || does === "insert") return undefined;
    const is_named = Object.keys(where).length > 0 || isAll;
    const isWritten = (seen: SeenRow): boolean =>
      seen.table === table?.toLowerCase() &&
      Object.entries(where).every(([column, value]) => seen.columns[column] === value);
    const written = this.#rows.filter(isWritten);
    this.#rows = this.#rows.filter((seen) => !isWritten(seen));
    const [first] = written;
    const is_one = written.every(({ columns }) => isSameRow(columns, first!.columns));
    return is_named && is_one ? first?.columns : undefined;
  }
}

/** What was read of it twice was the same. */
const isSameRow = (one: Values, other: Values): boolean =>
  Object.entries(one).every(
    ([column, value]) => !Object.hasOwn(other, column) || other[column] === value,
  );

/** `account`, `"Account" a`: what stands between UPDATE and SET, or between FROM and WHERE. */
const placeIn = (statement: string): string | undefined =>
  /^update\s+(?:only\s+)?(.+?)\s+set\b/is.exec(statement)?.[1] ??
  /^delete\s+from\s+(?:only\s+)?(.+?)(?:\s+where\b|\s+returning\b|;?\s*$)/is.exec(statement)?.[1];
