import type { Finding } from "./finding.ts";
import type { Lifetime, Lifetimes, Part, Span } from "./lifetimes.ts";

/**
 * # Crashed removes of stacks and priority queues
 *
 * A crashed remove may have taken out any value that is left in the end, from its call on, or nothing. The earlier a value may
 * go, the more orders there are. So there are two bounds: nothing was taken; and each value that is left may have been
 * taken from the call of the first crashed remove on, as if one could take many. If there is an order with the former,
 * all is well. If there is none even with the latter, there is none at all. Between them one would have to choose which
 * ones take which values, and (unlike in a queue, where those that came first must go first) the choices
 * compete: an order may want a value to be gone early, or fewer of them gone late. One choice is tried: each crashed
 * operation took what was next when it was called. If that does not explain all, the search has to.
 *
 * Evidence from the latter bound holds whatever else crashed: as many of the crashed removes as it has values that are left
 * are part of it, the earliest ones, which can do all that any can.
 */

/** What cannot be; undefined when all is well. Exact where no operation that takes out crashed. */
export type Contradiction = (lifetimes: Lifetimes) => readonly Part[] | undefined;

/**
 * Crashed operations may have taken out values that are left in the end.
 * Where neither of two bounds tells, nor a guess that turns out to explain all, the search has to.
 * @param next which of two values goes first, when both are there
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

/** The same with values that are left taken out by crashed operations that were called at some moment. */
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
