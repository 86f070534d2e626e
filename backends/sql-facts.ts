/**
 * Which rows and columns a statement names: a reader for the plain statements that programs are made of, `SELECT … FROM
 * one table WHERE a = 1`, `UPDATE`, `INSERT`, `DELETE`. It is not an SQL parser. Anything beyond that (a join, a
 * subquery, WITH, a user-defined function) has no facts.
 */
import { changesNoTable, functionsIn } from "./sql-kind.ts";
import {
  conditionsOf,
  inParentheses,
  isSign,
  isWord,
  literalOf,
  nameOf,
  readTable,
  splitAt,
  splitAtCommas,
  type Table,
} from "./sql-parts.ts";
import type { Dialect, Token } from "./sql-tokens.ts";
import { type Fact, type FoundRow, rows_kept, type Value, valueOf } from "./step-facts.ts";

/** The answer to a statement, whether a driver or a door read it. */
export interface SqlReply {
  readonly rows?: readonly Readonly<Record<string, unknown>>[] | undefined;
  readonly row_count?: number | undefined;
  readonly changed?: number | undefined;
}

type ParameterOf = (place: string) => Value | undefined;

/** @param values of the parameters, in their order; undefined for a value without a plain text */
export function factsOfSql(
  statements: readonly (readonly Token[])[] | undefined,
  dialect: Dialect,
  values: readonly unknown[],
  reply: SqlReply,
): Fact[] | undefined {
  const [tokens, ...others] = statements ?? [];
  if (tokens === undefined || others.length > 0) return undefined;
  if (!functionsIn(tokens).every(changesNoTable)) return undefined;
  let next = 0;
  const parameterOf: ParameterOf = (text) => {
    const at = text === "?" ? next++ : Number(text.slice(1)) - 1;
    return at < values.length ? valueOf(values[at]) : undefined;
  };
  const known = tokens.map((token) =>
    token.kind === "place" ? filled(token, parameterOf) : token,
  );
  const [first] = known;
  if (isWord(first, "select")) return factsOfSelect(known, dialect, reply);
  if (isWord(first, "update")) return factsOfUpdate(known, dialect, reply);
  if (isWord(first, "delete")) return factsOfDelete(known, dialect, reply);
  if (isWord(first, "insert")) return factsOfInsert(known, dialect, reply);
  if (isWord(first, "do") && dialect === "mysql") return hasSubquery(tokens) ? undefined : [];
  return isWord(first, ...touches_no_rows) && !hasSubquery(tokens) ? [] : undefined;
}

const touches_no_rows = new Set(
  "begin start commit end rollback savepoint release set show".split(" "),
);

/** A parameter, replaced by its value; a value without a plain text cannot be compared. */
function filled(token: Token, parameterOf: ParameterOf): Token {
  const value = parameterOf(token.text);
  if (value === undefined) return { kind: "bits", text: token.text };
  return value === null ? { kind: "word", text: "null" } : { kind: "text", text: value };
}

const ends_of_select = [
  "where",
  "group",
  "having",
  "order",
  "limit",
  "offset",
  "fetch",
  "for",
  "lock",
];
const not_plain = [
  "join",
  "union",
  "intersect",
  "except",
  "distinct",
  "group",
  "having",
  "window",
  "into",
  "over",
];

function factsOfSelect(tokens: readonly Token[], dialect: Dialect, reply: SqlReply) {
  if (tokens.slice(1).some((token) => isWord(token, "select", ...not_plain))) return undefined;
  const parts = splitAt(tokens.slice(1), ["from", ...ends_of_select]);
  const from = parts.get("from");
  if (from === undefined) return [];
  const table = readTable(from);
  if (table === undefined) return undefined;
  const { where, isAll } = conditionsOf(parts.get("where"), table, dialect);
  const list = readList(parts.get("") ?? [], table);
  const narrowed = parts.has("limit") || parts.has("offset") || parts.has("fetch");
  const rows = reply.row_count ?? reply.rows?.length;
  const names = wordsIn(tokens, parts, table);
  const fact: Fact = {
    does: "find",
    table: table.name,
    where,
    isAll: isAll && !narrowed && !skipsLocked(parts.get("for")),
    ...(names ? { names } : {}),
    // A row of aggregates is not a row of the table.
    ...(rows === undefined || list.sums_up ? {} : { rows }),
    ...(reply.rows ? { found: reply.rows.slice(0, rows_kept).map((row) => list.read(row)) } : {}),
  };
  return [fact];
}

