import type { Model } from "../model.ts";
import { value } from "../shapes.ts";
import { mayAnswer, startingItems } from "./items.ts";

/** First in, first out: `enqueue`, `dequeue` (null when it was empty). */
export function queue(initial?: unknown): Model<readonly unknown[]> {
  return {
    name: "queue",
    init: startingItems(initial),
    knows: { enqueue: { input: value }, dequeue: { output: value } },
    step(items, { f, input, output }) {
      if (f === "enqueue") return [...items, input];
      if (f !== "dequeue") throw new Error(`A queue has no operation "${f}".`);
      return mayAnswer(output, items[0]) ? items.slice(1) : undefined;
    },
  };
}
