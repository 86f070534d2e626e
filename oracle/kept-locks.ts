import type { Row, TableRows } from "../backends/rows.ts";
import type { Ended } from "./ended.ts";

const expires = / that expires$/;

/**
 * An outcome without the locks in Redis that were not released because of an error: a key that expires, and that no
 * serial order leaves, ends by itself.
 */
export function withoutKeptLocks(now: Ended, serial: readonly Ended[]): Ended {
  const usual = new Set(serial.flatMap(({ tables }) => [...tables.values()].flatMap(keysOf)));
  const tables = [...now.tables].map(([table, held]): [string, TableRows] => {
    const rows = held.rows.filter(
      (row) =>
        !expires.test(String(fieldOf(row, "type"))) || usual.has(String(fieldOf(row, "key"))),
    );
    return [table, rows.length === held.rows.length ? held : { ...held, rows }];
  });
  return { ...now, tables: new Map(tables) };
}

const keysOf = ({ rows }: TableRows): string[] => rows.map((row) => String(fieldOf(row, "key")));
const fieldOf = (row: Row, name: string): unknown => (Object(row) as Record<string, unknown>)[name];
