import { isKeys } from "../backends/rows.ts";
import { instantOf } from "./clock.ts";
import type { Ended } from "./ended.ts";
import { isNumber, masked, textOf } from "./tokens.ts";

/** A place of an outcome: `account.balance`, `keys[session:#].value`, `client 1[].id`. */
export type Path = string;

/** What is known, place by place, about values that differ in every run. */
export class Soft {
  /** Places whose texts differed when the same order was run again. */
  readonly varies: Set<Path> = new Set();
  /** Places whose numbers may be those of a sequence, although the schema does not say so. */
  readonly links: Set<Path> = new Set();
  readonly sequences: Set<string> = new Set();
  readonly #sequence_of = new Map<Path, string>();
  readonly #times = {
    "of a clock": new Set<Path>(),
    fixed: new Set<Path>(),
    unsure: new Set<Path>(),
  };
  /** Values that are the same in every run, written by set-up or by the program itself. */
  readonly #steady = new Map<Path, Set<string>>();

  /** Reads which columns have a sequence. */
  know({ tables }: Ended): void {
    for (const [table, { sequences }] of tables) {
      for (const [column, sequence] of Object.entries(sequences)) {
        this.#sequence_of.set(`${table}.${column}`, sequence);
        this.sequences.add(sequence);
      }
    }
  }

  sequenceAt(path: Path): string | undefined {
    return this.#sequence_of.get(path);
  }

  /** What two runs of one order say of the times at a place. */
  noteTimes(path: Path, how: "of a clock" | "fixed" | "unsure"): void {
    this.#times[how].add(path);
  }

  /** Whether times at this place may move with the clock; in doubt they may. */
  mayMove(path: Path): boolean {
    return this.#times["of a clock"].has(path) || !this.#times.fixed.has(path);
  }

  /** Two runs were too near to each other to tell whether times come from a clock. */
  get is_unsure_of_times(): boolean {
    const { fixed, unsure } = this.#times;
    return [...unsure].some((path) => !this.#times["of a clock"].has(path) && !fixed.has(path));
  }

  keepSteady(path: Path, values: Iterable<string>): void {
    const known = this.#steady.get(path) ?? new Set();
    this.#steady.set(path, known);
    for (const value of values) known.add(value);
  }

  isSteady(path: Path, value: string): boolean {
    return this.#steady.get(path)?.has(value) ?? false;
  }

  /** The part of a text that must be the same in another run; `is_soft`: the rest may differ. */
  hardPart(path: Path, text: string): { readonly text: string; readonly is_soft: boolean } {
    const may_differ =
      this.varies.has(path) || this.sequenceAt(path) !== undefined || this.links.has(path);
    if (may_differ && !this.isSteady(path, text)) return { text: "", is_soft: true };
    const hard = this.mayMove(path)
      ? masked(text, (token) => instantOf(token) !== undefined)
      : text;
    return { text: hard, is_soft: hard !== text };
  }
}

/**
 * A column without a foreign key, or an answer, may hold numbers of a sequence if each of its numbers is one in every
 * serial order. The sequence then decides whether two such numbers are the same.
 */
export function findLinks(soft: Soft, all: readonly Ended[]): void {
  if (soft.sequences.size === 0) return;
  const never = new Set<Path>();
  for (const ended of all) {
    const made = new Set<string>();
    const numbers: [Path, string][] = [];
    walk(ended, (path, value) => {
      if (soft.sequenceAt(path) !== undefined) made.add(value);
      else if (isNumber(value)) numbers.push([path, value]);
    });
    for (const [path, value] of numbers) {
      if (made.has(value) || value === "0") soft.links.add(path);
      else never.add(path);
    }
  }
  for (const path of never) soft.links.delete(path);
}

/** Visits every text and number of an outcome. */
export function walk(ended: Ended, visit: (path: Path, value: string) => void): void {
  for (const answer of ended.answers) walkIn(pathOfAnswer(answer), answer.value, visit);
  for (const [table, { rows }] of ended.tables)
    for (const row of rows) walkIn(pathOfRow(table, row), row, visit);
}

function walkIn(path: Path, value: unknown, visit: (path: Path, value: string) => void): void {
  if (Array.isArray(value)) for (const part of value) walkIn(pathInside(path, part), part, visit);
  else if (typeof value === "object" && value !== null)
    for (const [name, part] of Object.entries(value)) walkIn(`${path}.${name}`, part, visit);
  else if (value !== null && value !== undefined) visit(path, textOf(value));
}

export const pathOfAnswer = (turn: {
  readonly client: number;
  readonly operation: number;
}): Path =>
  turn.operation === 1 ? `client ${turn.client}` : `client ${turn.client} (${turn.operation})`;

/** The keys of Redis are rows of one table, but may hold different kinds of things: so the path names the key. */
export function pathOfRow(table: string, row: unknown): Path {
  const { key, type } = Object(row) as { key?: unknown; type?: unknown };
  const is_key = typeof key === "string" && typeof type === "string" && isKeys(table);
  return is_key ? `${table}[${alike(key)}]` : table;
}

/** The path of a part of a list; that of a field of a hash names the field. */
export function pathInside(path: Path, part: unknown): Path {
  const { field } = Object(part) as { field?: unknown };
  return typeof field === "string" ? `${path}[${alike(field)}]` : `${path}[]`;
}

const alike = (name: string): string => name.replace(/[\w-]*\d[\w-]*/g, "#");
