import type { Lifetime, Lifetimes, Part } from "./lifetimes.ts";
import { coverage, covering, staysThrough } from "./moments.ts";
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
export function stackFault({ values, empties, end }: Lifetimes): readonly Part[] | undefined {
  const staying = values.filter(staysThrough).sort((one, other) => one.add.until - other.add.until);
  const covered = coverage(staying, end);
  for (const empty of empties)
    if (alwaysCovered(covered, empty.from, empty.until))
      return [empty, ...covering(staying, empty.from, empty.until)];
  return new Peeling(staying, covered, end).fault();
}

/** Which of two values that are there would be taken out first. */
export function lastAdded(one: Lifetime, other: Lifetime): number {
  return other.add.from - one.add.from;
}

function alwaysCovered(covered: Int32Array, from: number, until: number): boolean {
  for (let moment = from; moment <= until; moment++) if (covered[moment] === 0) return false;
  return true;
}

class Peeling {
  /** In the order of the last moments at which they can be added. */
  readonly #values: readonly Lifetime[];
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

  constructor(values: readonly Lifetime[], covered: Int32Array, end: number) {
    this.#values = values;
    this.#end = end;
    this.#covered = new RangeTree(covered);
    this.#late = new RangeTree(values.map(({ add }) => add.from));
    this.#early = new RangeTree(values.map(({ remove }) => -remove.until));
    this.#can = new Uint8Array(values.length);
    this.#place = new Int32Array(end + 2);
    for (const { add } of values) this.#place[add.until + 1]!++;
    for (let moment = 1; moment < end + 2; moment++)
      this.#place[moment]! += this.#place[moment - 1]!;
  }

  /** Takes lowest values away until there are no more. @returns those of a component that has no lowest one */
  fault(): readonly Lifetime[] | undefined {
    this.#lookAt(0, this.#end - 1);
    let left = this.#values.length;
    const gone = new Uint8Array(left);
    for (let value = this.#lowest.pop(); value !== undefined; value = this.#lowest.pop()) {
      gone[value] = 1;
      left--;
      const { add, remove } = this.#values[value]!;
      this.#covered.add(add.until + 1, remove.from - 1, -1);
      if (this.#covered.first(add.until + 1, remove.from - 1, 0) < 0) continue;
      const before = this.#covered.last(0, add.until, 0);
      const after = this.#covered.first(remove.from, this.#end, 0);
      this.#lookAt(before + 1, after - 1);
    }
    if (left === 0) return undefined;
    const stuck = this.#values.filter((_, value) => gone[value] === 0);
    return oneComponent(stuck);
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
function oneComponent(values: readonly Lifetime[]): Lifetime[] {
  const first = values[0]!.add.until + 1;
  let until = values[0]!.remove.from - 1;
  for (const { add, remove } of values)
    if (add.until <= until) until = Math.max(until, remove.from - 1);
  return covering(values, first, until);
}
