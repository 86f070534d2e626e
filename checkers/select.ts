import { type LinearizableOptions, linearizable } from "./linearizable.ts";
import { lostUpdateChecker } from "./lost-update.ts";
import { models } from "./models/index.ts";
import { uniqueChecker } from "./unique.ts";
import type { Checker } from "./verdict.ts";

const others: readonly Checker[] = [lostUpdateChecker, uniqueChecker];

/** What `--model` may say. */
export const model_names: readonly string[] = [
  ...Object.keys(models),
  ...others.map(({ name }) => name),
];

/** @throws Error in one sentence when there is no such checker. */
export function checkerFor(model: string, options: LinearizableOptions = {}): Checker {
  const make = models[model];
  if (make !== undefined) return linearizable(model, make, options);
  const checker = others.find(({ name }) => name === model);
  if (checker === undefined)
    throw new Error(`There is no model "${model}"; there are ${model_names.join(", ")}.`);
  return checker;
}
