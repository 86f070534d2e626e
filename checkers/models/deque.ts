import type { Model } from "../model.ts";
import { value } from "../shapes.ts";
import { mayAnswer, startingItems } from "./items.ts";

/** A queue with two ends: `add-first`, `add-last`, `remove-first`, `remove-last` (null when it was empty). */
export function deque(initial?: unknown): Model<readonly unknown[]> {
  return {
    name: "deque",
    init: startingItems(initial),
    knows: {
      "add-first": { input: value },
      "add-last": { input: value },
      "remove-first": { output: value },
      "remove-last": { output: value },
    },
    step(items, { f, input, output }) {
      switch (f) {
        case "add-first":
          return [input, ...items];
        case "add-last":
          return [...items, input];
        case "remove-first":
          return mayAnswer(output, items[0]) ? items.slice(1) : undefined;
        case "remove-last":
          return mayAnswer(output, items.at(-1)) ? items.slice(0, -1) : undefined;
        default:
          throw new Error(`A deque has no operation "${f}".`);
      }
    },
  };
}
