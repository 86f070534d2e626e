import type { DrainEnd } from "../run/lanes.ts";
import type { Trace, TraceStep } from "../trace.ts";
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
  /** What single schedules have shown against a proof. */
  readonly shown: readonly Doubt[];
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
  /** A step works in a place that is not set up and not compared. */
  | { readonly kind: "outside"; readonly statement: string; readonly where: string }
  /** Others can come in the middle of a step, where no schedule reaches. */
  | { readonly kind: "divisible"; readonly statement: string; readonly by?: string }
  | { readonly kind: "unrepeated"; readonly count: number }
  | { readonly kind: "nothing raced" }
  /** Schedules of which nobody could say whether they ended like a serial order. */
  | { readonly kind: "undecided"; readonly count: number }
  /** Programs had ended, and what they had started went on: what it would still have done is not known. */
  | { readonly kind: "survivors" }
  /** There was no table, key or item that could be compared with the serial orders. */
  | { readonly kind: "nothing compared" }
  | { readonly kind: "not looked" }
  | { readonly kind: "stale"; readonly stale: Stale }
  | { readonly kind: "too large"; readonly what: readonly string[] };

/** What a schedule shows against a proof. */
export function doubtsIn({ steps, returnedOpen, leftOnPool, cameBeside }: Trace): Doubt[] {
  const divisible = steps.find((step) => step.isDivisible)?.statement;
  const outside = steps.find((step) => step.outside !== undefined);
  return [
    ...(outside ? [outsideDoubt(outside)] : []),
    ...(returnedOpen ? [{ kind: "returned open" } as const] : []),
    ...aboutOne("left on a pool", leftOnPool),
    ...aboutOne("came beside", cameBeside),
    ...aboutOne("divisible", divisible),
  ];
}

const outsideDoubt = ({ statement, outside = "" }: TraceStep): Doubt => ({
  kind: "outside",
  statement,
  where: outside,
});

type OfStatement = "left on a pool" | "came beside" | "divisible";

const aboutOne = (kind: OfStatement, statement: string | undefined): Doubt[] =>
  statement === undefined ? [] : [{ kind, statement }];

/** Of what schedules have shown, whichever came first. */
const told_first = [
  "outside",
  "returned open",
  "left on a pool",
  "came beside",
  "divisible",
] as const;

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
  const [shown] = told_first.flatMap((kind) => facts.shown.filter((one) => one.kind === kind));
  if (shown) return shown;
  if (facts.racing < 2) return { kind: "nothing raced" };
  if (facts.too_large.length > 0) return { kind: "too large", what: facts.too_large };
  if (facts.looks < facts.schedules) return { kind: "not looked" };
  return undefined;
}
