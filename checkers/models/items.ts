import { show } from "../call.ts";
import { same } from "../plain-text.ts";

/**
 * Whether a call that takes an item out may answer this. From an empty container it answers null. An item may
 * itself be null: so null means that the container was empty or that null was next, whichever fits.
 * @param next what is next to be taken; undefined when there is nothing
 */
export function mayAnswer(output: unknown, next: unknown): boolean {
  return output === undefined || same(output, next ?? null);
}

/**
 * What a container starts with: a list of items, the first one first.
 * @throws Error for anything else
 */
export function startingItems(initial: unknown): readonly unknown[] {
  if (initial === undefined) return [];
  if (Array.isArray(initial)) return initial;
  throw new Error(
    `What this starts with must be a list of items, like [1, 2], not ${show(initial)}.`,
  );
}
