import type { Model } from "../model.ts";
import { text, value } from "../shapes.ts";

/** One key of a store of texts: `get`, `put`, `append`. A key that is not there is "". */
export function kv(initial: unknown = ""): Model<string> {
  return {
    name: "kv",
    init: String(initial),
    knows: { get: { output: value }, put: { input: text }, append: { input: text } },
    step(text, { f, input, output }) {
      switch (f) {
        case "get":
          return output === undefined || output === text ? text : undefined;
        case "put":
          return String(input);
        case "append":
          return text + String(input);
        default:
          throw new Error(`A key-value store has no operation "${f}".`);
      }
    },
    observes: ({ f }) => f === "get",
    reaches: (text, { output }) => typeof output !== "string" || output.startsWith(text),
    overwrites: ({ f }) => f === "put",
  };
}
