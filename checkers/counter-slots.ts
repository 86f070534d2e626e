import type { Operation } from "../histories/event.ts";
import { MinHeap } from "./min-heap.ts";

/**
 * Exact linearizability of a counter that goes up by 1, in O(n log n).
 *
 * The k-th increment fills slot k. An increment that answered its new value knows its slot; the others
 * ("void", and those of unknown outcome) must be matched with the free slots. What reads and answers say
 * bounds each slot in time, and the bounds grow with k. So each of the two matchings (every acknowledged increment
 * finds a slot; every slot that must be filled finds an increment) can be made greedily, and if both exist, one
 * matching does both (Mendelsohn and Dulmage, 1958).
 */

/** The two operations that cannot both be right, and what lies between them. */
export type CounterFault =
  /** Two increments answered the same value. */
  | { kind: "same answer"; earlier: Operation; later: Operation }
  /** Below what the counter started with. */
  | { kind: "too low"; later: Operation }
  /** `later` was invoked after `earlier` had returned, but saw a lower value. */
  | { kind: "backwards"; earlier: Operation; later: Operation }
  /** More increments ran between the two than the value rose. No `earlier`: since the start. */
  | { kind: "lost"; earlier: Operation | undefined; later: Operation; between: number }
  /** `later` saw more increments than can have happened by then, given what `earlier` saw. */
  | { kind: "unexplained"; earlier: Operation | undefined; later: Operation; between: number };

/** The operations that saw a value, increments that answered it and reads: no object for each, for there may be millions. */
class Sights {
  readonly operations: readonly Operation[];
  readonly #initial: number;

  constructor(operations: readonly Operation[], initial: number) {
    this.operations = operations;
    this.#initial = initial;
  }

  /** By how much the counter had grown. */
  valueOf({ output }: Operation): number {
    return (output as number) - this.#initial;
  }
}

const isIncrement = ({ f }: Operation): boolean => f === "add";

/** A void increment and the slots that it fits, first to last. In the order of the invokes, `first` only grows. */
interface Void {
  readonly certain: boolean;
  readonly first: number;
  readonly last: number;
}

/** Bounds of the slots 1…size: slot k is filled after `earliest[k]` (an invoke) and before `latest[k]` (a return). */
interface Slots {
  readonly size: number;
  /** The largest value seen: slots up to here must be filled. */
  readonly seen: number;
  readonly taken: Uint8Array;
  readonly earliest: Float64Array;
  readonly earliest_by: Int32Array;
  readonly latest: Float64Array;
  readonly latest_by: Int32Array;
}

/**
 * @param operations of one key, in the order of their invokes: `add` (by 1; output the new value or null)
 *   and `read`, with whole numbers for values
 * @returns what is wrong, or undefined when the history is linearizable
 */
export function counterFault(
  operations: readonly Operation[],
  initial: number,
): CounterFault | undefined {
  const { sights, voids } = sort(operations, initial);
  const later = sights.operations.find((one) => sights.valueOf(one) < (isIncrement(one) ? 1 : 0));
  if (later !== undefined) return { kind: "too low", later };
  const twice = sameAnswer(sights);
  if (twice !== undefined) return twice;
  const high = moreThanTried(sights, operations);
  if (high !== undefined) return high;

  const slots = bound(sights, voids.length);
  for (let k = 1; k <= slots.seen; k++)
    if (slots.earliest[k]! > slots.latest[k]!)
      return {
        kind: "backwards",
        earlier: sights.operations[slots.latest_by[k]!]!,
        later: sights.operations[slots.earliest_by[k]!]!,
      };
  const fitted = voids.map((operation) => fit(operation, slots));
  return lost(fitted, slots, sights) ?? unexplained(fitted, slots, sights);
}

function sort(
  operations: readonly Operation[],
  initial: number,
): { sights: Sights; voids: Operation[] } {
  const saw = ({ status, output }: Operation): boolean =>
    status !== "fail" && typeof output === "number";
  const isVoid = ({ status, output, f }: Operation): boolean =>
    status !== "fail" && typeof output !== "number" && f === "add";
  // Most often all of millions of operations saw something: then there is no second list of them.
  const seen = operations.every(saw) ? operations : operations.filter(saw);
  return { sights: new Sights(seen, initial), voids: operations.filter(isVoid) };
}

function sameAnswer(sights: Sights): CounterFault | undefined {
  const { operations } = sights;
  // Values are about as many as operations, and a table is much smaller than a map of them. 0 = not seen yet.
  const table = new Uint32Array(operations.length + 1);
  const beyond = new Map<number, number>();
  for (const [index, operation] of operations.entries()) {
    if (!isIncrement(operation)) continue;
    const value = sights.valueOf(operation);
    const in_table = value < table.length;
    const place = in_table ? table[value]! : (beyond.get(value) ?? 0);
    if (place > 0)
      return { kind: "same answer", earlier: operations[place - 1]!, later: operation };
    if (in_table) table[value] = index + 1;
    else beyond.set(value, index + 1);
  }
  return undefined;
}

/**
 * A value above the number of all attempted increments. Judged first, so that there are no more slots than
 * operations.
 */
function moreThanTried(sights: Sights, operations: readonly Operation[]): CounterFault | undefined {
  const countAdded = (before: number): number =>
    operations.reduce((count, one) => {
      const added = isIncrement(one) && one.status !== "fail" && one.invoked < before;
      return added ? count + 1 : count;
    }, 0);
  const added = countAdded(Infinity);
  const later = sights.operations.find((one) => sights.valueOf(one) > added);
  if (later === undefined) return undefined;
  const between = countAdded(later.returned);
  return { kind: "unexplained", earlier: undefined, later, between };
}

