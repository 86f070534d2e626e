import type { Model } from "../model.ts";
import { ifAny, success, whole } from "../shapes.ts";

const permits_or_one = { input: ifAny(whole), output: success };

/**
 * `acquire` and `release` permits: one, or as many as the input says. States: how many are held.
 * @param initial how many permits there are; one when not given or 0 (a file's header has 0 when nothing was given)
 */
export function semaphore(initial?: unknown): Model<number> {
  const permits = Number(initial ?? 0) || 1;
  return {
    name: "semaphore",
    init: 0,
    knows: { acquire: permits_or_one, release: permits_or_one },
    step(held, { f, input }) {
      if (f !== "acquire" && f !== "release")
        throw new Error(`A semaphore has no operation "${f}".`);
      const next = held + Number(input ?? 1) * (f === "acquire" ? 1 : -1);
      return next >= 0 && next <= permits ? next : undefined;
    },
  };
}
