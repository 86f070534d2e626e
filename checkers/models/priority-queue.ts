import { show } from "../call.ts";
import type { Model } from "../model.ts";
import { number, value } from "../shapes.ts";
import { mayAnswer, startingItems } from "./items.ts";

/** `enqueue` a number, `dequeue` the smallest one (null when it was empty). */
export function priorityQueue(initial?: unknown): Model<readonly Priority[]> {
  return {
    name: "priority-queue",
    init: startingItems(initial).map(priority).sort(ascending),
    knows: { enqueue: { input: number }, dequeue: { output: value } },
    step(items, { f, input, output }) {
      if (f === "enqueue") return [...items, priority(input)].sort(ascending);
      if (f !== "dequeue") throw new Error(`A priority queue has no operation "${f}".`);
      return mayAnswer(output, items[0]) ? items.slice(1) : undefined;
    },
  };
}

export type Priority = number | bigint;

export function priority(item: unknown): Priority {
  if (typeof item === "bigint" || (typeof item === "number" && !Number.isNaN(item))) return item;
  throw new Error(`An item of a priority queue must be a number, not ${show(item)}.`);
}

export function ascending(one: Priority, other: Priority): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
