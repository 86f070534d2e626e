/**
 * Which statements the server divides: it runs functions and triggers inside of them, each of whose own statements sees
 * what others have committed before it (PostgreSQL: "Function Volatility Categories"; MySQL: a write in a function works
 * on the newest rows). Others can come between two of them, and no schedule reaches there.
 *
 * So the statements are counted that one call may come to: the statement's own, if it reads or writes a table; those of
 * each function that it calls, also by an operator; those of each trigger, rule, default, check, policy and view of the
 * tables that it uses. Two are enough. It is a count of words, and not a parser: in doubt there are two, and the price of
 * a mistake is a proof that is not said.
 */
import type { DividedStatement, SentStatement } from "./backend.ts";
import { functionsIn } from "./sql-kind.ts";
import { isSign, isWord } from "./sql-parts.ts";
import { tablesIn } from "./sql-tables.ts";
import { type Dialect, statementsOf, type Token } from "./sql-tokens.ts";

export type Use = "read" | "insert" | "update" | "delete";

/** A function that the user has made, and that may see other rows in each of its statements. */
export interface Routine {
  readonly name: string;
  /** Null = the user may not read it. */
  readonly body: string | null;
  /** An operator that calls it. */
  readonly operator?: string | null;
}

/** What the server runs by itself when a table or view is used. */
export interface Attached {
  readonly table: string;
  readonly uses: readonly Use[];
  /** For a sentence: `trigger audit`. */
  readonly what: string;
  readonly body: string | null;
  /** It becomes a part of the statement itself, as a view or a default does: only what it calls is more. */
  readonly is_part: boolean;
}

/** All that the server runs of the user's. */
export interface OnServer {
  readonly routines: readonly Routine[];
  readonly attached: readonly Attached[];
}

/** More need not be told apart. */
const many = 2;

/** @returns the first of these statements that others can come in the middle of */
export function dividedOnServer(
  sent: Iterable<SentStatement>,
  on_server: OnServer,
  dialect: Dialect,
): DividedStatement | undefined {
  const counts = countAll(on_server, dialect);
  if (counts.size === 0) return undefined;
  for (const { statement } of sent) {
    for (const tokens of statementsOf(statement, dialect) ?? []) {
      const inside = insideOf(tokens, counts, dialect);
      const own = readsOrWrites(tokens, on_server.routines) ? 1 : 0;
      const [first] = inside.keys();
      if (first === undefined || own + sum([...inside.values()]) < many) continue;
      return { statement, by: "what" in first ? first.what : `function ${first.name}` };
    }
  }
  return undefined;
}

/** How many statements each comes to, at most `many`; those that come to none are left out. */
type Counts = ReadonlyMap<Routine | Attached, number>;

/** They use each other, so the counts grow until they stay as they are. */
function countAll({ routines, attached }: OnServer, dialect: Dialect): Counts {
  const counts = new Map<Routine | Attached, number>();
  const bodies = [...routines, ...attached].map((one) => {
    const statements = one.body === null ? undefined : statementsOf(one.body, dialect);
    const repeats = statements?.flat().some((token) => isWord(token, ...loops)) ?? false;
    return { one, segments: statements?.flatMap(segmentsOf), repeats };
  });
  for (let has_grown = true; has_grown; ) {
    has_grown = false;
    for (const { one, segments, repeats } of bodies) {
      const is_part = "is_part" in one && one.is_part;
      const found = segments?.map((tokens) => {
        const own = !is_part && readsOrWrites(tokens, routines) ? 1 : 0;
        return own + sum([...insideOf(tokens, counts, dialect).values()]);
      });
      const total = found ? sum(found) * (repeats ? many : 1) : is_part ? 0 : many;
      const count = Math.min(many, total);
      if (count <= (counts.get(one) ?? 0)) continue;
      counts.set(one, count);
      has_grown = true;
    }
  }
  return counts;
}

/** What the server runs inside of a statement, and how many statements that comes to. */
function insideOf(tokens: readonly Token[], counts: Counts, dialect: Dialect): Counts {
  const inside = new Map<Routine | Attached, number>();
  const called = functionsIn(tokens).map((name) => name.slice(name.lastIndexOf(".") + 1));
  const signs = signsIn(tokens);
  const uses = usesIn(tokens, dialect);
  const tables = new Set(tablesIn(tokens).map(({ name }) => name.toLowerCase()));
  for (const [one, count] of counts) {
    const times =
      "what" in one
        ? Number(tables.has(one.table.toLowerCase()) && one.uses.some((use) => uses.has(use)))
        : called.filter((name) => isSame(name, one.name)).length +
          Number(Boolean(one.operator) && signs.some((sign) => sign.includes(one.operator!)));
    if (times > 0) inside.set(one, count * times);
  }
  return inside;
}

const isSame = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/** Operators as they stand there: `a ## b` has the sign `##`. */
function signsIn(tokens: readonly Token[]): string[] {
  const runs = [""];
  for (const { kind, text } of tokens) {
    if (kind === "sign" && !/[(),.[\]]/.test(text)) runs[runs.length - 1] += text;
    else runs.push("");
  }
  return runs.filter((run) => run !== "");
}

const loops = ["loop", "while", "repeat", "foreach"];
/** Behind these words begins another statement. */
const edges = ["begin", "then", "else", "loop", "do", "repeat"];
/** Statements that may read or write, though they name no table. */
const without_table = ["execute", "call", "refresh", "copy"];

function segmentsOf(tokens: readonly Token[]): Token[][] {
  const segments: Token[][] = [[]];
  tokens.forEach((token, i) => {
    const is_edge = isWord(token, ...edges) && !isConflict(tokens, i);
    if (is_edge) segments.push([]);
    else segments.at(-1)!.push(token);
  });
  return segments;
}

/** The DO of `ON CONFLICT … DO UPDATE` begins no statement. */
const isConflict = (tokens: readonly Token[], i: number): boolean =>
  isWord(tokens[i], "do") && isWord(tokens[i + 1], "update", "nothing");

/** Whether a statement reads or writes a table by itself. A function in FROM is no table. */
function readsOrWrites(tokens: readonly Token[], routines: readonly Routine[]): boolean {
  const isFunction = (table: string): boolean => routines.some(({ name }) => isSame(name, table));
  return (
    tablesIn(tokens).some(({ name }) => !isFunction(name)) ||
    tokens.some((token) => isWord(token, ...without_table))
  );
}

/** What a statement may do to rows: an upsert inserts and updates. */
function usesIn(tokens: readonly Token[], dialect: Dialect): ReadonlySet<Use> {
  const uses = new Set<Use>(["read"]);
  tokens.forEach((token, i) => {
    const is_function = isSign(tokens[i + 1], "(");
    if (isWord(token, "merge")) for (const one of changes) uses.add(one);
    if (isWord(token, "replace") && dialect === "mysql" && !is_function)
      for (const one of ["insert", "delete"] as const) uses.add(one);
    if (isWord(token, "insert", "delete") && !is_function) uses.add(token.text as Use);
    if (isWord(token, "update") && !isRowLock(tokens, i)) uses.add("update");
  });
  return uses;
}

const changes = ["insert", "update", "delete"] as const;

/** `FOR UPDATE`, `FOR NO KEY UPDATE`; but `ON DUPLICATE KEY UPDATE` is a change. */
const isRowLock = (tokens: readonly Token[], i: number): boolean =>
  isWord(tokens[i - 1], "for") ||
  (isWord(tokens[i - 1], "key") && isWord(tokens[i - 2], "no", "for"));

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
