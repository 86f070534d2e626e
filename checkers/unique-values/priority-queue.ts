import { ascending, priority } from "../models/priority-queue.ts";
import type { Lifetime, Lifetimes, Part, Span } from "./lifetimes.ts";
import { covering, staysThrough } from "./moments.ts";

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
export function priorityQueueFault({
  values,
  empties,
  end,
}: Lifetimes): readonly Part[] | undefined {
  const sorted = values.toSorted(smallestFirst);
  const free = new FreeMoments(end);
  for (const [index, life] of sorted.entries()) {
    if (life.removed && free.from(life.remove.from) > life.remove.until)
      return [life, ...blocking(sorted.slice(0, index), life.remove)];
    if (staysThrough(life)) free.take(life.add.until + 1, life.remove.from - 1);
  }
  for (const empty of empties)
    if (free.from(empty.from) > empty.until) return [empty, ...blocking(sorted, empty)];
  return undefined;
}

/** Which of two values that are there would be taken out first. */
export function smallestFirst(one: Lifetime, other: Lifetime): number {
  return ascending(priority(one.value), priority(other.value));
}

function blocking(values: readonly Lifetime[], { from, until }: Span): Lifetime[] {
  return covering(values, from, until);
}

/** The moments at which nothing has to be in the container. */
class FreeMoments {
  /** By moment: itself when it is free, else a later one from which to look on for the next free one. */
  readonly #next: Int32Array;

  constructor(end: number) {
    this.#next = Int32Array.from({ length: end + 2 }, (_, moment) => moment);
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
