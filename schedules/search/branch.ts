/**
 * A part of an exhaustive search as plain data, so that another process can go on with it.
 *
 * The search is depth first, and all that it still has to do is its list of branches. A branch stands for the schedules
 * that begin with its choices, and for those that begin with a later choice at its last point: its siblings are found
 * once it was visited. So the branches of a list are disjoint, and together they are all that is left. Whoever gets some
 * of them needs nothing else: no branch asks what came of another.
 *
 * What is asleep at a branch is a promise about another part. A step sleeps because somebody else explores, or has
 * explored, what follows when it comes first. Promises only point to what stands earlier in the order of the search, so
 * they cannot go in a circle; and they hold when all parts come back. Hence no part is a proof, all parts together are
 * one, and a part that is missing takes the proof from the whole, not only from its own schedules.
 *
 * Elsewhere, the keys of the steps that sleep have other names: a run's keys begin with something random. Taken as they
 * are, two names of one key would look like two keys, two steps on it would seem to commute, and a false proof would
 * follow. So keys do not travel. Whoever goes on looks them up: at the branch's last point the client of a sleeping step
 * still stands at its gate with the same request, as it has got no other reply since. If it does not stand there, its
 * step may touch anything, which costs schedules, and hides none.
 */
import type { Move } from "./independence.ts";

/** A place in the tree of schedules that is still to be visited: first these choices, then the visit makes its own. */
export interface Branch {
  readonly choices: readonly number[];
  /** At its last choice: steps that were tried there or before, and lead nowhere new while they commute. */
  readonly asleep: readonly Sleeper[];
  /** Who can go at its last choice. */
  readonly candidates: readonly number[];
}

/** A step that sleeps, without the keys that it touches. */
export type Sleeper = Omit<Move, "keys">;

/** What a search has left to others because it had run as many schedules as it may. */
export interface Left {
  /** In the order of the search. */
  readonly branches: readonly Branch[];
  /** All interleavings but those of the branches were covered. */
  readonly covered: boolean;
}

/**
 * Divides branches among so many parts or fewer, in their order. The first ones, which lie deepest, share a part: they
 * are small.
 */
export function divided<Part>(branches: readonly Part[], parts_max: number): Part[][] {
  const together = Math.max(0, branches.length - parts_max + 1);
  const deepest = branches.slice(0, together);
  const others = branches.slice(together).map((branch) => [branch]);
  return deepest.length > 0 ? [deepest, ...others] : others;
}
