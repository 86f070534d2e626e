/** What a step touches: tables, keys or items, as far as it tells them. */
import type { TraceStep } from "./trace.ts";

export interface Touch {
  /** The name of a table, key or item, in small letters. */
  readonly what: string;
  readonly writes: boolean;
}

export function touchesOf({ kind, keys, facts, statement }: TraceStep): Touch[] {
  const words = statement.matchAll(/\b(?:FROM|INTO|UPDATE|JOIN|TABLE)\s+["`]?([\w.]+)/gi);
  const tables = facts?.flatMap(({ table }) => table ?? []) ?? [];
  const named = [...(keys ?? []), ...tables, ...Array.from(words, ([, table]) => table!)];
  const writes = kind !== "read" && kind !== "begin";
  return [...new Set(named.map((name) => name.toLowerCase()))].map((what) => ({ what, writes }));
}

/** What both touch, where at least one of them writes. */
export function sharedBy(a: readonly Touch[], b: readonly Touch[]): string[] {
  const shared = a.flatMap((one) =>
    b.filter((two) => two.what === one.what && (one.writes || two.writes)).map(() => one.what),
  );
  return [...new Set(shared)];
}
