/**
 * The stories of two clients that did not see each other's writes. Each is about one column of one row, and is told
 * only when the steps leave no doubt: the same row, the same column, and nothing in between that could make the story
 * wrong.
 */
import type { Fact, Value, Values } from "../backends/step-facts.ts";
import type { Trace, TraceStep } from "../schedules/trace.ts";
import { type Did, didIn, mayShowAnything, mayWriteAnything } from "./effects.ts";
import { cellInWords, nothingIn, rowInWords, valueInWords } from "./facts-in-words.ts";
import {
  foundRow,
  isDifferent,
  isSame,
  mayShow,
  mayWrite,
  missingRow,
  type Row,
  sameRow,
  writtenRow,
} from "./rows.ts";

/** What a client had read of a column; null also where there was no such row. */
interface Read {
  readonly at: number;
  readonly row: number;
  readonly value: Value;
  readonly identity: Values;
  readonly is_missing: boolean;
}

/** A write of a column, after its client had read the same column. */
interface Written {
  readonly did: Did;
  readonly row: Row;
  readonly column: string;
  readonly value: Value | undefined;
  readonly read: Read;
  readonly identity: Values;
}

/** A write, and an earlier one by another client that it did not know of. */
interface Pair {
  readonly earlier: { readonly did: Did; readonly value: Value | undefined };
  readonly later: Written;
}

/** The steps that tell the story, by their rows in the trace. */
export interface Overwrite {
  /** What the later client had read before. */
  readonly read: number;
  readonly earlier: number;
  readonly later: number;
  readonly column: string;
  /** The later client wrote its own value over the other's. False: both changed what they had read. */
  readonly is_lost: boolean;
}

export function overwriteStory(trace: Trace): string | undefined {
  const all = didIn(trace);
  const { pair, is_lost } = tellingPair(all, trace) ?? {};
  return pair && (is_lost ? overwrittenText(pair, all) : changedText(pair));
}

/** The same as data. */
export function overwriteIn(trace: Trace): Overwrite | undefined {
  const { pair, is_lost = false } = tellingPair(didIn(trace), trace) ?? {};
  if (pair === undefined) return undefined;
  const { earlier, later } = pair;
  const rows = { read: later.read.row, earlier: earlier.did.row, later: later.did.row };
  return { ...rows, column: later.column, is_lost };
}

function tellingPair(
  all: readonly Did[],
  trace: Trace,
): { readonly pair: Pair; readonly is_lost: boolean } | undefined {
  const pairs = writesAfterReads(all).flatMap((later) => {
    const earlier = writeBefore(later, all, trace);
    return earlier ? [{ earlier, later }] : [];
  });
  const lost = pairs.filter((pair) => isLost(pair, all, trace));
  // Two clients that wrote different values make a clearer story than two that wrote the same.
  const telling = lost.find(({ earlier, later }) => isDifferent(earlier.value, later.value));
  const [first] = telling ? [telling] : lost;
  if (first) return { pair: first, is_lost: true };
  const acted = pairs.find((one) => bothChanged(one, all));
  return acted && { pair: acted, is_lost: false };
}

/** Writes of columns that the client had read before, in the order in which the server did them. */
function writesAfterReads(all: readonly Did[]): Written[] {
  const facts = all.map(({ fact }) => fact);
  const written = all.flatMap((did): Written[] => {
    const row = writtenRow(did.fact);
    if (row === undefined || typeof did.seen_from !== "number") return [];
    return Object.entries(did.fact.assigned ?? {}).flatMap(([column, value]) => {
      const read = lastRead(did, row, column, all, facts);
      return read ? [{ did, row, column, value, read, identity: read.identity }] : [];
    });
  });
  return written.sort((a, b) => a.did.done_at - b.did.done_at);
}

/** The last read of this column by the client before its write, in the same operation. */
function lastRead(
  { client, operation, row: before }: Did,
  row: Row,
  column: string,
  all: readonly Did[],
  facts: readonly Fact[],
): Read | undefined {
  for (const did of all.toReversed()) {
    const { fact } = did;
    if (did.client !== client || did.operation !== operation || did.row >= before) continue;
    if (fact.does !== "find") continue;
    for (const one of fact.found ?? []) {
      const identity = sameRow(foundRow(fact, one), row, facts);
      const value = one.columns[column];
      if (identity && value !== undefined)
        return { at: did.done_at, row: did.row, value, identity, is_missing: false };
    }
    const identity = missingRow(fact, row, facts);
    if (identity) return { at: did.done_at, row: did.row, value: null, identity, is_missing: true };
  }
  return undefined;
}

