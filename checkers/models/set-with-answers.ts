import type { Model } from "../model.ts";
import { plainText } from "../plain-text.ts";
import { value } from "../shapes.ts";
import { packedSet } from "./packed-set.ts";
import { set } from "./set.ts";

/**
 * A set whose `add` answers whether the element was new, and whose `remove` answers whether it was there (null: it did
 * not say). Everything else is as in `set`.
 */
export function setWithAnswers(initial?: unknown): Model<ReadonlySet<string>> {
  const plain = set(initial);
  return {
    ...plain,
    name: "set-with-answers",
    knows: {
      ...plain.knows,
      add: { input: value, output: value },
      remove: { input: value, output: value },
    },
    step(elements, call) {
      const { f, input, output } = call;
      if ((f === "add" || f === "remove") && typeof output === "boolean") {
        const changes = elements.has(plainText(input)) === (f === "remove");
        if (output !== changes) return undefined;
      }
      return plain.step(elements, call);
    },
    part: (call) => (typeof call.output === "boolean" ? undefined : plain.part!(call)),
    packed: (calls) => packedSet(plain.init, calls, true),
    observes: (call) => plain.observes!(call) || (call.f !== "read" && call.output === false),
  };
}
