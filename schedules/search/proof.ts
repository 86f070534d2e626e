import type { DrainEnd } from "../run/lanes.ts";
import type { Stale } from "./fresh-start.ts";

/** Everything that decides whether an exploration proves something. */
export interface ProofFacts {
  readonly failed: boolean;
  /** The search goes through all interleavings, not through some. */
  readonly exhaustive: boolean;
  readonly end: DrainEnd;
  readonly schedules: number;
  /** Branches that were lost: the server did something else after the same choices. */
  readonly lost_branches: number;
  /** Schedules that were given up before their end. */
  readonly given_up: number;
  /** Schedules in which a client that polled had to let the others go first. */
  readonly polled: number;
  /** Schedules in which clients waited inside the process while others went on. */
  readonly stood_still: number;
  /** A statement that left something on one of the connections of a pool that all clients share. */
  readonly left_on_pool: string | undefined;
  /** A connection went back to its pool in the middle of a transaction. */
  readonly returned_open: boolean;
  /** A client asked this while another request of its own was under way on another connection. */
  readonly came_beside: string | undefined;
  /** A step in the middle of which others can come: a procedure, several commands in one request. */
  readonly divisible: string | undefined;
  /** Schedules that failed once, and not again when they were run alone. */
  readonly unrepeated: number;
  /** The most clients that took a step in one schedule. */
  readonly racing: number;
  /** Set-ups whose result was looked at. */
  readonly looks: number;
  readonly stale: Stale | undefined;
  readonly too_large: readonly string[];
}

/** Why there is no proof, as data. */
export type Doubt =
  | { readonly kind: "failed" }
  | { readonly kind: "random" }
  | { readonly kind: "cut short"; readonly by: Exclude<DrainEnd, "all" | "stopped"> }
  | { readonly kind: "lost branches"; readonly count: number }
  | { readonly kind: "given up"; readonly count: number }
  | { readonly kind: "polled"; readonly count: number }
  | { readonly kind: "stood still"; readonly count: number }
  /** All operations begin at once, so which connection each one gets first is not explored; and here it matters. */
  | { readonly kind: "left on a pool"; readonly statement: string }
  /** Requests of one client are under way together, and only one order of them is explored. */
  | { readonly kind: "came beside"; readonly statement: string }
  /** Whoever gets the connection next works in somebody else's transaction; who that is, is not explored. */
  | { readonly kind: "returned open" }
  /** Others can come in the middle of a step, where no schedule reaches. */
  | { readonly kind: "divisible"; readonly statement: string }
  | { readonly kind: "unrepeated"; readonly count: number }
  | { readonly kind: "nothing raced" }
  /** Schedules of which nobody could say whether they ended like a serial order. */
  | { readonly kind: "undecided"; readonly count: number }
  /** There was no table, key or item that could be compared with the serial orders. */
  | { readonly kind: "nothing compared" }
  | { readonly kind: "not looked" }
  | { readonly kind: "stale"; readonly stale: Stale }
  | { readonly kind: "too large"; readonly what: readonly string[] };

/**
 * The one place that decides about the word "proof": every interleaving of this size was run and none failed, each from
 * the same state, with nothing else in its database, and no branch was lost. That nothing else runs there is not among
 * the facts; it is guaranteed: each lane has a database of its own, and explorations of one backend take turns.
 *
 * The commit of a statement outside a transaction is a step of its own only through doors; where it is not, the
 * report says so.
 *
 * @returns undefined = proof; else the first reason against it: what the user can change comes before the rest
 */
export function doubtOf(facts: ProofFacts): Doubt | undefined {
  if (facts.failed) return { kind: "failed" };
  if (facts.stale) return { kind: "stale", stale: facts.stale };
  if (facts.unrepeated > 0) return { kind: "unrepeated", count: facts.unrepeated };
  if (facts.given_up > 0) return { kind: "given up", count: facts.given_up };
  if (!facts.exhaustive) return { kind: "random" };
  if (facts.end !== "all") {
    return facts.end === "stopped" ? { kind: "failed" } : { kind: "cut short", by: facts.end };
  }
  if (facts.lost_branches > 0) return { kind: "lost branches", count: facts.lost_branches };
  if (facts.polled > 0) return { kind: "polled", count: facts.polled };
  if (facts.stood_still > 0) return { kind: "stood still", count: facts.stood_still };
  if (facts.returned_open) return { kind: "returned open" };
  if (facts.left_on_pool !== undefined)
    return { kind: "left on a pool", statement: facts.left_on_pool };
  if (facts.came_beside !== undefined) return { kind: "came beside", statement: facts.came_beside };
  if (facts.divisible !== undefined) return { kind: "divisible", statement: facts.divisible };
  if (facts.racing < 2) return { kind: "nothing raced" };
  if (facts.too_large.length > 0) return { kind: "too large", what: facts.too_large };
  if (facts.looks < facts.schedules) return { kind: "not looked" };
  return undefined;
}
