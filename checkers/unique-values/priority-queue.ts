import { ascending, priority } from "../models/priority-queue.ts";
import type { Lifetime, Lifetimes, Span } from "./lifetimes.ts";
import { covering, staysThrough } from "./moments.ts";
import type { Part } from "./part.ts";

export function priorityQueueFault({
  values,
  empties,
  end,
}: Lifetimes): readonly Part[] | undefined {
  const sorted = values.toSorted((one, other) =>
    ascending(priority(one.value), priority(other.value)),
  );
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

function blocking(values: readonly Lifetime[], { from, until }: Span): Lifetime[] {
  return covering(values, from, until);
}

/** The moments at which nothing has to be in the container. */
class FreeMoments {
  /** By moment: itself, or a later one from which the search for the next free one goes on. */
  readonly #next: Int32Array;

  constructor(end: number) {
    this.#next = Int32Array.from({ length: end + 2 }, (_, moment) => moment);
  }

  /** The first free one at a moment or after it. */
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
