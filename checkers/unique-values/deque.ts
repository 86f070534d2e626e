import type { Finding } from "./finding.ts";
import { allPieces, type Lifetimes, type Lives, type Piece, pieceOfEmpty } from "./lives.ts";
import { coverage, covering, inOrderOf } from "./moments.ts";
import { passages, type Way } from "./passages.ts";
import { pileFault } from "./stack.ts";

/**
 * # Two ends
 *
 * Values come in at one end, and go out at the same end or at the other: four ways. A value that never goes out counts
 * as if it left where it came in, after the end of the history: nothing waits for that, and until then it bars the
 * same ways as a value that does leave there.
 * The history falls apart at its free moments (see lifetimes.ts): each value that can come and go in the middle of one
 * is left out, and every other value lies between two of them. So there is an order exactly when each group between
 * two free moments has one, by itself.
 *
 * From the first end to the last, a group always consists of: a pile of values that came in and will go out at the first
 * end; values that go through; a pile at the last end. For if a value that goes through from the first to the last end came in
 * while the first pile was not empty, it and that pile would each wait for the other to go. The same holds at its exit,
 * and for two values that go through in opposite directions. So these are all the conditions:
 * - each pile is a stack (stack.ts), independent of the rest;
 * - values that go through come in while the pile there is empty, go out while the other one is empty, and form a queue;
 * - values that go through in opposite directions are never in the deque together.
 *
 * If there is only one direction, this is decided exactly: both piles can be empty at all moments that are free of them. So
 * the spans of values that go through are narrowed to begin and end at such moments, and the proof of queue.ts holds: it
 * only uses the first moments of the spans, which all are allowed. For both directions, see passages.ts. For crashed removes
 * and values that are left, the search decides, unless the history is impossible even without those values.
 *
 * O(n log n).
 */

export function dequeFault(lifetimes: Lifetimes): Finding {
  const { count, removed, crashed } = lifetimes;
  if (crashed.count === 0 || !removed.includes(0))
    return faultOf(lifetimes, new Uint8Array(count).fill(1));
  const without = faultOf(lifetimes, removed);
  if (without !== undefined && !("unsure" in without)) return without;
  return { unsure: [allPieces(lifetimes)] };
}

/** @param only by value: 1 for those that count */
function faultOf(lifetimes: Lifetimes, only: Uint8Array): Finding {
  const { count, empties, end } = lifetimes;
  const covered = coverage(lifetimes, end, only);
  const free = freeUntil(covered);
  for (let empty = 0; empty < empties.count; empty++) {
    const [from, until] = [empties.from[empty]!, empties.until[empty]!];
    if (free[until + 1] !== free[from]) continue;
    const values = [...Array(count).keys()].filter((value) => only[value] === 1);
    return [pieceOfEmpty(lifetimes, empty), ...covering(lifetimes, values, from, until)];
  }
  const unsure: (readonly Piece[])[] = [];
  for (const group of groups(lifetimes, covered, only)) {
    const fault = faultOfGroup(group, lifetimes);
    if (fault === "unsure") unsure.push([...group.values]);
    else if (fault !== undefined) return fault;
  }
  return unsure.length === 0 ? undefined : { unsure };
}

/** By moment: the number of earlier moments at which nothing has to be in the container. */
function freeUntil(covered: Int32Array): Int32Array {
  const free = new Int32Array(covered.length + 1);
  for (let moment = 0; moment < covered.length; moment++)
    free[moment + 1] = free[moment]! + (covered[moment] === 0 ? 1 : 0);
  return free;
}

/** Values between two moments at which nothing has to be in the container. */
interface Group {
  readonly values: Int32Array;
  readonly from: number;
  readonly until: number;
}

/** The values between each two such moments, without those that can come and go at such a moment. */
function* groups(
  { count, add_until, remove_from }: Lives,
  covered: Int32Array,
  only: Uint8Array,
): Generator<Group> {
  const free = freeUntil(covered);
  const moments = Int32Array.from(covered.keys()).filter((moment) => covered[moment] === 0);
  /** By value: how many such moments lie before it. */
  const places = new Int32Array(count);
  const grouped: number[] = [];
  for (let value = 0; value < count; value++) {
    if (only[value] === 0) continue;
    const place = free[add_until[value]! + 1]!;
    places[value] = place;
    const [in_by, out_from] = [add_until[value]!, remove_from[value]!];
    if (out_from > in_by || place === free[out_from]!) grouped.push(value);
  }
  const sorted = inOrderOf(places, grouped, moments.length);
  for (let first = 0, next = 0; first < sorted.length; first = next) {
    const place = places[sorted[first]!]!;
    while (next < sorted.length && places[sorted[next]!] === place) next++;
    const [from, until] = [moments[place - 1] ?? 0, moments[place]!];
    yield { values: sorted.subarray(first, next), from, until };
  }
}

function faultOfGroup(
  { values, from, until }: Group,
  lifetimes: Lifetimes,
): readonly Piece[] | undefined | "unsure" {
  if (values.length === 1) return undefined;
  const ways: Record<Way, number[]> = { first: [], last: [], forth: [], back: [] };
  for (const value of values) ways[wayOf(value, lifetimes)].push(value);
  const lives = (way: Way): Lives => between(lifetimes, ways[way], from, until);
  const [first, last] = [lives("first"), lives("last")];
  const end = until - from;
  for (const [pile, of_pile] of [
    [first, ways.first],
    [last, ways.last],
  ] as const) {
    const fault = pile.count > 1 ? pileFault(pile, end) : undefined;
    if (fault !== undefined) return fault.map((value) => of_pile[value]!);
  }
  if (ways.forth.length + ways.back.length === 0) return undefined;
  const passing = passages({ first, last, forth: lives("forth"), back: lives("back") }, end);
  if (passing === "impossible") return [...values];
  return passing === "unsure" ? "unsure" : undefined;
}

/** Some of the values by themselves, with moments counted from the first of two, and ending with the second. */
function between(lives: Lives, values: readonly number[], first: number, last: number): Lives {
  const cut = (moments: Int32Array): Int32Array =>
    Int32Array.from(values, (value) => Math.min(Math.max(moments[value]!, first), last) - first);
  return {
    count: values.length,
    add_from: cut(lives.add_from),
    add_until: cut(lives.add_until),
    remove_from: cut(lives.remove_from),
    remove_until: cut(lives.remove_until),
    removed: Uint8Array.from(values, (value) => lives.removed[value]!),
  };
}

function wayOf(value: number, { add_by, remove_by, operations }: Lifetimes): Way {
  const from = operations[add_by[value]!]?.f ?? "add-last";
  const to = operations[remove_by[value]!]?.f;
  if (from === "add-first") return to === "remove-last" ? "forth" : "first";
  return to === "remove-first" ? "back" : "last";
}
