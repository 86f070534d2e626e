/**
 * Which statements the server divides: it runs functions and triggers inside of them, each of whose own statements sees
 * what others have committed before it (PostgreSQL: "Function Volatility Categories"; MySQL: a write in a function works
 * on the newest rows). Others can come between two of them, and no schedule reaches there.
 *
 * So the statements are counted that one call may come to: the statement's own, if it reads or writes a table; those of
 * each function that it calls; those of each trigger, default and check of the table that it changes. Two are enough. It
 * is a count of words, and not a parser: in doubt there are two, and the price of a mistake is a proof that is not said.
 */
import type { DividedStatement, SentStatement } from "./backend.ts";
import { functionsIn } from "./sql-kind.ts";
import { isSign, isWord } from "./sql-parts.ts";
import { tablesIn } from "./sql-tables.ts";
import { type Dialect, statementsOf, type Token } from "./sql-tokens.ts";

type Change = "insert" | "update" | "delete";

/** A function that the user has made, and that may see other rows in each of its statements. */
export interface Routine {
  readonly name: string;
  /** Null = the user may not read it. */
  readonly body: string | null;
}

/** What the server runs by itself when rows of a table change. */
export interface Attached {
  readonly table: string;
  readonly changes: readonly Change[];
  /** For a sentence: `trigger audit`. */
  readonly what: string;
  readonly body: string | null;
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
  { routines, attached }: OnServer,
  dialect: Dialect,
): DividedStatement | undefined {
  const counts = countAll(routines, dialect);
  const bodies = attached
    .map((one) => ({ ...one, count: countOf(one.body, counts, dialect) }))
    .filter(({ count }) => count > 0);
  if (bodies.length === 0 && [...counts.values()].every((count) => count === 0)) return undefined;
  for (const { statement } of sent) {
    const all = statementsOf(statement, dialect) ?? [];
    for (const tokens of all) {
      const called = calledIn(tokens, counts);
      const changes = changesIn(tokens, dialect);
      const tables = new Set(tablesIn(tokens).map(({ name }) => name.toLowerCase()));
      const fired = bodies.filter(
        (one) =>
          tables.has(one.table.toLowerCase()) && one.changes.some((change) => changes.has(change)),
      );
      const inside = sum([...called.values(), ...fired.map(({ count }) => count)]);
      if (inside === 0 || ownOf(tokens, counts) + inside < many) continue;
      const [name] = called.keys();
      return { statement, by: name === undefined ? fired[0]!.what : `function ${name}` };
    }
  }
  return undefined;
}

type Counts = ReadonlyMap<string, number>;

/** Functions call each other, so the counts grow until they stay as they are. */
function countAll(routines: readonly Routine[], dialect: Dialect): Counts {
  const counts = new Map<string, number>(routines.map(({ name }) => [name.toLowerCase(), 0]));
  for (let has_grown = true; has_grown; ) {
    has_grown = false;
    for (const { name, body } of routines) {
      const before = counts.get(name.toLowerCase())!;
      // Of two with one name, the larger counts.
      const now = Math.max(before, countOf(body, counts, dialect));
      counts.set(name.toLowerCase(), now);
      has_grown ||= now > before;
    }
  }
  return counts;
}

/** How many statements a body may come to. */
function countOf(body: string | null, counts: Counts, dialect: Dialect): number {
  const statements = body === null ? undefined : statementsOf(body, dialect);
  if (statements === undefined) return many;
  const segments = statements.flatMap(segmentsOf);
  const found = segments.map((tokens) =>
    sum([ownOf(tokens, counts), ...calledIn(tokens, counts).values()]),
  );
  const repeats = statements.flat().some((token) => isWord(token, ...loops));
  return Math.min(many, sum(found) * (repeats ? many : 1));
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

/** 1 if a statement reads or writes a table by itself. A function in FROM is no table. */
function ownOf(tokens: readonly Token[], counts: Counts): number {
  const names_table = tablesIn(tokens).some(({ name }) => !counts.has(name.toLowerCase()));
  return names_table || tokens.some((token) => isWord(token, ...without_table)) ? 1 : 0;
}

/** The functions of the user's that are called, and how many statements each comes to. */
function calledIn(tokens: readonly Token[], counts: Counts): Map<string, number> {
  const called = new Map<string, number>();
  for (const said of functionsIn(tokens)) {
    const name = said.slice(said.lastIndexOf(".") + 1);
    const count = counts.get(name.toLowerCase()) ?? 0;
    if (count > 0) called.set(name, (called.get(name) ?? 0) + count);
  }
  return called;
}

/** What a statement may do to rows: an upsert inserts and updates. */
function changesIn(tokens: readonly Token[], dialect: Dialect): ReadonlySet<Change> {
  const changes = new Set<Change>();
  tokens.forEach((token, i) => {
    const is_function = isSign(tokens[i + 1], "(");
    if (isWord(token, "merge")) for (const one of all_changes) changes.add(one);
    if (isWord(token, "replace") && dialect === "mysql" && !is_function)
      for (const one of ["insert", "delete"] as const) changes.add(one);
    if (isWord(token, "insert", "delete") && !is_function) changes.add(token.text as Change);
    if (isWord(token, "update") && !isRowLock(tokens, i)) changes.add("update");
  });
  return changes;
}

const all_changes = ["insert", "update", "delete"] as const;

/** `FOR UPDATE`, `FOR NO KEY UPDATE`; but `ON DUPLICATE KEY UPDATE` is a change. */
const isRowLock = (tokens: readonly Token[], i: number): boolean =>
  isWord(tokens[i - 1], "for") ||
  (isWord(tokens[i - 1], "key") && isWord(tokens[i - 2], "no", "for"));

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
