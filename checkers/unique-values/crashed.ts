import type { Lifetime, Lifetimes } from "./lifetimes.ts";
import type { Part } from "./part.ts";

/** What cannot be; undefined when all is well. Exact where no operation that takes out crashed. */
export type Fault = (lifetimes: Lifetimes) => readonly Part[] | undefined;

/**
 * Crashed operations may have taken out values that are left in the end.
 * @returns "unsure" where neither of two bounds tells
 */
export function faultWithCrashed(
  fault: Fault,
  lifetimes: Lifetimes,
): readonly Part[] | undefined | "unsure" {
  const { values, crashed } = lifetimes;
  const left = values.filter(({ removed }) => !removed);
  const [first] = crashed;
  const as_it_is = fault(lifetimes);
  if (as_it_is === undefined || first === undefined || left.length === 0) return as_it_is;
  const all_taken = fault(taken(lifetimes, () => first.from));
  if (all_taken === undefined) return "unsure";
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
