import type { Lifetime, Lifetimes, Part } from "./lifetimes.ts";
import { coverage, covering } from "./moments.ts";

/**
 * # First in, first out
 *
 * Without crashes: there is an order exactly when (1) there are no two values v and w such that v went in before w
 * (add v returned before add w was called) but came out after it (remove w returned before remove v was called, or v
 * never left); and (2) every operation that found nothing has a free moment (see lifetimes.ts).
 *
 * Proof. Both are clearly necessary. They are sufficient: let v → w when add v precedes add w or remove v precedes remove
 * w. By (1) there is no cycle of two; it follows that there is none at all. Take a shortest cycle, of three or more values.
 * Two steps for the same reason make one step, since precedence is transitive. So the reasons alternate: a → b (adds), b →
 * c (removes), c → d (adds). If a precedes b and c precedes d, then a precedes d or c precedes b, as these are intervals.
 * The first makes a shorter cycle, the second a cycle of two (c → b → c). So the values can be put into a row that keeps →.
 * Give each add the latest `add.from` of the values up to it in the row; each remove the same with
 * `remove.from`. Both stay in their spans: an earlier value in the row whose `from` were later than this one's `until`
 * would have to come later in the row. Adds and removes are in the row's order, and each add comes before its remove, since each
 * `add.from` ≤ `remove.from`. Between two free moments nothing changes: a span that is cut there
 * precedes no others than before. □
 *
 * With crashed removes: each may have taken out one of the values that are *left*, that is, not taken out by any
 * acknowledged operation. A value taken by an operation called at moment t has the remove span [t, end]. So the question
 * is whether the crashed operations can be matched with some values such that the above holds:
 * - A value v that is left must be out before w is (is taken by `w.remove.until`) if v was in before w came in.
 * - A free moment g must be free of those that are left, too: those in before it must be taken by g.
 * Every demand has the form "all values that were in before moment x must be taken by moment T". Let B(x) be the number of
 * these values; they come first when the values that are left are sorted by `add.until`. Let N(T) be the number of crashed
 * operations that were called by T. What one of them can take by T, it can also take later; so by Hall's theorem the matching
 * exists exactly when for each T at most N(T) values are demanded by T. Those are the B(x) values for the largest x that is
 * demanded by then: so each demand can be checked by itself, B(x) ≤ N(T). For the free moments (x = T = g) this means that
 * each is free or not, whatever the others are. So a moment is free when no value that was removed stays through it and
 * B(g) ≤ N(g), and every operation that found nothing can have its own. □
 *
 * O(n log n) for sorting and for the moments of the returns; the rest is O(n).
 */
export function queueFault(lifetimes: Lifetimes): readonly Part[] | undefined {
  return overtaken(lifetimes.values, lifetimes.end) ?? notTaken(lifetimes) ?? neverEmpty(lifetimes);
}

/** Two values of which one went in before the other and came out after it. */
export function overtaken(values: readonly Lifetime[], end: number): readonly Part[] | undefined {
  const latest: (Lifetime | undefined)[] = Array(end + 1).fill(undefined);
  for (const life of values)
    if (life.removed && later(life, latest[life.add.until])) latest[life.add.until] = life;
  let before: Lifetime | undefined;
  let moment = 0;
  for (const life of values) {
    for (; moment < life.add.from; moment++)
      if (later(latest[moment], before)) before = latest[moment];
    if (before !== undefined && life.remove.until < before.remove.from) return [before, life];
  }
  return undefined;
}

function later(one: Lifetime | undefined, other: Lifetime | undefined): boolean {
  return one !== undefined && (other === undefined || one.remove.from > other.remove.from);
}

/** A value that came out though more values are ahead of it than crashed operations can have taken. */
function notTaken({ values, crashed, end }: Lifetimes): readonly Part[] | undefined {
  const left = leftBehind(values);
  if (left.length === 0) return undefined;
  const last_in: (Lifetime | undefined)[] = Array(end + 1).fill(undefined);
  for (const life of values) if (life.removed) last_in[life.remove.until] = life;
  let out: Lifetime | undefined;
  let takers = 0;
  let ahead = 0;
  for (let moment = 0; moment < end; moment++) {
    while (takers < crashed.length && crashed[takers]!.from <= moment) takers++;
    const next = last_in[moment];
    if (next !== undefined && (out === undefined || next.add.from > out.add.from)) out = next;
    if (out === undefined) continue;
    while (ahead < left.length && left[ahead]!.add.until < out.add.from) ahead++;
    if (ahead > takers) return [...left.slice(0, takers + 1), out, ...crashed.slice(0, takers)];
  }
  return undefined;
}

/** An operation that found nothing, while there always was something. */
function neverEmpty({ values, empties, crashed, end }: Lifetimes): readonly Part[] | undefined {
  if (empties.length === 0) return undefined;
  const removed = values.filter(({ removed }) => removed);
  const left = leftBehind(values);
  const covered = coverage(removed, end);
  const can_be_empty = new Int32Array(end + 1);
  let takers = 0;
  let behind = 0;
  for (let moment = 0; moment < end; moment++) {
    while (takers < crashed.length && crashed[takers]!.from <= moment) takers++;
    while (behind < left.length && left[behind]!.add.until < moment) behind++;
    const possible = covered[moment] === 0 && behind <= takers;
    can_be_empty[moment + 1] = can_be_empty[moment]! + (possible ? 1 : 0);
  }
  for (const empty of empties) {
    if (can_be_empty[empty.until + 1]! > can_be_empty[empty.from]!) continue;
    const usable = crashed.filter(({ from }) => from <= empty.until);
    const staying = left.slice(0, usable.length + 1).filter(({ add }) => add.until < empty.until);
    return [empty, ...covering(removed, empty.from, empty.until), ...staying, ...usable];
  }
  return undefined;
}

/** The values that no acknowledged operation took out, first added first. */
function leftBehind(values: readonly Lifetime[]): Lifetime[] {
  return values
    .filter(({ removed }) => !removed)
    .sort((one, other) => one.add.until - other.add.until);
}
