/** The usual repairs of a race, as data: what is put in on the wire, and what that showed. */
import type { Isolation } from "../backends/backend.ts";
import type { LockedTables } from "../backends/sql-mending.ts";
import type { Dialect } from "../backends/sql-tokens.ts";
import type { FoundFailure } from "../schedules/findings.ts";
import type { Doubt } from "../schedules/search/proof.ts";

/** How statements are written; or which database without SQL it is. */
export type Language = Dialect | "redis" | "dynamodb";

/** One repair. Each part of it is put in; an operation's statements are in one transaction if it `wraps`. */
export interface Repair {
  /** Of several databases, the name of the one at whose doors it is put in. */
  readonly database?: string;
  /** The whole operation is put into one transaction: BEGIN before its first statement, COMMIT after its last. */
  readonly wraps: boolean;
  /** The isolation level of the transactions. */
  readonly level?: Isolation;
  /** SELECTs from these tables lock what they find. */
  readonly locks?: LockedTables;
  /** Writes take effect only if what the operation has read is still the same. */
  readonly compares?: "watch" | "condition" | "where";
  /** A unique index in the schema. */
  readonly unique?: UniqueIndex;
}

/** No two rows of the table have the same values in these columns. */
export interface UniqueIndex {
  readonly table: string;
  readonly columns: readonly string[];
  /** Only among rows in which these are NULL. */
  readonly nulls?: readonly string[];
}

/** What came of it. Only `proof` says that the race is gone. */
export type RepairResult =
  | { readonly kind: "proof" }
  /** No schedule failed, but that proves nothing. */
  | { readonly kind: "no proof"; readonly doubt: Doubt | undefined }
  /** There is still a race, this one or another. */
  | { readonly kind: "race"; readonly failure: FoundFailure }
  /** Operations are refused even when they run one after the other: there is something that they cannot do any more. */
  | { readonly kind: "refuses"; readonly codes: readonly string[] }
  /** It cannot be put in on the wire. */
  | { readonly kind: "cannot be tried"; readonly why: string }
  | { readonly kind: "no time" };

/** A repair that was tried. */
export interface TriedRepair {
  readonly repair: Repair;
  readonly result: RepairResult;
  readonly schedules: number;
  /** Where all interleavings were run and none waited: how many there are. */
  readonly interleavings: number | undefined;
  /** Codes of the errors with which the server refused statements, and in how many schedules. */
  readonly errors: Readonly<Record<string, number>>;
  /** In how many schedules the server ended a deadlock. */
  readonly deadlocks: number;
  /**
   * How many operations ended well in a short load, as a multiple of those without the repair, side by side; absent
   * where that was not measured.
   */
  readonly relativeThroughput?: number;
  /** How long all of that took, in milliseconds. */
  readonly tookMs: number;
}
