import {
  type Lifetimes,
  type Lives,
  leftBehind,
  type Piece,
  pieceOfCrashed,
  pieceOfEmpty,
} from "./lives.ts";
import { coverage, covering, inOrderOf } from "./moments.ts";

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
 * O(n log n) for the moments of the returns; the rest is O(n).
 */
export function queueFault(lifetimes: Lifetimes): readonly Piece[] | undefined {
  const overtaking = overtaken(lifetimes, lifetimes.end);
  if (overtaking !== undefined) return overtaking;
  const left = inOrderOf(lifetimes.add_until, leftBehind(lifetimes), lifetimes.end);
  return notTaken(lifetimes, left) ?? neverEmpty(lifetimes, left);
}

/** Two values of which one went in before the other and came out after it. */
export function overtaken(lives: Lives, end: number): readonly Piece[] | undefined {
  const { count, add_from, add_until, remove_from, remove_until, removed } = lives;
  /** By moment: of the values that were in by then, the one that goes out last; -1 if there is none. */
  const latest = new Int32Array(end + 1).fill(-1);
  const later = (one: number, other: number): boolean =>
    one >= 0 && (other < 0 || remove_from[one]! > remove_from[other]!);
  for (let value = 0; value < count; value++)
    if (removed[value] === 1 && later(value, latest[add_until[value]!]!))
      latest[add_until[value]!] = value;
  let before = -1;
  let moment = 0;
  for (let value = 0; value < count; value++) {
    for (; moment < add_from[value]!; moment++)
      if (later(latest[moment]!, before)) before = latest[moment]!;
    if (before >= 0 && remove_until[value]! < remove_from[before]!) return [before, value];
  }
  return undefined;
}

/**
 * A value that came out though more values are ahead of it than crashed operations can have taken.
 * @param left the values that no acknowledged operation took out, first added first
 */
function notTaken(lifetimes: Lifetimes, left: Int32Array): readonly Piece[] | undefined {
  const { count, add_from, add_until, remove_until, removed, crashed, end } = lifetimes;
  if (left.length === 0) return undefined;
  const last_in = new Int32Array(end + 1).fill(-1);
  for (let value = 0; value < count; value++)
    if (removed[value] === 1) last_in[remove_until[value]!] = value;
  let out = -1;
  let takers = 0;
  let ahead = 0;
  for (let moment = 0; moment < end; moment++) {
    while (takers < crashed.count && crashed.from[takers]! <= moment) takers++;
    const next = last_in[moment]!;
    if (next >= 0 && (out < 0 || add_from[next]! > add_from[out]!)) out = next;
    if (out < 0) continue;
    while (ahead < left.length && add_until[left[ahead]!]! < add_from[out]!) ahead++;
    if (ahead > takers)
      return [...left.subarray(0, takers + 1), out, ...firstCrashed(lifetimes, takers)];
  }
  return undefined;
}

/** An operation that found nothing, while there always was something. */
function neverEmpty(lifetimes: Lifetimes, left: Int32Array): readonly Piece[] | undefined {
  const { count, add_until, removed, empties, crashed, end } = lifetimes;
  if (empties.count === 0) return undefined;
  const covered = coverage(lifetimes, end, removed);
  const can_be_empty = new Int32Array(end + 1);
  let takers = 0;
  let behind = 0;
  for (let moment = 0; moment < end; moment++) {
    while (takers < crashed.count && crashed.from[takers]! <= moment) takers++;
    while (behind < left.length && add_until[left[behind]!]! < moment) behind++;
    const possible = covered[moment] === 0 && behind <= takers;
    can_be_empty[moment + 1] = can_be_empty[moment]! + (possible ? 1 : 0);
  }
  for (let empty = 0; empty < empties.count; empty++) {
    const [from, until] = [empties.from[empty]!, empties.until[empty]!];
    if (can_be_empty[until + 1]! > can_be_empty[from]!) continue;
    const usable = crashed.from.filter((called) => called <= until).length;
    const staying = left.subarray(0, usable + 1).filter((value) => add_until[value]! < until);
    const taken = [...Array(count).keys()].filter((value) => removed[value] === 1);
    return [
      pieceOfEmpty(lifetimes, empty),
      ...covering(lifetimes, taken, from, until),
      ...staying,
      ...firstCrashed(lifetimes, usable),
    ];
  }
  return undefined;
}

/** Those crashed operations that were called first. */
export function firstCrashed(lifetimes: Lifetimes, count: number): Piece[] {
  return Array.from({ length: count }, (_, crashed) => pieceOfCrashed(lifetimes, crashed));
}
