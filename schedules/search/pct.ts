import * as fc from "fast-check";
import type { ChoicePoint, PickNext } from "../run/runner.ts";
import { sample } from "./sample.ts";

/** A schedule by priorities: plain data, made by fast-check. */
interface Priorities {
  /** The clients, most important first. */
  readonly order: readonly number[];
  /** Before these steps the client that would go loses its priority. */
  readonly change_points: readonly number[];
}

/**
 * One schedule of PCT (Burckhardt et al., "A Randomized Scheduler with Probabilistic Guarantees of Finding
 * Bugs", 2010): a bug of depth d shows with probability at least 1/(n·k^(d−1)), with n clients and k steps.
 */
export function pct(clients: number, steps: number, depth: number, seed: number): PickNext {
  const all = Array.from({ length: clients }, (_, i) => i + 1);
  const plan = fc.record({
    order: fc.shuffledSubarray(all, { minLength: all.length }),
    change_points: fc.array(fc.integer({ min: 1, max: Math.max(1, steps - 1) }), {
      minLength: depth - 1,
      maxLength: depth - 1,
    }),
  });
  return byPriority(sample(plan, seed));
}

function byPriority({ order, change_points }: Priorities): PickNext {
  const ranks = new Map(order.map((client, i) => [client, order.length - i]));
  const points = [...change_points].sort((a, b) => a - b);
  let lowest = 0;
  const best = ({ candidates }: ChoicePoint): number => {
    const rank = (i: number): number => ranks.get(candidates[i]?.client ?? 0) ?? 0;
    return candidates.reduce((top, _, i) => (rank(i) > rank(top) ? i : top), 0);
  };
  return (point) => {
    while (points.length > 0 && point.steps.length >= (points[0] ?? 0)) {
      points.shift();
      ranks.set(point.candidates[best(point)]?.client ?? 0, --lowest);
    }
    return best(point);
  };
}
