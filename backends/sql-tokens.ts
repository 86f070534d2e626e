/**
 * The tokens of an SQL statement. Comments are left out, and what is in quotes is distinguished from what is not: so a
 * string is not mistaken for a keyword, nor a semicolon in a comment for the end of a statement.
 *
 * Lexical rules: https://www.postgresql.org/docs/current/sql-syntax-lexical.html and
 * https://dev.mysql.com/doc/refman/en/language-structure.html, with the servers' default settings: a backslash is a
 * plain character in PostgreSQL and an escape in MySQL; in MySQL, double quotes enclose a string.
 */
export type Dialect = "postgres" | "mysql";

export interface Token {
  /**
   * `word`: a keyword or a name without quotes. `name`: a name with quotes. `text`: a string. `place`: a parameter.
   * `bits`: x'…', b'…' and other strings that are not what they look like. `variable`: `@v`, `@@v`.
   */
  readonly kind: "word" | "name" | "text" | "number" | "place" | "bits" | "variable" | "sign";
  /** Words in lower case; names and texts without their quotes; others as they are. */
  readonly text: string;
  /** A word as it was written. */
  readonly written?: string;
}

type Rule = readonly [kind: Token["kind"] | "space", pattern: RegExp];

const number: Rule = ["number", /(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?/iy];
const sign: Rule = ["sign", /::|:=|<=>|<=|>=|<>|!=|\|\||[^\s\w'"`]/y];
const rules: Readonly<Record<Dialect, readonly Rule[]>> = {
  postgres: [
    ["space", /\s+|--[^\n]*/y],
    ["text", /e'(?:[^'\\]|\\[^]|'')*'/iy],
    ["bits", /(?:[bx]|u&)'(?:[^']|'')*'/iy],
    ["text", /n?'(?:[^']|'')*'/iy],
    ["text", /\$([a-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$[^]*?\$\1\$/iy],
    ["place", /\$\d+/y],
    ["name", /"(?:[^"]|"")*"/y],
    ["word", /[a-z_\u0080-\uffff][\w$\u0080-\uffff]*/iy],
    number,
    sign,
  ],
  mysql: [
    ["space", /\s+|#[^\n]*|--(?=\s|$)[^\n]*|\/\*(?!M?!)[^]*?\*\//y],
    ["bits", /[bx]'[^']*'|0x[\da-f]+\b|0b[01]+\b/iy],
    ["text", /n?'(?:[^'\\]|\\[^]|'')*'|"(?:[^"\\]|\\[^]|"")*"/iy],
    ["name", /`(?:[^`]|``)*`/y],
    ["variable", /@@?[\w.$]*/y],
    ["place", /\?/y],
    number,
    ["word", /[\w$\u0080-\uffff]+/iy],
    sign,
  ],
};

/** A statement, and where it begins and ends in its text: without the semicolon behind it. */
interface Placed {
  readonly tokens: Token[];
  readonly from: number;
  to: number;
}

/** @returns the statements of a text, one after the other; undefined if it cannot be read for certain */
export function statementsOf(sql: string, dialect: Dialect): Token[][] | undefined {
  return placedIn(sql, dialect)?.flatMap(({ tokens }) => (tokens.length > 0 ? [tokens] : []));
}

/** Whether something follows a semicolon: quick, and true also where that semicolon is in a text of its own. */
export const mayHoldSeveral = (sql: string): boolean => /;\s*\S/.test(sql);

/**
 * Cuts a text into its statements, as they are written; what follows the last one stays with it.
 * @returns undefined if it cannot be read for certain, or one of the others is empty
 */
export function textsOf(sql: string, dialect: Dialect): string[] | undefined {
  const placed = placedIn(sql, dialect);
  const last = placed?.findLast(({ tokens }) => tokens.length > 0);
  if (placed === undefined || last === undefined) return undefined;
  const needed = placed.slice(0, placed.indexOf(last) + 1);
  if (needed.some(({ tokens }) => tokens.length === 0)) return undefined;
  return needed.map((one) => sql.slice(one.from, one === last ? sql.length : one.to));
}

function placedIn(sql: string, dialect: Dialect): Placed[] | undefined {
  let last: Placed = { tokens: [], from: 0, to: sql.length };
  const statements: Placed[] = [last];
  for (let at = 0; at < sql.length; ) {
    if (dialect === "postgres" && sql.startsWith("/*", at)) {
      const end = endOfNestedComment(sql, at);
      if (end === undefined) return undefined;
      at = end;
      continue;
    }
    const [kind, found] = firstRule(sql, at, dialect) ?? [];
    // A string without an end; a comment that MySQL or MariaDB executes.
    if (kind === undefined || found === undefined) return undefined;
    if (kind === "sign" && sql.startsWith("/*", at)) return undefined;
    at += found.length;
    if (kind === "sign" && found === ";") {
      last.to = at - found.length;
      statements.push((last = { tokens: [], from: at, to: sql.length }));
    } else if (kind === "word")
      last.tokens.push({ kind, text: found.toLowerCase(), written: found });
    else if (kind !== "space") last.tokens.push({ kind, text: plain(kind, found, dialect) });
  }
  return statements;
}

/** The same text, in which a comment up to the end of its line does not swallow what follows on one line. */
export function withBlockComments(sql: string, dialect: Dialect): string {
  let text = "";
  for (let at = 0; at < sql.length; ) {
    const nested = dialect === "postgres" && sql.startsWith("/*", at);
    const end = nested ? endOfNestedComment(sql, at) : undefined;
    const [kind, found] = end ? ["space", sql.slice(at, end)] : (firstRule(sql, at, dialect) ?? []);
    if (found === undefined) return sql;
    at += found.length;
    const [, comment] = (kind === "space" && /^(?:--|#)(.*)/.exec(found)) || [];
    text += comment === undefined ? found : `/*${comment.replaceAll(/\*\/|\/\*/g, "")} */`;
  }
  return text;
}

function firstRule(
  sql: string,
  at: number,
  dialect: Dialect,
): readonly [Token["kind"] | "space", string] | undefined {
  for (const [kind, pattern] of rules[dialect]) {
    pattern.lastIndex = at;
    const found = pattern.exec(sql)?.[0];
    if (found !== undefined) return [kind, found];
  }
  return undefined;
}

/** PostgreSQL's comments may be nested. */
function endOfNestedComment(sql: string, at: number): number | undefined {
  const edge = /\/\*|\*\//g;
  edge.lastIndex = at;
  let depth = 0;
  for (let found = edge.exec(sql); found !== null; found = edge.exec(sql)) {
    depth += found[0] === "/*" ? 1 : -1;
    if (depth === 0) return edge.lastIndex;
  }
  return undefined;
}

function plain(kind: Token["kind"], found: string, dialect: Dialect): string {
  if (kind === "name") return withoutQuotes(found);
  if (kind !== "text") return found;
  if (found.startsWith("$")) return found.replace(/^\$\w*\$|\$\w*\$$/g, "");
  const text = withoutQuotes(found.replace(/^[en]/i, ""));
  const escapes = dialect === "mysql" || /^e/i.test(found);
  return escapes ? text.replace(/\\([^])/g, (_, one: string) => escaped[one] ?? one) : text;
}

const escaped: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", 0: "\0", b: "\b" };

/** Removes the quotes; a doubled quote inside stands for one. */
function withoutQuotes(quoted: string): string {
  const [quote = ""] = quoted;
  return quoted.slice(1, -1).replaceAll(quote + quote, quote);
}
