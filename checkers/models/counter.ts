import type { Model } from "../model.ts";

/** `add` with any delta (1 when none is given), which may answer the new value; `read`. */
export const counter: Model<number> = {
  name: "counter",
  init: (initial) => initial ?? 0,
  step(value, { f, input, output }) {
    const next = f === "add" ? value + Number(input ?? 1) : value;
    return output === undefined || output === null || output === next ? next : undefined;
  },
  observes: ({ f }) => f === "read",
};
