import type { Model } from "../model.ts";
import { counter } from "./counter.ts";
import { kv } from "./kv.ts";
import { mutex } from "./mutex.ts";
import { queue } from "./queue.ts";
import { register } from "./register.ts";
import { set } from "./set.ts";

/** Makes a model that starts with `initial`; each has a default of its own. */
export type MakeModel = (initial?: unknown) => Model<unknown>;

export const models: Readonly<Record<string, MakeModel>> = {
  register,
  "cas-register": register,
  counter: erase(counter),
  kv: erase(kv),
  mutex: erase(mutex),
  set: erase(set),
  queue: erase(queue),
};

/** States go back only into the model they came from, so its users need not know their type. */
function erase<State>(make: (initial?: unknown) => Model<State>): MakeModel {
  const made: (initial?: unknown) => unknown = make;
  // oxlint-disable-next-line no-unsafe-type-assertion -- see above
  return made as MakeModel;
}
