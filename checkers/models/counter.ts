import type { Model } from "../model.ts";
import { ifAny, whole } from "../shapes.ts";

/** `add` with any delta (1 when none is given), which may answer the new value; `read`. Exact at any size. */
export function counter(initial: unknown = 0): Model<number | bigint> {
  return {
    name: "counter",
    init: asWhole(initial),
    knows: { add: { input: ifAny(whole), output: ifAny(whole) }, read: { output: whole } },
    step(value, { f, input, output }) {
      if (f !== "add" && f !== "read") throw new Error(`A counter has no operation "${f}".`);
      const next = f === "add" ? plus(value, asWhole(input ?? 1)) : value;
      return output === undefined || output === null || output === next ? next : undefined;
    },
    observes: ({ f }) => f === "read",
  };
}

function asWhole(given: unknown): number | bigint {
  if (typeof given === "bigint" || Number.isSafeInteger(given)) return given as number | bigint;
  throw new Error(`A counter starts with, and adds, whole numbers, not ${JSON.stringify(given)}.`);
}

/** A bigint only where a number does not hold it, so that equal sums are the same. */
function plus(one: number | bigint, other: number | bigint): number | bigint {
  if (typeof one === "number" && typeof other === "number") {
    const sum = one + other;
    if (Number.isSafeInteger(sum)) return sum;
  }
  const exact = BigInt(one) + BigInt(other);
  const rounded = Number(exact);
  return Number.isSafeInteger(rounded) ? rounded : exact;
}
