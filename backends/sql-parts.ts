/** The parts of a plain statement: its clauses, its table, its columns, its conditions, its literals. */
import type { Dialect, Token } from "./sql-tokens.ts";
import type { Value } from "./step-facts.ts";

export interface Table {
  readonly name: string;
  readonly alias?: string;
}

export const isWord = (token: Token | undefined, ...words: readonly string[]): boolean =>
  token?.kind === "word" && words.includes(token.text);

export const isSign = (token: Token | undefined, sign: string): boolean =>
  token?.kind === "sign" && token.text === sign;

/** Tokens with the depth of the parentheses around them; a parenthesis itself counts as inside. */
function* withDepth(tokens: readonly Token[]): Generator<readonly [Token, number]> {
  let depth = 0;
  for (const token of tokens) {
    if (isSign(token, "(")) depth++;
    yield [token, depth];
    if (isSign(token, ")")) depth--;
  }
}

/**
 * What follows the first occurrence of each of these words, outside parentheses; "" = what comes before all of
 * them.
 */
export function splitAt(tokens: readonly Token[], words: readonly string[]): Map<string, Token[]> {
  const parts = new Map<string, Token[]>([["", []]]);
  let part = parts.get("")!;
  for (const [token, depth] of withDepth(tokens)) {
    if (depth === 0 && isWord(token, ...words) && !parts.has(token.text)) {
      part = [];
      parts.set(token.text, part);
    } else part.push(token);
  }
  return parts;
}

/** Splits a list at the commas or words that are outside parentheses. */
export function splitBy(tokens: readonly Token[], isBetween: (token: Token) => boolean): Token[][] {
  const parts: Token[][] = [[]];
  for (const [token, depth] of withDepth(tokens)) {
    if (depth === 0 && isBetween(token)) parts.push([]);
    else parts.at(-1)?.push(token);
  }
  return parts.filter((part) => part.length > 0);
}

export const splitAtCommas = (tokens: readonly Token[]): Token[][] =>
  splitBy(tokens, (token) => isSign(token, ","));

/** The list in the pair of parentheses that begins here; empty if there is none, or a second one follows. */
export function inParentheses(tokens: readonly Token[]): Token[][] {
  if (!isSign(tokens[0], "(")) return [];
  let end = 0;
  for (const [token, depth] of withDepth(tokens)) {
    if (depth === 1 && isSign(token, ")")) break;
    end++;
  }
  return end >= tokens.length || isSign(tokens[end + 1], ",")
    ? []
    : splitAtCommas(tokens.slice(1, end));
}

const no_names = new Set(
  "null true false default current_timestamp current_date current_time current_user".split(" "),
);
const before_a_table = new Set("ignore low_priority quick only lateral delayed".split(" "));

/** A column, possibly with its table before it; undefined for anything else, or a column of another table. */
export function nameOf(tokens: readonly Token[], table?: Table): string | undefined {
  const names = dotted(tokens);
  const column = names?.at(-1);
  if (names === undefined || column === undefined) return undefined;
  if (tokens.length === 1 && isWord(tokens[0], ...no_names)) return undefined;
  const owner = withoutPublic(names.slice(0, -1).join(".")).toLowerCase();
  const own = [table?.alias, table?.name, table?.name.split(".").at(-1)];
  return owner === "" || own.some((name) => name?.toLowerCase() === owner) ? column : undefined;
}

function dotted(tokens: readonly Token[]): string[] | undefined {
  if (tokens.length % 2 === 0) return undefined;
  const is_name = tokens.every(({ kind, text }, i) =>
    i % 2 === 0 ? kind === "word" || kind === "name" : kind === "sign" && text === ".",
  );
  return is_name ? tokens.filter((_, i) => i % 2 === 0).map(({ text }) => text) : undefined;
}

const withoutPublic = (name: string): string => name.replace(/^public\./i, "");

/** `account`, `account AS a`, `shop.account a`; undefined for anything else. */
export function readTable(tokens: readonly Token[]): Table | undefined {
  if (isWord(tokens[0], ...before_a_table)) return undefined;
  let end = 1;
  while (isSign(tokens[end], ".")) end += 2;
  const names = dotted(tokens.slice(0, end));
  const rest = tokens.slice(isWord(tokens[end], "as") ? end + 1 : end);
  const [alias] = rest;
  if (names === undefined || rest.length > 1) return undefined;
  const written = tokens.slice(0, end).map((token) => token.written ?? token.text);
  const name = withoutPublic(written.join(""));
  if (alias === undefined) return end === tokens.length ? { name } : undefined;
  return alias.kind === "word" || alias.kind === "name" ? { name, alias: alias.text } : undefined;
}

