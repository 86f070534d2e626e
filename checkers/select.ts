import { counterChecker } from "./counter.ts";
import { lostUpdateChecker } from "./lost-update.ts";
import { uniqueChecker } from "./unique.ts";
import type { Checker } from "./verdict.ts";

const checkers: readonly Checker[] = [counterChecker, lostUpdateChecker, uniqueChecker];

/** What `--model` may say. */
export const model_names: readonly string[] = checkers.map(({ name }) => name);

/** @throws Error in one sentence when there is no such checker. */
export function checkerFor(model: string): Checker {
  const checker = checkers.find(({ name }) => name === model);
  if (checker === undefined)
    throw new Error(`There is no model "${model}"; there are ${model_names.join(", ")}.`);
  return checker;
}
