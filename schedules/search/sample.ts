import * as fc from "fast-check";

/** Without fast-check's bias towards small values: all schedules are equally likely. */
export function sample<T>(arbitrary: fc.Arbitrary<T>, seed: number): T {
  const [value] = fc.sample(fc.noBias(arbitrary), { seed, numRuns: 1 });
  return value as T;
}

const golden = 0x9e3779b9;

/**
 * A stream of seeds from one (Weyl sequence through the mixer of splitmix32).
 * @param skips so many of them are left out
 */
export function seeds(seed: number, skips = 0): () => number {
  let state = (seed + Math.imul(skips, golden)) | 0;
  return () => {
    state = (state + golden) | 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return z ^ (z >>> 16);
  };
}
