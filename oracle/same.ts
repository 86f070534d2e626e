/**
 * Two outcomes are the same if renaming the generated values turns one into the other: 23 here is 25 there, everywhere.
 * Rows have no order, so a search finds out which row is which: rows whose steady parts are equal may be the same row,
 * and the first pairing is taken under which every name has one meaning and no two names have the same one. That is
 * unification with backtracking (Robinson, "A Machine-Oriented Logic", 1965), with a limit on the steps.
 *
 * - A number of a sequence is renamed in the columns of that sequence and in those that refer to them by a foreign key.
 * - A random text (at a place that varied when the same order was run again) is renamed everywhere at once.
 * - Two times of a clock are the same if each is as far from its own run as the other.
 * - At a place that may hold numbers of a sequence, all stay as they are, or all are renamed as in one sequence.
 */
import { movedWithClock } from "./clock.ts";
import type { Answer, Ended } from "./ended.ts";
import { type Path, pathInside, pathOfAnswer, pathOfRow, type Soft } from "./soft.ts";
import { differingTokens, isNumber, lookRandom, textOf } from "./tokens.ts";

const steps_max = 100_000;

/** The search would take too long. */
class TooLong extends Error {}

/**
 * @param answers pairs of answers that must be the same; unknown answers are left out
 * @returns undefined if the search would take too long
 */
export function areSame(
  soft: Soft,
  one: Ended,
  two: Ended,
  answers: readonly (readonly [Answer, Answer])[],
): boolean | undefined {
  try {
    return new Match(soft, one, two).isSame(answers);
  } catch (error) {
    // Very many rows that differ only in generated values can overflow the stack.
    if (error instanceof TooLong || error instanceof RangeError) return undefined;
    throw error;
  }
}

type Then = () => boolean;

class Match {
  readonly #soft: Soft;
  readonly #one: Ended;
  readonly #two: Ended;
  readonly #there = new Map<string, string>();
  readonly #back = new Map<string, string>();
  /** Pairs of numbers to judge in the end, place by place: all stay as they are, or one sequence renames them all. */
  readonly #later: (readonly [Path, string, string])[] = [];
  #steps = 0;

  constructor(soft: Soft, one: Ended, two: Ended) {
    this.#soft = soft;
    this.#one = one;
    this.#two = two;
  }

