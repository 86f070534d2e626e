import type { Coverage } from "./coverage.ts";
import type { Note } from "./notes.ts";
import type { Failure } from "./program.ts";
import type { Left } from "./search/branch.ts";
import type { Doubt } from "./search/proof.ts";
import type { Fingerprint } from "./token.ts";
import type { Trace } from "./trace.ts";

/** What the schedules of a program showed. */
export interface Exploration {
  readonly operations: readonly number[];
  readonly schedules: number;
  /** Branches that were left out because they lead to where another schedule was. */
  readonly pruned: number;
  /** How many interleavings there are, where that is known: no step waited and all runs had the same steps. */
  readonly interleavings: number | undefined;
  /** The search went through every interleaving of this size, or of its `branches`. Whether that proves anything, `proof` says. */
  readonly complete: boolean;
  /** No interleaving of this size fails, under all the conditions of the word. */
  readonly proof: boolean;
  /** The commit of a statement outside a transaction was a step of its own. */
  readonly commitsApart?: true;
  /** Why it is no proof; absent when it is one. */
  readonly doubt?: Doubt;
  /** Of a random search. */
  readonly seed: number | undefined;
  /** `correct`, or the class of the failure, with how many schedules showed it. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** The same in detail: what each operation came to. */
  readonly endings: Readonly<Record<string, number>>;
  /** Codes with which operations failed cleanly. */
  readonly failed: Readonly<Record<string, number>>;
  /** Codes of operations of which nobody knows. */
  readonly unknown: Readonly<Record<string, number>>;
  /** Schedules in which a step waited for a lock. */
  readonly waited: number;
  /** Most clients that took a step in one schedule: below 2 nothing could race. */
  readonly racing: number;
  /** Pairs of statements that touch the same table or key, and which of them were seen in one order only. */
  readonly coverage: Coverage;
  /** Branches that were lost, as the server did something else after the same choices: then nothing is proved. */
  readonly diverged: number;
  /** By name: in how many schedules an anomaly was met that `allow` accepts. */
  readonly allowed?: Readonly<Record<string, number>>;
  /** The smallest failing schedule that was found. */
  readonly failure?: FoundFailure;
  /** If nothing failed and somebody wants to see why: a schedule in which the clients take turns, step by step. */
  readonly example?: Trace;
  /** Several lanes ran side by side and got in each other's way: all was explored again with one. */
  readonly disturbance?: Disturbance;
  /** A schedule that failed once, and never when it was run again alone: no race. The first of them. */
  readonly unrepeated?: Unrepeated;
  readonly gaveUp?: GaveUp;
  /** What the schedules without a fault show about the program besides, each once. */
  readonly notes?: readonly Note[];
}

/** The same, with what is only for those who divide a search. */
export interface PartExploration extends Exploration {
  /** Of an exhaustive search without faults that has run as many schedules as it may: what it would have gone on with. */
  readonly left?: Left;
}

/** Schedules that were given up without a verdict: something took too long, or did not end. */
export interface GaveUp {
  readonly count: number;
  /** Of the first of them. */
  readonly trace: Trace;
}

/** What several lanes did to each other, though each has a database of its own. */
export type Disturbance =
  /** This failure came only beside others. */
  | { readonly kind: "failed beside others"; readonly lanes: number; readonly failure: Failure }
  /** A step took something that belongs to the whole server, a named lock for example. */
  | { readonly kind: "server-wide step"; readonly lanes: number; readonly statement: string };

/** A failure that did not come again. */
export interface Unrepeated {
  readonly failure: Failure;
  readonly foundAfter: number;
  /** How often it was run again. */
  readonly runs: number;
  /** How many schedules were like that. */
  readonly count: number;
}

/** A failure that comes again when its schedule is run again, alone. */
export interface FoundFailure {
  readonly kind: string;
  /** The check's own words, of the smallest one. */
  readonly message: string;
  /** What was thrown: by the check, or by an operation of the program. */
  readonly error?: unknown;
  /** How many schedules had been run when the first one failed. */
  readonly foundAfter: number;
  readonly found: Trace;
  /** How many schedules it took to make it smaller. */
  readonly shrunkIn: number;
  readonly smallest: Trace;
  /** What a replay of the smallest should show. */
  readonly expected: Fingerprint;
  /** How often the smallest was run again, alone, and how often it failed in the same class. */
  readonly again: { readonly runs: number; readonly failed: number };
  /** What happened when the smallest was run again, if it was something else. */
  readonly other?: Trace;
}
