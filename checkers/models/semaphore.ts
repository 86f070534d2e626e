import { show } from "../call.ts";
import type { Model } from "../model.ts";
import { ifAny, safe, success, whole } from "../shapes.ts";

const permits_or_one = { input: ifAny(whole), output: success };

/**
 * `acquire` and `release` permits: one, or as many as the input says. States: how many are held.
 * @param initial how many permits there are
 */
export function semaphore(initial: unknown = 1): Model<number> {
  const permits = Number(initial);
  if (!safe.fits(initial) || permits < 1)
    throw new Error(
      `How many permits a semaphore has must be a whole number from 1, not ${show(initial)}.`,
    );
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
