import { show } from "../call.ts";
import type { Call, Model } from "../model.ts";
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
    leads: rowsTo,
  };
}

/** How many sums are tried. */
const most_sums = 2_000;

/** Adds whose sum is what is missing, preferring those that return first. */
function rowsTo(
  value: number | bigint,
  calls: readonly Call[],
  { f, input, output }: Call,
): number[][] {
  if (typeof output !== "number" || typeof value !== "number") return [];
  const missing = output - value - (f === "add" ? Number(input ?? 1) : 0);
  const rows: number[][] = [];
  const sums: number[] = [0];
  const from: number[] = [-1];
  const by: number[] = [-1];
  const seen = new Set<number>(sums);
  for (const [index, call] of calls.entries()) {
    if (call.output !== undefined && call.output !== null) continue;
    const delta = Number(call.input ?? 1);
    for (let at = 0, count = sums.length; at < count; at++) {
      const sum = sums[at]! + delta;
      if (sum === missing) {
        const row = [index];
        for (let step = at; by[step]! >= 0; step = from[step]!) row.unshift(by[step]!);
        rows.push(row);
        if (rows.length >= 3) return rows;
      } else if (!seen.has(sum) && sums.length < most_sums) {
        seen.add(sum);
        sums.push(sum);
        from.push(at);
        by.push(index);
      }
    }
  }
  return rows;
}

function asWhole(given: unknown): number | bigint {
  if (typeof given === "bigint" || Number.isSafeInteger(given)) return given as number | bigint;
  throw new Error(`A counter starts with, and adds, whole numbers, not ${show(given)}.`);
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
