import type { Model } from "../model.ts";
import { same } from "../plain-text.ts";

/** First in, first out: `enqueue`, `dequeue` (null when it was empty). */
export function queue(): Model<readonly unknown[]> {
  return {
    name: "queue",
    init: [],
    step(items, { f, input, output }) {
      if (f === "enqueue") return [...items, input];
      if (f !== "dequeue") throw new Error(`A queue has no operation "${f}".`);
      if (items.length === 0) return output === undefined || output === null ? items : undefined;
      const [first, ...rest] = items;
      return output === undefined || same(output, first) ? rest : undefined;
    },
    observes: ({ f, output }) => f === "dequeue" && output === null,
  };
}
