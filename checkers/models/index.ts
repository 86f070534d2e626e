import type { Header } from "../../histories/event.ts";
import type { Model } from "../model.ts";
import { counter } from "./counter.ts";
import { deque } from "./deque.ts";
import { kv } from "./kv.ts";
import { multiRegister } from "./multi-register.ts";
import { mutex } from "./mutex.ts";
import { priorityQueue } from "./priority-queue.ts";
import { queue } from "./queue.ts";
import { register } from "./register.ts";
import { semaphore } from "./semaphore.ts";
import { set } from "./set.ts";
import { setWithAnswers } from "./set-with-answers.ts";
import { stack } from "./stack.ts";

/** Makes a model that starts with `initial`; each model has its own default. */
export type MakeModel = (initial?: unknown) => Model<unknown>;

export const models: Readonly<Record<string, MakeModel>> = {
  register,
  "cas-register": register,
  "multi-register": erase(multiRegister),
  counter: erase(counter),
  kv: erase(kv),
  mutex: erase(mutex),
  semaphore: erase(semaphore),
  set: erase(set),
  "set-with-answers": erase(setWithAnswers),
  queue: erase(queue),
  stack: erase(stack),
  deque: erase(deque),
  "priority-queue": erase(priorityQueue),
};

/** Models of numbers: only for these is the `initial` of a file's header meant. */
const numeric: readonly MakeModel[] = [register, erase(counter)];

/** What a model starts with: what was given, else what the history's header says, if that is meant for this model. */
export function startOf(make: MakeModel, given: unknown, header: Header | undefined): unknown {
  const named = Object.values(models).includes(make);
  return given === undefined && (!named || numeric.includes(make)) ? header?.initial : given;
}

/** States only go back into the model they came from, so users of a model need not know their type. */
function erase<State>(make: (initial?: unknown) => Model<State>): MakeModel {
  const made: (initial?: unknown) => unknown = make;
  // oxlint-disable-next-line no-unsafe-type-assertion -- see above
  return made as MakeModel;
}