  isSame(answers: readonly (readonly [Answer, Answer])[]): boolean {
    const tables = [...new Set([...this.#one.tables.keys(), ...this.#two.tables.keys()])];
    const inTables = (at: number): boolean => {
      const table = tables[at];
      if (table === undefined) return this.#hasLinks();
      const [a, b] = [this.#one, this.#two].map(({ tables }) => tables.get(table)?.rows ?? []);
      return this.#lists(
        a!,
        b!,
        (row) => pathOfRow(table, row),
        () => inTables(at + 1),
      );
    };
    const inAnswers = (at: number): boolean => {
      const [a, b] = answers[at] ?? [];
      if (a === undefined || b === undefined) return inTables(0);
      if (a.how !== b.how) return false;
      return this.#values(pathOfAnswer(a), a.value, b.value, () => inAnswers(at + 1));
    };
    return inAnswers(0);
  }

  #hasLinks(): boolean {
    const sequences = [...this.#soft.sequences];
    const places = new Map<Path, (readonly [Path, string, string])[]>();
    for (const pair of this.#later) places.set(pair[0], [...(places.get(pair[0]) ?? []), pair]);
    return [...places.values()].every(
      (pairs) =>
        pairs.every(([_path, a, b]) => a === b) ||
        sequences.some((sequence) =>
          pairs.every(([_path, a, b]) => (this.#there.get(`${sequence} ${a}`) ?? a) === b),
        ),
    );
  }

  #values(path: Path, a: unknown, b: unknown, then: Then): boolean {
    if (++this.#steps > steps_max) throw new TooLong();
    if (Array.isArray(a) && Array.isArray(b))
      return this.#lists(a as unknown[], b as unknown[], (part) => pathInside(path, part), then);
    if (isRecord(a) && isRecord(b)) {
      const names = Object.keys(a).toSorted();
      if (names.join("\0") !== Object.keys(b).toSorted().join("\0")) return false;
      const inNames = (at: number): boolean => {
        const name = names[at];
        if (name === undefined) return then();
        return this.#values(`${path}.${name}`, a[name], b[name], () => inNames(at + 1));
      };
      return inNames(0);
    }
    if (typeof a === "object" || typeof b === "object" || a === undefined || b === undefined)
      return (a ?? null) === (b ?? null) && then();
    return this.#texts(path, textOf(a), textOf(b), then);
  }

  /** Whether two lists are the same in any order. */
  #lists(
    a: readonly unknown[],
    b: readonly unknown[],
    pathOf: (part: unknown) => Path,
    then: Then,
  ): boolean {
    if (a.length !== b.length) return false;
    const groups = new Map<
      string,
      { readonly a: unknown[]; readonly b: unknown[]; is_soft: boolean }
    >();
    for (const [list, side] of [
      [a, "a"],
      [b, "b"],
    ] as const) {
      for (const part of list) {
        const { text, is_soft } = hardPartOf(this.#soft, pathOf(part), part);
        const group = groups.get(text) ?? { a: [], b: [], is_soft };
        groups.set(text, group);
        group[side].push(part);
      }
    }
    const all = [...groups.values()];
    if (all.some((group) => group.a.length !== group.b.length)) return false;
    const soft = all.filter(({ is_soft }) => is_soft);
    const inGroups = (at: number): boolean => {
      const group = soft[at];
      return group ? this.#anyOrder(group.a, group.b, pathOf, () => inGroups(at + 1)) : then();
    };
    return inGroups(0);
  }

  #anyOrder(
    a: readonly unknown[],
    b: readonly unknown[],
    pathOf: (part: unknown) => Path,
    then: Then,
  ): boolean {
    const [first, ...rest] = a;
    if (a.length === 0) return then();
    return b.some((part, i) =>
      this.#values(pathOf(first), first, part, () =>
        this.#anyOrder(rest, b.toSpliced(i, 1), pathOf, then),
      ),
    );
  }

  #texts(path: Path, a: string, b: string, then: Then): boolean {
    const sequence = this.#soft.sequenceAt(path);
    const [steady_a, steady_b] = [this.#soft.isSteady(path, a), this.#soft.isSteady(path, b)];
    if (steady_a || steady_b) return a === b && then();
    if (sequence !== undefined) return this.#name(sequence, a, b, then);
    if (isNumber(a) && isNumber(b) && this.#soft.links.has(path))
      return this.#link(path, a, b, then);
    const varies = this.#soft.varies.has(path);
    if (a === b && !varies) return then();
    const parts = a === b ? [[a, b] as const] : differingTokens(a, b);
    if (parts === undefined) {
      const are_words = !/\s/.test(a + b) && lookRandom(a, b);
      return varies && are_words && this.#name("", a, b, then);
    }
    const inParts = (at: number): boolean => {
      const [one, two] = parts[at] ?? [];
      if (one === undefined || two === undefined) return then();
      return this.#tokens(path, one, two, () => inParts(at + 1));
    };
    return inParts(0);
  }

  #tokens(path: Path, a: string, b: string, then: Then): boolean {
    const may_move = a !== b && this.#soft.mayMove(path);
    if (may_move && movedWithClock(a, b, this.#one, this.#two)) return then();
    if (!this.#soft.varies.has(path)) return false;
    if (lookRandom(a, b)) return this.#name("", a, b, then);
    return isNumber(a) && isNumber(b) ? this.#link(path, a, b, then) : a === b && then();
  }

  #link(path: Path, a: string, b: string, then: Then): boolean {
    this.#later.push([path, a, b]);
    if (then()) return true;
    this.#later.pop();
    return false;
  }

  /** From here on, `a` in one outcome is `b` in the other, unless the rest does not fit. */
  #name(kind: string, a: string, b: string, then: Then): boolean {
    const [here, there] = [`${kind} ${a}`, `${kind} ${b}`];
    const known = this.#there.get(here);
    if (known !== undefined || this.#back.has(there)) return known === b && then();
    this.#there.set(here, b);
    this.#back.set(there, a);
    if (then()) return true;
    this.#there.delete(here);
    this.#back.delete(there);
    return false;
  }
}

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The part of a row, or of any value, that must be the same in another run, as text. */
export function hardPartOf(
  soft: Soft,
  path: Path,
  value: unknown,
): { readonly text: string; readonly is_soft: boolean } {
  if (Array.isArray(value)) {
    const parts = value.map((part) => hardPartOf(soft, pathInside(path, part), part));
    const text = `[${parts
      .map((part) => part.text)
      .toSorted()
      .join("\u0001")}]`;
    return { text, is_soft: parts.some(({ is_soft }) => is_soft) };
  }
  if (isRecord(value)) {
    const names = Object.keys(value).toSorted();
    const parts = names.map((name) => hardPartOf(soft, `${path}.${name}`, value[name]));
    const text = parts.map((part, i) => `${names[i]}\u0002${part.text}`).join("\u0001");
    return { text: `{${text}}`, is_soft: parts.some(({ is_soft }) => is_soft) };
  }
  if (value === null || value === undefined) return { text: "\u0003", is_soft: false };
  return soft.hardPart(path, textOf(value));
}
