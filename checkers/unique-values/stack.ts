import { type Lifetimes, type Lives, type Piece, pieceOfEmpty } from "./lives.ts";
import { coverage, covering, inOrderOf, staysThrough } from "./moments.ts";
import { RangeTree } from "./range-tree.ts";

/** More than any moment. */
const never = 2 ** 29;

/**
 * # Last in, first out
 *
 * A value that stays through no moment can come and go at one point in time: nothing else is touched, so it is left out.
 * The others fall apart at the free moments (see lifetimes.ts) into components. Within a component there always is
 * something on the stack, so one value lies lowest all the time: it can be added before the first moment of the
 * component, and removed after the last one. And whichever value can do this may be the lowest: take it out
 * of a legal order, and put it in first and out last. So: look for a value that can be the lowest, take it away (the
 * rest is linearizable exactly when the whole was), see into which components the rest falls apart, and so on. If nothing is
 * left in the end, there is an order; if some component has no value that can be the lowest, there is none.
 *
 * A value that can be the lowest of a component can still be the lowest of a smaller one. So one only has to look
 * at how components begin and end: each value is found once when a component begins late enough for it, once when one ends
 * early enough. With trees for the minimum of a range, the whole takes O(n log n).
 *
 * For crashed pops see crashed.ts. Evidence: the component that is stuck, or few values that cover it. As they stay connected
 * and none of them can be the lowest, they are stuck, too.
 */
export function stackFault(lifetimes: Lifetimes): readonly Piece[] | undefined {
  const { empties, end } = lifetimes;
  const staying = inStack(lifetimes, end);
  const covered = coverage(lifetimes, end);
  for (let empty = 0; empty < empties.count; empty++) {
    const [from, until] = [empties.from[empty]!, empties.until[empty]!];
    if (alwaysCovered(covered, from, until))
      return [pieceOfEmpty(lifetimes, empty), ...covering(lifetimes, staying, from, until)];
  }
  return new Peeling(lifetimes, staying, covered, end).fault();
}

/** The same where nothing was found empty. @returns values */
export function pileFault(lives: Lives, end: number): readonly number[] | undefined {
  return new Peeling(lives, inStack(lives, end), coverage(lives, end), end).fault();
}

/** Which of two values that are there would be taken out first. */
export function lastAdded({ add_from }: Lives, one: number, other: number): number {
  return add_from[other]! - add_from[one]!;
}

/** The values that stay through some moment, in the order of the last moments at which they can be added. */
function inStack(lives: Lives, end: number): Int32Array {
  const staying: number[] = [];
  for (let value = 0; value < lives.count; value++)
    if (staysThrough(lives, value)) staying.push(value);
  return inOrderOf(lives.add_until, staying, end);
}

function alwaysCovered(covered: Int32Array, from: number, until: number): boolean {
  for (let moment = from; moment <= until; moment++) if (covered[moment] === 0) return false;
  return true;
}

class Peeling {
  readonly #lives: Lives;
  /** In the order of the last moments at which they can be added. What follows counts them in this order. */
  readonly #values: Int32Array;
  readonly #end: number;
  readonly #covered: RangeTree;
  /** Values that are not known to be addable first, by the moment from which on they can be added. */
  readonly #late: RangeTree;
  /** Values that are not known to be removable last, by the moment until which they can be removed, negated. */
  readonly #early: RangeTree;
  /** By moment: the first value that can be added until then or later. */
  readonly #place: Int32Array;
  /** By value: 1 = addable first in its component, 2 = removable last, 3 = it can be the lowest. */
  readonly #can: Uint8Array;
  readonly #lowest: number[] = [];

  constructor(lives: Lives, values: Int32Array, covered: Int32Array, end: number) {
    this.#lives = lives;
    this.#values = values;
    this.#end = end;
    this.#covered = new RangeTree(covered);
    this.#late = new RangeTree(values.map((value) => lives.add_from[value]!));
    this.#early = new RangeTree(values.map((value) => -lives.remove_until[value]!));
    this.#can = new Uint8Array(values.length);
    this.#place = new Int32Array(end + 2);
    for (const value of values) this.#place[lives.add_until[value]! + 1]!++;
    for (let moment = 1; moment < end + 2; moment++)
      this.#place[moment]! += this.#place[moment - 1]!;
  }

  /** Takes lowest values away until there are no more. @returns those of a component that has no lowest one */
  fault(): readonly number[] | undefined {
    this.#lookAt(0, this.#end - 1);
    const { add_until, remove_from } = this.#lives;
    let left = this.#values.length;
    const gone = new Uint8Array(left);
    for (let at = this.#lowest.pop(); at !== undefined; at = this.#lowest.pop()) {
      gone[at] = 1;
      left--;
      const [in_by, out_from] = [add_until[this.#values[at]!]!, remove_from[this.#values[at]!]!];
      this.#covered.add(in_by + 1, out_from - 1, -1);
      if (this.#covered.first(in_by + 1, out_from - 1, 0) < 0) continue;
      const before = this.#covered.last(0, in_by, 0);
      const after = this.#covered.first(out_from, this.#end, 0);
      this.#lookAt(before + 1, after - 1);
    }
    if (left === 0) return undefined;
    return oneComponent(
      this.#lives,
      this.#values.filter((_, at) => gone[at] === 0),
    );
  }

  /** Looks for lowest values in the components between two moments. */
  #lookAt(from: number, until: number): void {
    for (let moment = from; moment <= until; moment++) {
      const empty = this.#covered.first(moment, until, 0);
      const last = empty < 0 ? until : empty - 1;
      if (last >= moment) this.#lookAtComponent(moment, last);
      moment = last + 1;
    }
  }

  #lookAtComponent(first: number, last: number): void {
    const low = this.#place[Math.max(first - 1, 0)]!;
    const high = this.#place[last]! - 1;
    this.#take(this.#late, low, high, first - 1, 1);
    this.#take(this.#early, low, high, -(last + 1), 2);
  }

  #take(tree: RangeTree, low: number, high: number, limit: number, flag: number): void {
    for (;;) {
      const value = tree.first(low, high, limit);
      if (value < 0) return;
      tree.add(value, value, never);
      this.#can[value]! |= flag;
      if (this.#can[value] === 3) this.#lowest.push(value);
    }
  }
}

/** The values of the first of several components, fewer where a few of them cover it. */
function oneComponent(lives: Lives, values: Int32Array): number[] {
  const { add_until, remove_from } = lives;
  const first = add_until[values[0]!]! + 1;
  let until = remove_from[values[0]!]! - 1;
  for (const value of values)
    if (add_until[value]! <= until) until = Math.max(until, remove_from[value]! - 1);
  return covering(lives, values, first, until);
}