/** Every word in a SELECT; undefined if a star or the table itself stands for other columns. */
function wordsIn(
  tokens: readonly Token[],
  parts: ReadonlyMap<string, readonly Token[]>,
  table: Table,
): string[] | undefined {
  const own = [table.alias, table.name.split(".").at(-1)].map((name) => name?.toLowerCase());
  const besides = [...parts].filter(([word]) => word !== "from").flatMap(([, part]) => part);
  const is_row = ({ kind, text }: Token, i: number): boolean =>
    (kind === "word" || kind === "name") &&
    own.includes(text.toLowerCase()) &&
    !isSign(besides[i + 1], ".");
  if (besides.some((token, i) => isSign(token, "*") || is_row(token, i))) return undefined;
  const named = tokens.filter(({ kind }) => kind === "word" || kind === "name");
  return [...new Set(named.map(({ text }) => text.toLowerCase()))];
}

const skipsLocked = (lock: readonly Token[] | undefined): boolean =>
  lock?.some((token) => isWord(token, "skip")) === true;

function factsOfUpdate(tokens: readonly Token[], dialect: Dialect, reply: SqlReply) {
  const words = ["set", "from", "where", "returning", "order", "limit"];
  const parts = splitAt(tokens.slice(1), words);
  const table = readTable(parts.get("") ?? []);
  if (table === undefined || hasSubquery(tokens)) return undefined;
  const assigned = readAssignments(parts.get("set") ?? [], table, dialect);
  if (assigned === undefined) return undefined;
  const joined = parts.has("from");
  const { where, isAll } = joined
    ? { where: {}, isAll: false }
    : conditionsOf(parts.get("where"), table, dialect);
  const rows = reply.changed ?? reply.row_count;
  const returning = readList(parts.get("returning") ?? [], table);
  const [row] = rows === 1 ? (reply.rows ?? []) : [];
  const answered = Object.entries(row ? returning.read(row).columns : {});
  // Columns with an assigned literal are known anyway.
  const became = answered.filter(
    ([column]) => Object.hasOwn(assigned, column) && assigned[column] === undefined,
  );
  return [
    {
      does: "change",
      table: table.name,
      where,
      isAll: isAll && !parts.has("limit"),
      assigned,
      ...(became.length > 0 ? { became: Object.fromEntries(became) } : {}),
      ...(rows === undefined ? {} : { rows }),
    } satisfies Fact,
  ];
}

function factsOfDelete(tokens: readonly Token[], dialect: Dialect, reply: SqlReply) {
  const parts = splitAt(tokens.slice(1), ["from", "using", "where", "returning", "order", "limit"]);
  const table = readTable(parts.get("from") ?? []);
  if (table === undefined || hasSubquery(tokens) || parts.has("using")) return undefined;
  const { where, isAll } = conditionsOf(parts.get("where"), table, dialect);
  const rows = reply.changed ?? reply.row_count;
  const all = isAll && !parts.has("limit");
  return [
    {
      does: "delete",
      table: table.name,
      where,
      isAll: all,
      ...(rows === undefined ? {} : { rows }),
    } satisfies Fact,
  ];
}

