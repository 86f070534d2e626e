import type { Model } from "../model.ts";
import { same } from "../plain-text.ts";
import { pair, type Shape, value } from "../shapes.ts";

/** What a cas may answer: true, false, or nothing; Jepsen's ok repeats the input, the pair [from, to]. */
const swapped: Shape = {
  is: "true, false or nothing",
  fits: (given) =>
    given === undefined || given === null || typeof given === "boolean" || pair.fits(given),
};

/**
 * `read`, `write`, and `cas` with input [from, to] (compare-and-set; output false = it found another value).
 * With an initial value, a read of null tells nothing about the state, as in Knossos's histories.
 */
export function register(initial: unknown = null): Model<unknown> {
  return {
    name: "register",
    init: initial,
    knows: {
      read: { output: value },
      write: { input: value },
      cas: { input: pair, output: swapped },
    },
    step(value, { f, input, output }) {
      switch (f) {
        case "read":
          if (output === undefined || same(output, value)) return value;
          return output === null && initial !== null ? value : undefined;
        case "write":
          return input;
        case "cas": {
          if (!Array.isArray(input) || input.length !== 2)
            throw new Error("A cas needs [from, to] for its input.");
          const [from, to] = input as [unknown, unknown];
          if (output === false) return same(from, value) ? undefined : value;
          return same(from, value) ? to : undefined;
        }
        default:
          throw new Error(`A register has no operation "${f}".`);
      }
    },
    observes: ({ f, output }) => f === "read" || (f === "cas" && output === false),
    overwrites: ({ f }) => f === "write",
  };
}
