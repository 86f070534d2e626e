import type { Finding } from "./finding.ts";
import type { Lifetime, Lifetimes, Part, Span } from "./lifetimes.ts";

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

/** Finds parts that cannot all be; undefined when all is well. Exact if no remove crashed. */
export type Contradiction = (lifetimes: Lifetimes) => readonly Part[] | undefined;

/**
 * The same when crashed removes may have taken out values that are left in the end. Unsure when neither of the two
 * bounds decides and the guess does not fit: then the search has to.
 * @param next which of two values goes first when both are in the container
 */
export function faultWithCrashed(
  fault: Contradiction,
  next: (one: Lifetime, other: Lifetime) => number,
  lifetimes: Lifetimes,
): Finding {
  const { values, empties, crashed } = lifetimes;
  const left = values.filter(({ removed }) => !removed);
  const [first] = crashed;
  const as_it_is = fault(lifetimes);
  if (as_it_is === undefined || first === undefined || left.length === 0) return as_it_is;
  const all_taken = fault(taken(lifetimes, () => first.from));
  if (all_taken === undefined) {
    const likely = likelyTaken(left, crashed, next);
    if (fault(taken(lifetimes, (life) => likely.get(life) ?? life.remove.from)) === undefined)
      return undefined;
    return { unsure: [[...values, ...empties, ...crashed]] };
  }
  const takers = all_taken.filter((part) => "removed" in part && !part.removed).length;
  return [...all_taken, ...crashed.slice(0, takers)];
}

/**
 * The same lifetimes, with each value that is left taken out by a crashed remove that was called at the moment
 * `when`.
 */
function taken(lifetimes: Lifetimes, when: (life: Lifetime) => number): Lifetimes {
  const values = lifetimes.values.map((life) => {
    if (life.removed) return life;
    const from = Math.max(when(life), life.add.from);
    return { ...life, remove: { ...life.remove, from } };
  });
  return { ...lifetimes, values };
}

/** A guess: each crashed operation took what was next when it was called, or else the first value that came in later. */
function likelyTaken(
  left: readonly Lifetime[],
  crashed: readonly Span[],
  next: (one: Lifetime, other: Lifetime) => number,
): Map<Lifetime, number> {
  const taken = new Map<Lifetime, number>();
  const there: Lifetime[] = [];
  let added = 0;
  for (const { from } of crashed) {
    for (; added < left.length && left[added]!.add.from < from; added++) {
      const place = there.findLastIndex((life) => next(life, left[added]!) > 0);
      there.splice(place + 1, 0, left[added]!);
    }
    const life = there.pop() ?? left[added++];
    if (life !== undefined) taken.set(life, from);
  }
  return taken;
}