/** What happens to an existing row is read from ON CONFLICT (a column) DO UPDATE; other forms are not read. */
function factsOfInsert(tokens: readonly Token[], dialect: Dialect, reply: SqlReply) {
  const parts = splitAt(tokens.slice(1), ["into", "values", "value", "on", "returning", "set"]);
  const into = parts.get("into") ?? [];
  const open = into.findIndex((token) => isSign(token, "("));
  const table = readTable(open < 0 ? into : into.slice(0, open));
  if (table === undefined || hasSubquery(tokens)) return undefined;
  const columns = open < 0 ? [] : inParentheses(into.slice(open)).map((one) => nameOf(one) ?? "");
  const row = inParentheses(parts.get("values") ?? []);
  const is_one = columns.length > 0 && columns.length === row.length && !columns.includes("");
  const assigned: Record<string, Value | undefined> = {};
  if (is_one) columns.forEach((column, i) => (assigned[column] = literalOf(row[i]!, dialect)));
  const rows = reply.changed ?? reply.row_count ?? reply.rows?.length;
  const counted = rows === undefined ? {} : { rows };
  const fact: Fact = {
    does: "insert",
    table: table.name,
    where: {},
    isAll: false,
    assigned,
    ...counted,
  };
  const on = parts.get("on");
  const sets = parts.get("set");
  if (on === undefined) return is_one || sets === undefined ? [fact] : undefined;
  if (on.some((token) => isWord(token, "nothing"))) return [fact];
  const keys = isWord(on[0], "conflict")
    ? inParentheses(on.slice(1)).map((key) => nameOf(key))
    : [];
  const updated = sets && readAssignments(sets, table, dialect, assigned);
  if (!is_one || keys.length === 0 || updated === undefined) return undefined;
  const where: Record<string, Value> = {};
  for (const key of keys) {
    const value = key === undefined ? undefined : assigned[key];
    if (key === undefined || value === undefined || value === null) return undefined;
    where[key] = value;
  }
  return [
    {
      ...fact,
      does: "change",
      where,
      isAll: true,
      assigned: inEitherCase(assigned, updated),
    } satisfies Fact,
  ];
}

/** The value of a column after an upsert, whether or not the row existed. */
function inEitherCase(
  inserted: Readonly<Record<string, Value | undefined>>,
  updated: Readonly<Record<string, Value | undefined>>,
): Record<string, Value | undefined> {
  const names = new Set([...Object.keys(inserted), ...Object.keys(updated)]);
  return Object.fromEntries(
    [...names].map((name) => {
      const value = Object.hasOwn(updated, name) ? updated[name] : undefined;
      return [name, Object.hasOwn(inserted, name) && inserted[name] === value ? value : undefined];
    }),
  );
}

const hasSubquery = (tokens: readonly Token[]): boolean =>
  tokens.some((token) => isWord(token, "select", "join"));

/**
 * Reads `a = 1, b = b + 1`; undefined if it is not a list of plain columns.
 * @param inserted what `excluded` stands for
 */
function readAssignments(
  tokens: readonly Token[],
  table: Table,
  dialect: Dialect,
  inserted: Readonly<Record<string, Value | undefined>> = {},
): Record<string, Value | undefined> | undefined {
  const assigned: Record<string, Value | undefined> = {};
  for (const part of splitAtCommas(tokens)) {
    const equals = part.findIndex((token) => isSign(token, "="));
    const column = nameOf(part.slice(0, Math.max(0, equals)), table);
    if (column === undefined) return undefined;
    const said = part.slice(equals + 1);
    const excluded = said.length > 1 ? nameOf(said, { name: "excluded" }) : undefined;
    assigned[column] = excluded === undefined ? literalOf(said, dialect) : inserted[excluded];
  }
  return assigned;
}

interface List {
  /** Whether it has a function that may make one row of many. */
  readonly sums_up: boolean;
  read(row: Readonly<Record<string, unknown>>): FoundRow;
}

/** What a SELECT list names: columns of the table, possibly with an alias, and computed values. */
function readList(tokens: readonly Token[], table: Table): List {
  let all = false;
  const columns = new Map<string, string>();
  for (const item of splitAtCommas(tokens)) {
    if (isSign(item.at(-1), "*") && (item.length === 1 || isSign(item.at(-2), "."))) all = true;
    const as = item.findIndex((token) => isWord(token, "as"));
    const column = nameOf(as < 0 ? item : item.slice(0, as), table);
    if (column !== undefined) columns.set(as < 0 ? column : (item[as + 1]?.text ?? ""), column);
  }
  const sums_up = tokens.some((token) => isSign(token, "("));
  const read = (row: Readonly<Record<string, unknown>>): FoundRow => {
    const found = { columns: {} as Record<string, Value>, computed: {} as Record<string, Value> };
    for (const [name, said] of Object.entries(row)) {
      const value = valueOf(said);
      const column =
        columns.get(name) ?? columns.get(name.toLowerCase()) ?? (all ? name : undefined);
      if (value === undefined) continue;
      if (column === undefined || sums_up) found.computed[name] = value;
      else found.columns[column] = value;
    }
    return found;
  };
  return { sums_up, read };
}
