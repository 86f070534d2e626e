import type { Model } from "../model.ts";
import { ifAny, whole } from "../shapes.ts";

/** `add` with any delta (1 when none is given), which may answer the new value; `read`. */
export function counter(initial: unknown = 0): Model<number> {
  return {
    name: "counter",
    init: Number(initial),
    knows: { add: { input: ifAny(whole), output: ifAny(whole) }, read: { output: whole } },
    step(value, { f, input, output }) {
      if (f !== "add" && f !== "read") throw new Error(`A counter has no operation "${f}".`);
      const next = f === "add" ? value + Number(input ?? 1) : value;
      return output === undefined || output === null || output === next ? next : undefined;
    },
    observes: ({ f }) => f === "read",
  };
}