/** The last earlier write of the same column by another client, if the later client has not seen it. */
function writeBefore(
  later: Written,
  all: readonly Did[],
  { steps }: Trace,
): Pair["earlier"] | undefined {
  const facts = all.map(({ fact }) => fact);
  const before = all.filter((did) => {
    const row = writtenRow(did.fact);
    return (
      did.client !== later.did.client &&
      row !== undefined &&
      typeof did.seen_from === "number" &&
      did.seen_from <= later.did.done_at &&
      did.done_at < later.did.done_at &&
      did.seen_from > later.read.at &&
      Object.hasOwn(did.fact.assigned ?? {}, later.column) &&
      sameRow(row, later.row, facts) !== undefined
    );
  });
  const did = before.sort((a, b) => a.done_at - b.done_at).at(-1);
  if (did === undefined || looksAgain(later, did.seen_from as number, steps)) return undefined;
  const assigned = did.fact.assigned?.[later.column];
  return { did, value: assigned === undefined ? did.fact.became?.[later.column] : assigned };
}

/** Whether the later client may have looked at the column again before it wrote. */
function looksAgain(later: Written, since: number, steps: readonly TraceStep[]): boolean {
  // Who looks for a row that was missing sees it by any column.
  const column = later.read.is_missing ? undefined : later.column;
  return steps.some(
    (step, row) =>
      step.client === later.did.client &&
      (step.releasedBy ?? row) > since &&
      row < later.did.row &&
      (mayShowAnything(step) ||
        step.facts?.some((fact) => mayShow(fact, later.row.table, later.identity, column))),
  );
}

/** The later client wrote its own value over one that differs from what it had read, and nobody wrote in between. */
function isLost({ earlier, later }: Pair, all: readonly Did[], { steps }: Trace): boolean {
  if (later.value === undefined || !isDifferent(earlier.value, later.read.value)) return false;
  const since = (client: number): number =>
    client === later.did.client ? Math.min(later.read.at, earlier.did.row) : earlier.did.row;
  const is_between = (client: number, row: number, done_at: number): boolean =>
    done_at > since(client) && row < later.did.done_at && row !== later.did.row;
  const by_facts = all.some(
    ({ client, row, done_at, seen_from, fact }) =>
      row !== earlier.did.row &&
      seen_from !== "never" &&
      is_between(client, row, done_at) &&
      mayWrite(fact, later.row.table, later.identity, later.column),
  );
  const by_others = steps.some(
    (step, row) => is_between(step.client, row, step.releasedBy ?? row) && mayWriteAnything(step),
  );
  return !by_facts && !by_others;
}

/** Both clients had read the same value before they changed it. */
function bothChanged({ earlier, later }: Pair, all: readonly Did[]): boolean {
  const read = readOf(earlier.did, later, all);
  const is_change = (value: Value | undefined): boolean => !isSame(value, later.read.value);
  return (
    read !== undefined &&
    isSame(read.value, later.read.value) &&
    is_change(earlier.value) &&
    is_change(later.value)
  );
}

function readOf(did: Did, { column }: Written, all: readonly Did[]) {
  const row = writtenRow(did.fact);
  const facts = all.map(({ fact }) => fact);
  return row && lastRead(did, row, column, all, facts);
}

function overwrittenText({ earlier, later }: Pair, all: readonly Did[]): string {
  const { column, row, did } = later;
  const before = readOf(earlier.did, later, all);
  const both =
    before?.is_missing === later.read.is_missing && isSame(before.value, later.read.value);
  const said = (value: Value | undefined): string =>
    valueInWords(value ?? null, nothingIn(row.table));
  const named = (value: Value | undefined): string =>
    column === "" ? said(value) : `${column} = ${said(value)}`;
  return [
    `${both ? bothOf(earlier.did, did) : `client ${did.client}`} ${readInWords(later)}`,
    earlier.did.fact.assigned?.[column] === undefined
      ? `client ${earlier.did.client} updated ${column || "it"} to ${said(earlier.value)}`
      : `client ${earlier.did.client} wrote ${named(earlier.value)}`,
    `client ${did.client} then wrote ${named(later.value)} over it without having seen client ${earlier.did.client}'s ${said(earlier.value)}`,
  ].join("; ");
}

function readInWords({ row, identity, column, read }: Written): string {
  return read.is_missing
    ? `found nothing at ${rowInWords(row.table, identity)}`
    : `read ${cellInWords(row.table, identity, column, read.value)}`;
}

function changedText({ earlier, later }: Pair): string {
  const { identity, column, row, did } = later;
  const what = column === "" ? rowInWords(row.table, identity) : column;
  return [
    `${bothOf(earlier.did, did)} ${readInWords(later)}`,
    `client ${earlier.did.client} updated ${what}`,
    `client ${did.client} then updated it, too, without having read it again`,
  ].join("; ");
}

const bothOf = (one: Did, other: Did): string =>
  [one.client, other.client]
    .sort((a, b) => a - b)
    .map((client) => `client ${client}`)
    .join(" and ")
    .concat(" both");
