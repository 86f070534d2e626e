/**
 * What the page shows, as data: written by `reports/page`, read by the scripts in `browser/`. This file imports
 * nothing that needs Node, because the scripts are type-checked for a browser.
 */
import type { Excerpt } from "../excerpt.ts";
import type { Sign } from "../signs.ts";

/** Everything in one page. */
export interface PageData {
  readonly title: string;
  /** When the results were made, as ISO 8601. */
  readonly made: string;
  /** Facts about the run, in the order in which they are shown: name and value. */
  readonly about: readonly (readonly [string, string])[];
  readonly cells: readonly PageCell[];
  readonly not_run: readonly { readonly backend: string; readonly reason: string }[];
  readonly interrupted: boolean;
  /** The run that this one is compared with. */
  readonly before?: { readonly name: string; readonly gone: readonly string[] };
}

/** One way to write something, on one server at one level. */
export interface PageCell {
  /** The same in every run; it names the cell in the address of the page. */
  readonly id: string;
  /** The workload: `counter`. */
  readonly workload: string;
  readonly backend: string;
  readonly server: string;
  /** The strategy: `select-for-update`. */
  readonly way: string;
  /** The isolation level in full and in short; absent where the server has none. */
  readonly level?: { readonly name: string; readonly short: string };
  readonly sign: Sign;
  /** What was measured, in a word or two. */
  readonly word: string;
  /** What is promised, in words; a program of one's own promises nothing. */
  readonly declared?: string;
  readonly conclusion: "as declared" | "different" | "no verdict";
  readonly remarks: readonly string[];
  /** What was explored, with an interleaving of each. */
  readonly explored: readonly PageExploration[];
  readonly load?: PageLoad;
  /** The result in the earlier run, if it was different. */
  readonly before?: { readonly sign: Sign; readonly word: string } | "new";
}

/** One exploration of schedules. */
export interface PageExploration {
  /** `2 clients`, `a reply lost`. */
  readonly name: string;
  /** What was run and how it ended, in a sentence. */
  readonly text: string;
  readonly sign: Sign;
  /** Every interleaving of this size was run. */
  readonly complete: boolean;
  /** The smallest failing interleaving; if none fails, one in which the clients take turns. */
  readonly story?: Story;
  /** What was tried to mend it, and what that showed. */
  readonly repairs?: readonly PageRepair[];
}

/** One of the usual repairs, put in on the wire. */
export interface PageRepair {
  /** `one transaction, FOR UPDATE on account`. */
  readonly repair: string;
  /** Safe only with a proof. */
  readonly sign: Sign;
  /** Whether the race is gone, and what says so. */
  readonly gone: string;
  /** The errors that the caller has to retry. */
  readonly errors: string;
  /** `× 0.8`: how much got done in a short load, beside the same without it; empty if that was not measured. */
  readonly throughput: string;
}

/** An interleaving: one that fails, or one that shows how it is when none does. */
export interface Story {
  /** `lost update`, `nothing goes wrong`. */
  readonly kind: string;
  readonly sentence: string;
  /** The check's own message, if it says something else. */
  readonly message?: string;
  readonly clients: number;
  readonly steps: readonly StoryStep[];
  /** The order in which things happen: a step that waits has two moments. */
  readonly moments: readonly Moment[];
  /** What is known of the database: its places, and what is in them after each moment. */
  readonly places: readonly DataPlace[];
  /** How each operation ended. */
  readonly results: readonly string[];
  /** Of one that fails. */
  readonly again?: {
    readonly token: string;
    /** The command that runs it again. */
    readonly replay: string;
    /** How it was found. */
    readonly counts: string;
  };
}

/** One request of a client, or its commit. */
export interface StoryStep {
  /** From 1. */
  readonly client: number;
  readonly statement: string;
  /** Where it comes from: `src/bank.ts:9:12`, or a controller; with the code around it, where that could be read. */
  readonly from?: { readonly place: string; readonly line?: number; readonly excerpt?: Excerpt };
  readonly kind: "read" | "write" | "lock" | "begin" | "commit" | "rollback" | "other";
  readonly answer?: string;
  readonly error?: string;
  /** What went wrong here on purpose, in words. */
  readonly fault?: string;
  readonly reads: readonly Said[];
  readonly writes: readonly Said[];
  /** Whom it waits for, and the step after which it goes on; none when it ends by itself. */
  readonly waits?: { readonly whom: string; readonly until?: number };
  /** Its role in what went wrong. */
  readonly part?: {
    readonly is: "stale read" | "overwritten" | "overwrites";
    readonly text: string;
    /** The other step that this is about. */
    readonly step: number;
  };
}

/** A value with its name, as text: `balance` = `100`. */
export interface Said {
  readonly name: string;
  readonly value: string;
}

export interface Moment {
  readonly step: number;
  /** `sent`: the step was sent and now waits. `done`: it goes on after waiting. `whole`: it was sent and answered. */
  readonly is: "sent" | "done" | "whole";
  /** One for each of the places. */
  readonly state: readonly PlaceState[];
}

/** A column of a row, or a key. */
export interface DataPlace {
  readonly row: string;
  readonly column: string;
}

/** What is in a place: committed, and what clients wrote in transactions that are still open. */
export interface PlaceState {
  /** Absent = nobody knows. */
  readonly value?: string;
  readonly open?: readonly { readonly client: number; readonly value: string }[];
  /** What clients believe it to be, from what they read last. */
  readonly known?: readonly { readonly client: number; readonly value: string }[];
}

/** What a load showed. */
export interface PageLoad {
  readonly verdict: "valid" | "invalid" | "unknown";
  readonly reason: string;
  /** Name and value, in the order in which they are shown. */
  readonly figures: readonly (readonly [string, string])[];
  /** Absent when the history is missing or too long to draw; then `left_out` says why. */
  readonly drawn?: LoadDrawing;
  readonly left_out?: string;
}

export interface LoadDrawing {
  readonly elapsed_ms: number;
  /** In slices of equal length: how many operations ended, and their latency. */
  readonly slice_ms: number;
  readonly ended: readonly number[];
  readonly p50_ms: readonly (number | null)[];
  readonly max_ms: readonly (number | null)[];
  readonly faults: readonly {
    readonly kind: string;
    readonly from_ms: number;
    readonly to_ms: number;
  }[];
  /** The rows of bars. */
  readonly lanes: readonly string[];
  /** How many operations there were in all; only the first of them have bars. */
  readonly total: number;
  readonly operations: LoadOperations;
  /** The linearization, where it was asked for and found: bars by their number, in an order that proves it right. */
  readonly order?: readonly number[];
  /** Of a valid load: why there is no such order, in a sentence. */
  readonly no_order?: string;
}

/** The operations as columns with one number or text for each, which take a third of the size of objects. */
export interface LoadOperations {
  readonly lane: readonly number[];
  /** Microseconds from the call of the previous operation to this one's; and how long it took. */
  readonly after_us: readonly number[];
  /** -1 = the operation has no known end. */
  readonly took_us: readonly number[];
  /** A letter for each operation: o = ok, f = fail, i = info. */
  readonly status: string;
  /** Indices into `texts`: what was asked, what was answered. */
  readonly asked: readonly number[];
  readonly answered: readonly number[];
  readonly texts: readonly string[];
  /** Operations that break the model: their numbers. */
  readonly wrong: readonly number[];
}
