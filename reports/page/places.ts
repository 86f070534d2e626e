/**
 * What is known of the database after each moment of an interleaving, for each place (a column of a row). It comes
 * only from the facts of the steps: a place whose value no step tells is unknown, and after a step that may have
 * written anything all places are.
 */
import type { Fact, Value, Values } from "../../backends/step-facts.ts";
import type { Trace } from "../../schedules/trace.ts";
import { type Did, didIn, mayWriteAnything } from "../effects.ts";
import { nothingIn, rowInWords, valueInWords } from "../facts-in-words.ts";
import { foundRow, mayWrite, type Row, sameRow, writtenRow } from "../rows.ts";
import type { DataPlace, Moment, PlaceState } from "./page-data.ts";

interface KnownPlace extends DataPlace {
  readonly table: string | undefined;
  readonly identity: Values;
}

/** A value that a step read from a place, or wrote there; undefined = not known. */
interface Told {
  readonly did: Did;
  readonly place: number;
  readonly value: Value | undefined;
}

/** A write, open until its transaction ends, or committed at once if it runs outside one. */
interface Write extends Told {
  readonly ends: number;
}

/** The most places that are shown beside a diagram. */
const places_max = 12;

/** @param order of the moments */
export function statesOf(
  trace: Trace,
  order: readonly Pick<Moment, "step" | "is">[],
): { readonly places: readonly DataPlace[]; readonly states: readonly (readonly PlaceState[])[] } {
  const all = didIn(trace).map((did) => ({ ...did, done_at: doneAt(did.row, did.done_at) }));
  const places = placesOf(all);
  const reads = all.flatMap((did) => readsOf(did, places, all));
  const writes = all.flatMap((did) => writesOf(did, places, trace));
  const opaque = trace.steps.flatMap((step, row) =>
    mayWriteAnything(step) ? [doneAt(row, step.releasedBy ?? row)] : [],
  );
  const states = order.map(({ step, is }) => {
    const now = nowAt(trace, step, is);
    return places.map((place, number) => {
      const mine = (told: Told): boolean => told.place === number;
      return stateOf(place, reads.filter(mine), writes.filter(mine), opaque, now);
    });
  });
  return { places: places.map(({ row, column }) => ({ row, column })), states };
}

/** A step that waited is done just after the step that let it go on. */
const doneAt = (row: number, at: number): number => (at === row ? row : at + 0.5);

/** The row that a moment stands for: everything done by then is in rows up to this one. */
function nowAt(trace: Trace, step: number, is: Moment["is"]): number {
  const { releasedBy } = trace.steps[step]!;
  return is === "done" ? doneAt(step, releasedBy ?? step) : is === "sent" ? step - 0.5 : step;
}

function placesOf(all: readonly Did[]): KnownPlace[] {
  const facts = all.map(({ fact }) => fact);
  const places = new Map<string, KnownPlace>();
  const add = (row: Row, columns: readonly string[]): void => {
    const identity = sameRow(row, row, facts);
    if (identity === undefined) return;
    const words = rowInWords(row.table, identity);
    for (const column of columns.filter((name) => !Object.hasOwn(identity, name)))
      places.set(`${words}\n${column}`, { row: words, column, table: row.table, identity });
  };
  for (const { fact } of all) {
    for (const one of fact.found ?? []) add(foundRow(fact, one), Object.keys(one.columns));
    const row = writtenRow(fact);
    if (row) add(row, Object.keys({ ...fact.assigned, ...fact.became }));
  }
  return [...places.values()].slice(0, places_max);
}

function numberOf(row: Row, column: string, places: readonly KnownPlace[], facts: readonly Fact[]) {
  const identity = sameRow(row, row, facts);
  const words = identity && rowInWords(row.table, identity);
  return places.findIndex((place) => place.row === words && place.column === column);
}

function readsOf(did: Did, places: readonly KnownPlace[], all: readonly Did[]): Told[] {
  const facts = all.map(({ fact }) => fact);
  return (did.fact.found ?? []).flatMap((one) =>
    Object.entries(one.columns).flatMap(([column, value]) => {
      const place = numberOf(foundRow(did.fact, one), column, places, facts);
      return place < 0 ? [] : [{ did, place, value }];
    }),
  );
}

/** The writes to these places, also possible ones: then the value is not known. */
function writesOf(did: Did, places: readonly KnownPlace[], { steps }: Trace): Write[] {
  const { assigned = {}, became = {}, where } = did.fact;
  const { error, fault } = steps[did.row]!;
  if (error !== undefined || fault === "die") return [];
  const ends =
    typeof did.seen_from === "number"
      ? did.seen_from
      : steps.findIndex(
          ({ client, kind }, row) => row > did.row && client === did.client && isEnd(kind),
        );
  return places.flatMap(({ table, identity, column }, place) => {
    if (!mayWrite(did.fact, table, identity, column)) return [];
    const is_certain = Object.keys(identity).every((name) => where[name] === identity[name]);
    const value = assigned[column] === undefined ? became[column] : assigned[column];
    const told = { did, place, value: is_certain ? value : undefined };
    return [{ ...told, ends: ends < 0 ? Infinity : ends }];
  });
}

const isEnd = (kind: string): boolean => kind === "commit" || kind === "rollback";

function stateOf(
  { table }: KnownPlace,
  reads: readonly Told[],
  writes: readonly Write[],
  opaque: readonly number[],
  now: number,
): PlaceState {
  const words = (value: Value): string => valueInWords(value, nothingIn(table));
  const committed = committedAt(reads, writes, opaque, now);
  const open = writes.filter(({ did, ends }) => did.done_at <= now && now < ends);
  const known = new Map<number, string>();
  for (const { did, value } of [...reads, ...writes].sort((a, b) => a.did.done_at - b.did.done_at))
    if (did.done_at <= now && value !== undefined) known.set(did.client, words(value));
  const latest = new Map(
    open.flatMap(({ did, value }) => (value === undefined ? [] : [[did.client, words(value)]])),
  );
  return {
    ...(committed === undefined ? {} : { value: words(committed) }),
    ...(latest.size === 0 ? {} : { open: pairs(latest) }),
    ...(known.size === 0 ? {} : { known: pairs(known) }),
  };
}

const pairs = (by_client: ReadonlyMap<number, string>) =>
  [...by_client].sort(([a], [b]) => a - b).map(([client, value]) => ({ client, value }));

const isSettled = ({ seen_from }: Did, now: number): boolean =>
  seen_from === "unknown" || (typeof seen_from === "number" && seen_from <= now);

/** The committed value of a place; undefined = not known. */
function committedAt(
  reads: readonly Told[],
  writes: readonly Told[],
  opaque: readonly number[],
  now: number,
): Value | undefined {
  const settled = writes
    .filter(({ did }) => did.seen_from !== "never" && isSettled(did, now) && did.done_at <= now)
    .sort((a, b) => settledAt(a.did) - settledAt(b.did));
  const last = settled.at(-1);
  const disturbed = opaque.findLast((row) => row <= now) ?? -1;
  if (last !== undefined)
    return last.did.seen_from === "unknown" || disturbed > settledAt(last.did)
      ? undefined
      : last.value;
  if (disturbed >= 0) return undefined;
  // The initial value is what was read before the first write.
  const first_write = Math.min(Infinity, ...writes.map(({ did }) => did.done_at), ...opaque);
  return reads.find(({ did }) => did.done_at < first_write)?.value;
}

const settledAt = ({ seen_from, done_at }: Did): number =>
  typeof seen_from === "number" ? seen_from : done_at;
