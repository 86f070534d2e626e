import type { Model } from "../model.ts";
import { plainText } from "../plain-text.ts";
import { list, truth, value } from "../shapes.ts";
import { startingItems } from "./items.ts";
import { packedSet } from "./packed-set.ts";

/** `add` and `remove` of an element, `contains` (true or false), `read` (all elements). States: texts of the elements. */
export function set(initial?: unknown): Model<ReadonlySet<string>> {
  const init = new Set(startingItems(initial).map(plainText));
  return {
    name: "set",
    init,
    knows: {
      add: { input: value },
      remove: { input: value },
      contains: { input: value, output: truth },
      read: { output: list },
    },
    step(elements, { f, input, output }) {
      const element = plainText(input);
      switch (f) {
        case "add":
          return new Set([...elements, element]);
        case "remove":
          return new Set([...elements].filter((other) => other !== element));
        case "contains":
          return output === undefined || output === elements.has(element) ? elements : undefined;
        case "read": {
          if (output === undefined) return elements;
          const read = new Set(asList(output).map(plainText));
          return plainText(read) === plainText(elements) ? elements : undefined;
        }
        default:
          throw new Error(`A set has no operation "${f}".`);
      }
    },
    observes: ({ f }) => f === "read" || f === "contains",
    part: ({ f, input }) => (f === "add" || f === "remove" ? plainText(input) : undefined),
    packed: (calls) => packedSet(init, calls, false),
  };
}

function asList(output: unknown): unknown[] {
  if (!Array.isArray(output)) throw new Error("A read of a set must answer a list.");
  return output;
}
