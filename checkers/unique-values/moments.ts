import type { Lives } from "./lives.ts";

/** Whether a value is in the container through all of some moment, wherever in its spans it comes and goes. */
export function staysThrough({ add_until, remove_from }: Lives, value: number): boolean {
  return add_until[value]! + 1 < remove_from[value]!;
}

/**
 * By moment: how many of the values are in the container through all of it, whatever the order.
 * @param only by value: 0 for those that do not count
 */
export function coverage(lives: Lives, end: number, only?: Uint8Array): Int32Array {
  const counts = new Int32Array(end + 1);
  const { count, add_until, remove_from } = lives;
  for (let value = 0; value < count; value++) {
    if (only?.[value] === 0 || !staysThrough(lives, value)) continue;
    counts[add_until[value]! + 1]!++;
    counts[remove_from[value]!]!--;
  }
  for (let moment = 1; moment <= end; moment++) counts[moment]! += counts[moment - 1]!;
  return counts;
}

/** The values in the order of these moments of theirs, from 0 to `end`, by counting. */
export function inOrderOf(moments: Int32Array, values: ArrayLike<number>, end: number): Int32Array {
  const places = new Int32Array(end + 2);
  for (let at = 0; at < values.length; at++) places[moments[values[at]!]! + 1]!++;
  for (let moment = 0; moment <= end; moment++) places[moment + 1]! += places[moment]!;
  const sorted = new Int32Array(values.length);
  for (let at = 0; at < values.length; at++) sorted[places[moments[values[at]!]!]!++] = values[at]!;
  return sorted;
}

/** A few of the values, such that at each moment through which some value stays, one of these does. */
export function covering(
  lives: Lives,
  values: ArrayLike<number>,
  from: number,
  until: number,
): number[] {
  const { add_until, remove_from } = lives;
  const staying = Array.from(values)
    .filter((value) => staysThrough(lives, value))
    .filter((value) => add_until[value]! < until && remove_from[value]! > from)
    .sort((one, other) => add_until[one]! - add_until[other]!);
  const chosen: number[] = [];
  let covered = from;
  let next = 0;
  while (covered <= until && next < staying.length) {
    let best: number | undefined;
    for (; next < staying.length && add_until[staying[next]!]! < covered; next++)
      if (best === undefined || remove_from[staying[next]!]! > remove_from[best]!)
        best = staying[next];
    if (best !== undefined && remove_from[best]! > covered) {
      chosen.push(best);
      covered = remove_from[best]!;
    } else if (next < staying.length) covered = Math.max(covered, add_until[staying[next]!]! + 1);
  }
  return chosen;
}
