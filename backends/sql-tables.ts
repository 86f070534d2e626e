/**
 * The tables that a statement names, and the schemas or databases before them. A name counts only where a table must
 * stand: in `SELECT a.id FROM account a` the `a` is no schema.
 */
import { isSign, isWord } from "./sql-parts.ts";
import type { Token } from "./sql-tokens.ts";

export interface NamedTable {
  /** PostgreSQL's schema, MySQL's database. */
  readonly schema?: string;
  readonly name: string;
}

const words = (text: string): string[] => text.split(" ");
/** After these words comes a table, or a list of them. */
const before_tables = words("from join update into table truncate straight_join");
const not_a_name = words("ignore low_priority quick only if exists not lateral");
const ends_of_tables = words(
  "where set select values value on using join left right inner cross natural group order limit having union for",
);

/** Also functions in FROM; what is in parentheses there has tables of its own. */
export function tablesIn(tokens: readonly Token[]): NamedTable[] {
  const found: NamedTable[] = [];
  /** For each parenthesis that is open: whether there is a query in it. */
  const queries = [true];
  for (const [i, token] of tokens.entries()) {
    if (isSign(token, "(")) queries.push(false);
    else if (isSign(token, ")")) queries.pop();
    else if (isWord(token, "select", "delete")) queries[queries.length - 1] = true;
    else if (isWord(token, ...before_tables) && queries.at(-1) && !isOther(tokens, i))
      for (const at of placesFrom(tokens, i + 1)) found.push(...tableAt(tokens, at));
  }
  return found;
}

/** `IS DISTINCT FROM a.b`, `ON DUPLICATE KEY UPDATE a.b = 1`, `FOR UPDATE OF a`. */
const isOther = (tokens: readonly Token[], i: number): boolean =>
  (isWord(tokens[i], "from") &&
    isWord(tokens[i - 1], "distinct") &&
    isWord(tokens[i - 2], "is", "not")) ||
  (isWord(tokens[i], "update") && isWord(tokens[i - 1], "key", "for"));

/** The name that stands here; as it was written, if it has no quotes. */
export function nameFrom(tokens: readonly Token[], from: number): string | undefined {
  const token = tokens[placeFrom(tokens, from)];
  if (token?.kind === "name") return token.text;
  return token?.kind === "word" ? (token.written ?? token.text) : undefined;
}

function tableAt(tokens: readonly Token[], at: number): NamedTable[] {
  const first = nameFrom(tokens, at);
  const second = isSign(tokens[at + 1], ".") ? nameFrom(tokens, at + 2) : undefined;
  if (first === undefined) return [];
  return [second === undefined ? { name: first } : { schema: first, name: second }];
}

function placeFrom(tokens: readonly Token[], from: number): number {
  let at = from;
  while (isWord(tokens[at], ...not_a_name)) at++;
  return at;
}

/** Where the tables of a list begin: `shop.account a, shop.orders` has two. */
function* placesFrom(tokens: readonly Token[], from: number): Generator<number> {
  const first = placeFrom(tokens, from);
  yield first;
  for (let at = first + 1; at < tokens.length; at++) {
    const token = tokens[at];
    if (isSign(token, ",")) yield placeFrom(tokens, at + 1);
    else if (token?.kind === "sign" && token.text !== ".") return;
    else if (isWord(token, ...ends_of_tables)) return;
  }
}
