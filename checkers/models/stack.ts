import type { Model } from "../model.ts";
import { value } from "../shapes.ts";
import { mayAnswer, startingItems } from "./items.ts";

/** Last in, first out: `push`, `pop` (null when it was empty). */
export function stack(initial?: unknown): Model<readonly unknown[]> {
  return {
    name: "stack",
    init: startingItems(initial),
    knows: { push: { input: value }, pop: { output: value } },
    step(items, { f, input, output }) {
      if (f === "push") return [...items, input];
      if (f !== "pop") throw new Error(`A stack has no operation "${f}".`);
      return mayAnswer(output, items.at(-1)) ? items.slice(0, -1) : undefined;
    },
  };
}