function bound(sights: Sights, voids: number): Slots {
  const { operations } = sights;
  const seen = operations.reduce((most, one) => Math.max(most, sights.valueOf(one)), 0);
  const size = seen + voids + 1;
  const slots: Slots = {
    size,
    seen,
    taken: new Uint8Array(size + 1),
    earliest: new Float64Array(size + 1).fill(Number.NEGATIVE_INFINITY),
    earliest_by: new Int32Array(size + 1).fill(-1),
    latest: new Float64Array(size + 1).fill(Number.POSITIVE_INFINITY),
    latest_by: new Int32Array(size + 1).fill(-1),
  };
  for (const [index, operation] of operations.entries()) {
    const value = sights.valueOf(operation);
    const increment = isIncrement(operation);
    if (increment) slots.taken[value] = 1;
    // An increment to k lies at slot k itself, a read of k between slot k and slot k + 1.
    later(
      slots.earliest,
      slots.earliest_by,
      increment ? value : value + 1,
      operation.invoked,
      index,
    );
    sooner(slots.latest, slots.latest_by, value, operation.returned, index);
  }
  for (let k = 1; k <= size; k++)
    later(slots.earliest, slots.earliest_by, k, slots.earliest[k - 1]!, slots.earliest_by[k - 1]!);
  for (let k = size - 1; k >= 0; k--)
    sooner(slots.latest, slots.latest_by, k, slots.latest[k + 1]!, slots.latest_by[k + 1]!);
  return slots;
}

function later(at: Float64Array, by: Int32Array, k: number, time: number, index: number): void {
  if (time <= at[k]!) return;
  at[k] = time;
  by[k] = index;
}

function sooner(at: Float64Array, by: Int32Array, k: number, time: number, index: number): void {
  if (time >= at[k]!) return;
  at[k] = time;
  by[k] = index;
}

function fit(operation: Operation, slots: Slots): Void {
  const first = firstWhere(slots.size, (k) => slots.latest[k]! >= operation.invoked);
  const beyond = firstWhere(slots.size, (k) => slots.earliest[k]! > operation.returned);
  return { certain: operation.status === "ok", first, last: beyond - 1 };
}

/** The first k in 1…size for which a monotone condition holds; size + 1 when there is none. */
function firstWhere(size: number, holds: (k: number) => boolean): number {
  let low = 1;
  let high = size + 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Every acknowledged void increment must find a slot: earliest deadline first. */
function lost(voids: readonly Void[], slots: Slots, sights: Sights): CounterFault | undefined {
  const certain = voids.filter((each) => each.certain);
  const deadlines = new MinHeap(certain.length);
  let next = 0;
  for (let k = 1; k <= slots.size; k++) {
    while (next < certain.length && certain[next]!.first <= k)
      deadlines.push(certain[next++]!.last);
    if (deadlines.size > 0 && deadlines.top < k)
      return tooManyIn(deadlines.top, certain, slots, sights);
    if (slots.taken[k] === 0 && deadlines.size > 0) deadlines.pop();
  }
  return undefined;
}

/** Hall's condition fails for some slots low…high: find the nearest low, and who set the two ends. */
function tooManyIn(
  high: number,
  certain: readonly Void[],
  slots: Slots,
  sights: Sights,
): CounterFault {
  const starting = new Int32Array(slots.size + 2);
  for (const { first, last } of certain) if (last <= high) starting[first]!++;
  let low = high + 1;
  let free = 0;
  let inside = starting[low]!; // those that fit no slot at all
  while (low > 1 && inside <= free) {
    low--;
    inside += starting[low]!;
    if (slots.taken[low] === 0) free++;
  }
  return {
    kind: "lost",
    earlier: low > 1 ? sights.operations[slots.latest_by[low - 1]!] : undefined,
    later: sights.operations[slots.earliest_by[high + 1]!]!,
    between: inside + takenIn(slots, low, high),
  };
}

/** Every slot up to the largest value seen must be filled; increments of unknown outcome may help. */
function unexplained(
  voids: readonly Void[],
  slots: Slots,
  sights: Sights,
): CounterFault | undefined {
  const deadlines = new MinHeap(voids.length);
  let next = 0;
  for (let k = 1; k <= slots.seen; k++) {
    if (slots.taken[k] !== 0) continue;
    while (next < voids.length && voids[next]!.first <= k) deadlines.push(voids[next++]!.last);
    while (deadlines.size > 0 && deadlines.top < k) deadlines.pop();
    if (deadlines.size === 0) return tooFewFor(k, voids, slots, sights);
    deadlines.pop();
  }
  return undefined;
}

function tooFewFor(
  slot: number,
  voids: readonly Void[],
  slots: Slots,
  sights: Sights,
): CounterFault {
  const later = sights.operations[slots.latest_by[slot]!]!;
  const high = sights.valueOf(later); // the slots from here up to that sight's own have the same bound
  const ending = new Int32Array(slots.size + 2);
  for (const { first, last } of voids) if (first <= high) ending[last]!++;
  let able = ending.subarray(high + 1).reduce((sum, count) => sum + count, 0);
  let low = high + 1;
  let free = 0;
  while (low > 1 && free <= able) {
    low--;
    able += ending[low]!;
    if (slots.taken[low] === 0) free++;
  }
  const earlier = able === voids.length ? undefined : sights.operations[slots.earliest_by[low]!];
  const from = earlier === undefined ? 0 : sights.valueOf(earlier);
  return {
    kind: "unexplained",
    earlier,
    later,
    between: able + takenIn(slots, from + 1, high),
  };
}

function takenIn(slots: Slots, low: number, high: number): number {
  return slots.taken.subarray(low, high + 1).reduce((sum, taken) => sum + taken, 0);
}
