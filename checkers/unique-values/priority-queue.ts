import { ascending, priority } from "../models/priority-queue.ts";
import { type Lifetimes, type Piece, pieceOfEmpty } from "./lives.ts";
import { covering, staysThrough } from "./moments.ts";
import { ValueNumbers } from "./value-numbers.ts";

/**
 * # The smallest first
 *
 * There is an order exactly when each value can go at a moment that is free of all smaller ones (see lifetimes.ts), and every
 * operation that found nothing has a free moment.
 *
 * Proof, by induction over the values: take away the largest one, w. When w goes, nothing else may be there, because all
 * others are smaller. So its remove needs a moment through which none of them stays. That is enough, too: there is an order
 * of the others with the queue empty in the middle of every moment that is free of them. At such a moment w can go; and it
 * can come in then or earlier, because a larger value is in nobody's way. Go on with the next largest value. A value that
 * never leaves has no such condition. □
 *
 * Values are added smallest first, so a free moment may become taken, but never free again: a forest of pointers to
 * the next free moment needs almost O(n), after sorting.
 */
export function priorityQueueFault(lifetimes: Lifetimes): readonly Piece[] | undefined {
  const { add_until, remove_from, remove_until, removed, empties, end } = lifetimes;
  const sorted = bySize(lifetimes);
  const free = new FreeMoments(end);
  for (let index = 0; index < sorted.length; index++) {
    const value = sorted[index]!;
    const [from, until] = [remove_from[value]!, remove_until[value]!];
    if (removed[value] === 1 && free.from(from) > until)
      return [value, ...covering(lifetimes, sorted.subarray(0, index), from, until)];
    if (staysThrough(lifetimes, value)) free.take(add_until[value]! + 1, from - 1);
  }
  for (let empty = 0; empty < empties.count; empty++) {
    const [from, until] = [empties.from[empty]!, empties.until[empty]!];
    if (free.from(from) > until)
      return [pieceOfEmpty(lifetimes, empty), ...covering(lifetimes, sorted, from, until)];
  }
  return undefined;
}

/** Which of two values that are there would be taken out first. */
export function smallestFirst({ values }: Lifetimes, one: number, other: number): number {
  return ascending(priority(values[one]), priority(values[other]));
}

/** The values, smallest first. Plain numbers are sorted by themselves: a comparator would take most of the time. */
function bySize(lifetimes: Lifetimes): Int32Array {
  const { values, count } = lifetimes;
  const priorities = values.map(priority);
  if (priorities.some((each) => typeof each === "bigint"))
    return Int32Array.from(values.keys()).sort((one, other) =>
      smallestFirst(lifetimes, one, other),
    );
  const numbers = new ValueNumbers(count);
  for (const each of priorities) numbers.add(each);
  return Int32Array.from(Float64Array.from(priorities as number[]).sort(), (each) =>
    numbers.of(each),
  );
}

/** The moments at which nothing has to be in the container. */
class FreeMoments {
  /** By moment: itself when it is free, else a later one from which to look on for the next free one. */
  readonly #next: Int32Array;

  constructor(end: number) {
    this.#next = new Int32Array(end + 2);
    for (let moment = 0; moment < end + 2; moment++) this.#next[moment] = moment;
  }

  /** The first free moment at or after this one. */
  from(moment: number): number {
    const next = this.#next;
    let free = moment;
    while (next[free] !== free) free = next[free]!;
    for (let at = moment; next[at] !== free && at !== free; ) {
      const then = next[at]!;
      next[at] = free;
      at = then;
    }
    return free;
  }

  take(from: number, until: number): void {
    for (let moment = this.from(from); moment <= until; moment = this.from(moment))
      this.#next[moment] = moment + 1;
  }
}
