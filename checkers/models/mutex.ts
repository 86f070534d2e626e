import type { Model } from "../model.ts";
import { success } from "../shapes.ts";

/** `acquire` and `release`: held or not. */
export function mutex(): Model<boolean> {
  return {
    name: "mutex",
    init: false,
    knows: { acquire: { output: success }, release: { output: success } },
    step(held, { f }) {
      if (f !== "acquire" && f !== "release") throw new Error(`A mutex has no operation "${f}".`);
      return held === (f === "release") ? !held : undefined;
    },
  };
}