/** A literal value; undefined for anything that the server computes. */
export function literalOf(tokens: readonly Token[], dialect: Dialect): Value | undefined {
  const cast = tokens.findIndex((token) => isSign(token, "::"));
  const [one, two, ...more] = cast < 0 ? tokens : tokens.slice(0, cast);
  if (more.length > 0 || one === undefined) return undefined;
  if (two !== undefined)
    return isSign(one, "-") && two.kind === "number" ? `-${two.text}` : undefined;
  if (one.kind === "text" || one.kind === "number") return one.text;
  if (isWord(one, "null")) return null;
  if (!isWord(one, "true", "false")) return undefined;
  // In MySQL, true and false are numbers.
  return dialect === "postgres" ? one.text : one.text === "true" ? "1" : "0";
}

/** What a WHERE says about rows: these columns have these values; and whether that is all it says. */
export function conditionsOf(
  tokens: readonly Token[] | undefined,
  table: Table,
  dialect: Dialect,
): { readonly where: Record<string, Value>; readonly isAll: boolean } {
  const where: Record<string, Value> = {};
  if (tokens === undefined) return { where, isAll: true };
  if (splitBy(tokens, (token) => isWord(token, "or", "xor") || isSign(token, "||")).length > 1)
    return { where, isAll: false };
  const parts = splitBy(tokens, (token) => isWord(token, "and"));
  let isAll = true;
  for (const part of parts) {
    const inner = isSign(part[0], "(") ? inParentheses(part) : [];
    const is_wrapped = inner.length === 1 && inner[0]!.length === part.length - 2;
    if (is_wrapped) {
      const within = conditionsOf(inner[0], table, dialect);
      Object.assign(where, within.where);
      isAll &&= within.isAll;
      continue;
    }
    // Prisma ends its conditions with 1=1.
    if (isAlwaysTrue(part, dialect)) continue;
    const [column, value] = equality(part, table, dialect) ?? [];
    // No row has two values in one column.
    const is_known = column !== undefined && Object.hasOwn(where, column);
    if (column === undefined || value === undefined) isAll = false;
    else if (!is_known) where[column] = value;
    else if (where[column] !== value) isAll = false;
  }
  return { where, isAll };
}

/** `1 = 1` */
function isAlwaysTrue(part: readonly Token[], dialect: Dialect): boolean {
  const [one, sign, other, ...more] = part;
  if (one?.kind !== "number" || other?.kind !== "number" || more.length > 0) return false;
  return isSign(sign, "=") && literalOf([one], dialect) === literalOf([other], dialect);
}

/** `a = 1`, `1 = a`, `a IN (1)`, `a IS NULL` */
function equality(
  part: readonly Token[],
  table: Table,
  dialect: Dialect,
): readonly [string, Value] | undefined {
  if (isWord(part.at(-2), "is") && isWord(part.at(-1), "null")) {
    const column = nameOf(part.slice(0, -2), table);
    return column === undefined ? undefined : [column, null];
  }
  const within = part.findIndex((token) => isWord(token, "in"));
  const [only] = within < 0 ? [] : inParentheses(part.slice(within + 1));
  // Nothing stands in the parentheses but one value, and nothing behind them.
  if (only?.length === part.length - within - 3)
    return equal(part.slice(0, within), only, table, dialect);
  const equals = part.findIndex((token) => isSign(token, "="));
  const sides = [part.slice(0, Math.max(0, equals)), part.slice(equals + 1)] as const;
  return equal(...sides, table, dialect) ?? equal(sides[1], sides[0], table, dialect);
}

function equal(
  one: readonly Token[],
  other: readonly Token[],
  table: Table,
  dialect: Dialect,
): readonly [string, Value] | undefined {
  const column = nameOf(one, table);
  const value = literalOf(other, dialect);
  // Nothing is equal to NULL.
  return column !== undefined && value !== undefined && value !== null
    ? [column, value]
    : undefined;
}
