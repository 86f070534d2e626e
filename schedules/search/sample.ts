import * as fc from "fast-check";

/** Without fast-check's bias towards small values: all schedules are equally likely. */
export function sample<T>(arbitrary: fc.Arbitrary<T>, seed: number): T {
  const [value] = fc.sample(fc.noBias(arbitrary), { seed, numRuns: 1 });
  return value as T;
}

/** A stream of seeds from one (Weyl sequence through the mixer of splitmix32). */
export function seeds(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return z ^ (z >>> 16);
  };
}
