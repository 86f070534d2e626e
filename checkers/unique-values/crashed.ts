import type { Finding } from "./finding.ts";
import { allPieces, type Lifetimes, leftBehind, type Piece } from "./lives.ts";
import { firstCrashed } from "./queue.ts";

/**
 * # Crashed removes of stacks and priority queues
 *
 * A crashed remove may have taken out, at any time after its call, one of the values that are left in the end; or nothing.
 * The earlier a value may go, the more orders there are. So there are two bounds. Lower: nothing was taken. Upper: each
 * value that is left may have been taken at any time after the call of the first crashed remove, as if that one could
 * take many. If there is an order with the lower bound, all is well. If there is none even with the upper bound, there is
 * none at all. In between one would have to choose which removes take which values, and (unlike in a queue, where
 * values that came first must go first) the choices compete: an order may need one value gone early, or fewer values
 * gone late. One choice is tried: each crashed remove took what was next when it was called. If no order fits that
 * choice, the search decides.
 *
 * Evidence from the upper bound holds whatever else crashed: for each value in it that is left, one crashed remove is part
 * of it. These are the earliest ones, which can do all that later ones can.
 */

/** Finds pieces that cannot all be; undefined when all is well. Exact if no remove crashed. */
export type Contradiction = (lifetimes: Lifetimes) => readonly Piece[] | undefined;

/** Below 0 when the first of two values would be taken out first if both are in the container. */
export type Next = (lifetimes: Lifetimes, one: number, other: number) => number;

/**
 * The same when crashed removes may have taken out values that are left in the end. Unsure when neither of the two
 * bounds decides and the guess does not fit: then the search has to.
 */
export function faultWithCrashed(fault: Contradiction, next: Next, lifetimes: Lifetimes): Finding {
  const { count, removed, crashed } = lifetimes;
  const as_it_is = fault(lifetimes);
  if (as_it_is === undefined || crashed.count === 0) return as_it_is;
  const left = leftBehind(lifetimes);
  if (left.length === 0) return as_it_is;
  const first = crashed.from[0]!;
  const all_taken = fault(taken(lifetimes, left, () => first));
  if (all_taken === undefined) {
    const likely = likelyTaken(left, next, lifetimes);
    if (fault(taken(lifetimes, left, (value) => likely.get(value))) === undefined) return undefined;
    return { unsure: [allPieces(lifetimes)] };
  }
  const takers = all_taken.filter((piece) => piece < count && removed[piece] === 0).length;
  return [...all_taken, ...firstCrashed(lifetimes, takers)];
}

/**
 * The same lifetimes, with values that are left taken out by a crashed remove that was called at the moment `when`,
 * if there is one.
 */
function taken(
  lifetimes: Lifetimes,
  left: readonly number[],
  when: (value: number) => number | undefined,
): Lifetimes {
  const remove_from = lifetimes.remove_from.slice();
  for (const value of left)
    remove_from[value] = Math.max(
      when(value) ?? lifetimes.remove_from[value]!,
      lifetimes.add_from[value]!,
    );
  return { ...lifetimes, remove_from };
}

/** A guess: each crashed operation took what was next when it was called, or else the first value that came in later. */
function likelyTaken(
  left: readonly number[],
  next: Next,
  lifetimes: Lifetimes,
): Map<number, number> {
  const taken = new Map<number, number>();
  const there: number[] = [];
  let added = 0;
  for (const from of lifetimes.crashed.from) {
    for (; added < left.length && lifetimes.add_from[left[added]!]! < from; added++) {
      const place = there.findLastIndex((value) => next(lifetimes, value, left[added]!) > 0);
      there.splice(place + 1, 0, left[added]!);
    }
    const value = there.pop() ?? left[added++];
    if (value !== undefined) taken.set(value, from);
  }
  return taken;
}
