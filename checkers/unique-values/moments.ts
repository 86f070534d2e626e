import type { Lifetime } from "./lifetimes.ts";

/** Whether a value is in the container through all of some moment, wherever in its spans it comes and goes. */
export function staysThrough({ add, remove }: Lifetime): boolean {
  return add.until + 1 < remove.from;
}

/** By moment: how many of the values are in the container through all of it, whatever the order. */
export function coverage(values: readonly Lifetime[], end: number): Int32Array {
  const counts = new Int32Array(end + 1);
  for (const life of values) {
    if (!staysThrough(life)) continue;
    counts[life.add.until + 1]!++;
    counts[life.remove.from]!--;
  }
  for (let moment = 1; moment <= end; moment++) counts[moment]! += counts[moment - 1]!;
  return counts;
}

/** A few of the values, such that at each moment through which some value stays, one of these does. */
export function covering(values: readonly Lifetime[], from: number, until: number): Lifetime[] {
  const staying = values
    .filter(staysThrough)
    .filter(({ add, remove }) => add.until < until && remove.from > from)
    .sort((one, other) => one.add.until - other.add.until);
  const chosen: Lifetime[] = [];
  let covered = from;
  let next = 0;
  while (covered <= until && next < staying.length) {
    let best: Lifetime | undefined;
    for (; next < staying.length && staying[next]!.add.until < covered; next++)
      if (best === undefined || staying[next]!.remove.from > best.remove.from) best = staying[next];
    if (best !== undefined && best.remove.from > covered) {
      chosen.push(best);
      covered = best.remove.from;
    } else if (next < staying.length) covered = Math.max(covered, staying[next]!.add.until + 1);
  }
  return chosen;
}
