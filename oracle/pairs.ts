/** Pairs the parts of two outcomes that have most in common, and finds where they differ. */
import type { Answer, Ended } from "./ended.ts";
import { hardPartOf, isRecord } from "./same.ts";
import { type Path, pathInside, pathOfAnswer, pathOfRow, type Soft } from "./soft.ts";
import { textOf } from "./tokens.ts";

/** A place in which two outcomes differ; a value of undefined = nothing there. */
export interface Differing {
  readonly path: Path;
  readonly one: unknown;
  readonly two: unknown;
  /** The rows that the two values are in. */
  readonly rows?: readonly [unknown, unknown];
  readonly table?: string;
  readonly answers?: readonly [Answer, Answer];
}

/** @param soft says which parts of rows are steady; rows are recognised by these */
export function differingPlaces(
  soft: Soft,
  one: Ended,
  two: Ended,
  answers: readonly (readonly [Answer, Answer])[],
): Differing[] {
  const found: Differing[] = [];
  for (const [a, b] of answers) {
    if (a.how !== b.how) {
      found.push({ path: pathOfAnswer(a), one: a.value, two: b.value, answers: [a, b] });
      continue;
    }
    inValues(soft, pathOfAnswer(a), a.value, b.value, (path, x, y) =>
      found.push({ path, one: x, two: y, answers: [a, b] }),
    );
  }
  for (const table of new Set([...one.tables.keys(), ...two.tables.keys()])) {
    const [rows, others] = [one, two].map(({ tables }) => tables.get(table)?.rows ?? []);
    for (const [row, other] of pairsOf(soft, rows!, others!, (part) => pathOfRow(table, part))) {
      const at = { rows: [row, other] as const, table };
      if (row === undefined || other === undefined)
        found.push({ path: pathOfRow(table, row ?? other), one: row, two: other, ...at });
      else
        inValues(soft, pathOfRow(table, row), row, other, (path, x, y) =>
          found.push({ path, one: x, two: y, ...at }),
        );
    }
  }
  return found;
}

function inValues(
  soft: Soft,
  path: Path,
  a: unknown,
  b: unknown,
  differs: (path: Path, a: unknown, b: unknown) => void,
): void {
  if (Array.isArray(a) && Array.isArray(b)) {
    for (const [x, y] of pairsOf(soft, a, b, (part) => pathInside(path, part))) {
      if (x === undefined || y === undefined) differs(pathInside(path, x ?? y), x, y);
      else inValues(soft, pathInside(path, x), x, y, differs);
    }
  } else if (isRecord(a) && isRecord(b)) {
    for (const name of new Set([...Object.keys(a), ...Object.keys(b)]))
      inValues(soft, `${path}.${name}`, a[name], b[name], differs);
  } else if (textOf(a) !== textOf(b) || (a === null) !== (b === null)) differs(path, a, b);
}

/** Pairs the parts of two lists; a part without a partner is paired with undefined. */
function pairsOf(
  soft: Soft,
  a: readonly unknown[],
  b: readonly unknown[],
  pathOf: (part: unknown) => Path,
): (readonly [unknown, unknown])[] {
  const pairs: (readonly [unknown, unknown])[] = [];
  let [left, others] = [[...a], [...b]];
  const whole = (part: unknown): string => JSON.stringify(part) ?? "";
  const hard = (part: unknown): string => hardPartOf(soft, pathOf(part), part).text;
  for (const sayOf of [whole, hard]) {
    const waiting = new Map<string, unknown[]>();
    for (const part of others)
      waiting.set(sayOf(part), [...(waiting.get(sayOf(part)) ?? []), part]);
    left = left.filter((part) => {
      const other = waiting.get(sayOf(part))?.shift();
      if (other !== undefined) pairs.push([part, other]);
      return other === undefined;
    });
    others = [...waiting.values()].flat();
  }
  for (const part of left) {
    const best = others
      .map((other, i) => ({ i, alike: alikeness(part, other) }))
      .toSorted((x, y) => y.alike - x.alike)[0];
    // If both lists are equally long, every part has a partner, however different it is.
    if (best && (best.alike > 0 || a.length === b.length))
      pairs.push([part, others.splice(best.i, 1)[0]]);
    else pairs.push([part, undefined]);
  }
  return [...pairs, ...others.map((other) => [undefined, other] as const)];
}

/** How many columns are equal; the first one, usually the key, counts more. A scalar can be paired with any part. */
function alikeness(a: unknown, b: unknown): number {
  if (!isRecord(a) || !isRecord(b)) return 1;
  const names = Object.keys(a);
  const equal = names.filter((name) => JSON.stringify(a[name]) === JSON.stringify(b[name]));
  return equal.length + (equal.includes(names[0] ?? "") ? names.length : 0);
}
