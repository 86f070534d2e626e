/** The table of the repairs that were tried after a race was found. */
import type { Repair, RepairResult, TriedRepair, UniqueIndex } from "../repairs/repair.ts";
import type { FoundFailure } from "../schedules/findings.ts";
import type { Trace } from "../schedules/trace.ts";
import { inColumns } from "./columns.ts";
import { overwriteIn } from "./overwrite.ts";
import type { PageRepair } from "./page/page-data.ts";
import { explain } from "./sentence.ts";
import type { Sign } from "./signs.ts";
import { doubtInWords } from "./success.ts";

/** Together, with what is between them, as wide as the narrowest terminal. */
const widths = [22, 26, 13, 10];

/**
 * Nothing in it is called safe that was not proved.
 * @param before the race without a repair
 */
export function repairsText(tried: readonly TriedRepair[], before: FoundFailure): string {
  const rows = repairRows(tried, before).map(({ repair, gone, errors, throughput }) => [
    repair,
    gone,
    errors,
    throughput,
  ]);
  const heads = ["repair, tried on the wire", "race gone?", "errors to retry", "throughput"];
  return inColumns(widths, heads, rows);
}

/** The same, row by row. */
export const repairRows = (tried: readonly TriedRepair[], before: FoundFailure): PageRepair[] =>
  tried.map((one) => ({
    repair: repairInWords(one.repair),
    sign: signOf(one),
    gone: goneInWords(one, before),
    errors: errorsInWords(one),
    throughput:
      one.relativeThroughput === undefined ? "" : `× ${one.relativeThroughput.toFixed(2)}`,
  }));

function signOf({ result, errors }: TriedRepair): Sign {
  if (result.kind === "race" || result.kind === "refuses") return "wrong";
  if (result.kind !== "proof") return "unknown";
  return Object.keys(errors).length > 0 ? "retry" : "safe";
}

/** `one transaction, FOR UPDATE on account`. */
export function repairInWords({ database, wraps, level, locks, compares, unique }: Repair): string {
  const said = [
    ...(wraps ? ["one transaction"] : []),
    ...(level ? [level] : []),
    ...(locks === "all" ? ["FOR UPDATE on every SELECT"] : []),
    ...(locks && locks !== "all" ? [`FOR UPDATE on ${locks.join(", ")}`] : []),
    ...(compares === "where" ? ["what was read in the WHERE of the UPDATE"] : []),
    ...(unique ? [indexInWords(unique)] : []),
    ...(compares === "watch" ? ["WATCH what is read, MULTI … EXEC around the write"] : []),
    ...(compares === "condition" ? ["a condition on every write: what was read is the same"] : []),
  ].join(", ");
  return database === undefined ? said : `${database}: ${said}`;
}

/** `a unique index on member (email) where deleted_at is NULL`. */
function indexInWords({ table, columns, nulls = [] }: UniqueIndex): string {
  const among = nulls.map((column) => `${column} is NULL`).join(" and ");
  return `a unique index on ${table} (${columns.join(", ")})${among === "" ? "" : ` where ${among}`}`;
}

function goneInWords(
  { result, schedules, interleavings }: TriedRepair,
  before: FoundFailure,
): string {
  switch (result.kind) {
    case "proof":
      return interleavings === undefined
        ? `yes, proof: all interleavings, ${schedules} run`
        : `yes, proof: all ${interleavings} interleavings`;
    case "no proof":
      return `no race in ${schedules} schedules, no proof${result.doubt ? `: ${doubtInWords(result.doubt)}` : ""}`;
    default:
      return otherwise(result, before);
  }
}

function otherwise(
  result: Exclude<RepairResult, { kind: "proof" | "no proof" }>,
  before: FoundFailure,
): string {
  switch (result.kind) {
    case "race":
      return isSameRace(result.failure, before)
        ? "no, still a race"
        : `no, another race: ${explain(result.failure.smallest, result.failure)}`;
    case "refuses":
      return `no: also refuses operations one after the other (${result.codes.join(", ")})`;
    case "cannot be tried":
      return `not tried: ${result.why}`;
    default:
      return "not tried: no time left";
  }
}

function errorsInWords({ result, errors, deadlocks }: TriedRepair): string {
  if (result.kind !== "proof" && result.kind !== "no proof") return "";
  const codes = Object.keys(errors);
  if (codes.length === 0) return "none";
  return `${codes.join(", ")}${deadlocks > 0 ? ` (${deadlocks} deadlocks)` : ""}`;
}

/** Whether they are about the same column, or told in the same words; what cannot be told cannot be told apart. */
function isSameRace(one: FoundFailure, other: FoundFailure): boolean {
  const [a, b] = [one, other].map(({ smallest }) => overwrittenIn(smallest));
  if (a !== undefined && b !== undefined) return a === b;
  const [x = "", y = ""] = [one, other].map((failure) => explain(failure.smallest, failure));
  if (x.startsWith(one.message) && y.startsWith(other.message)) return one.kind === other.kind;
  const plain = (text = ""): string => text.replaceAll(/client \d+/g, "client");
  return plain(x) === plain(y);
}

/** The column in which a client did not see another's write. */
function overwrittenIn(trace: Trace): string | undefined {
  const story = overwriteIn(trace);
  const [fact] = story ? (trace.steps[story.later]?.facts ?? []) : [];
  return story && `${fact?.table?.toLowerCase()} ${story.column}`;
}
