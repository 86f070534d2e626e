import { show } from "../call.ts";
import type { Model } from "../model.ts";
import { success } from "../shapes.ts";

/**
 * `acquire` and `release`: held or not.
 * @param initial whether it is held at the start
 */
export function mutex(initial: unknown = false): Model<boolean> {
  if (typeof initial !== "boolean")
    throw new Error(`A mutex starts held (true) or free (false), not ${show(initial)}.`);
  return {
    name: "mutex",
    init: initial,
    knows: { acquire: { output: success }, release: { output: success } },
    step(held, { f }) {
      if (f !== "acquire" && f !== "release") throw new Error(`A mutex has no operation "${f}".`);
      return held === (f === "release") ? !held : undefined;
    },
  };
}
