import { bankChecker } from "./bank.ts";
import { type LinearizableOptions, linearizable } from "./linearizable.ts";
import { lostUpdate } from "./lost-update.ts";
import { models } from "./models/index.ts";
import { pnCounterChecker } from "./pn-counter.ts";
import { readModifyWriteChecker } from "./read-modify-write.ts";
import { setAtRestChecker } from "./set-at-rest.ts";
import { setFullChecker } from "./set-full.ts";
import { totalQueueChecker } from "./total-queue.ts";
import { uniqueChecker, uniqueIdsChecker } from "./unique.ts";
import type { Checker } from "./verdict.ts";

/** Each takes the initial value, which most do not need. */
const others: Readonly<Record<string, (initial?: unknown) => Checker>> = {
  "lost-update": lostUpdate,
  "read-modify-write": readModifyWriteChecker,
  unique: without(uniqueChecker),
  "unique-ids": without(uniqueIdsChecker),
  "set-at-rest": without(setAtRestChecker),
  "set-full": without(setFullChecker),
  "total-queue": without(totalQueueChecker),
  bank: bankChecker,
  "pn-counter": pnCounterChecker,
};

/** @throws Error when an initial value is given to a checker that always starts with nothing */
function without(checker: Checker): (initial?: unknown) => Checker {
  return (initial) => {
    if (initial === undefined) return checker;
    throw new Error(`${checker.name} always starts with nothing: leave the initial value out.`);
  };
}

/** The names that `--model` takes. */
export const modelNames: readonly string[] = [...Object.keys(models), ...Object.keys(others)];

/** @throws Error with one sentence when there is no such checker */
export function checkerFor(model: string, options: LinearizableOptions = {}): Checker {
  const make = models[model];
  if (make !== undefined) {
    make(options.initial); // what is wrong with it is said at once
    return linearizable(model, make, options);
  }
  const other = others[model];
  if (other === undefined)
    throw new Error(`There is no model "${model}"; there are ${modelNames.join(", ")}.`);
  return other(options.initial);
}
