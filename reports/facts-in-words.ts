import type { Value, Values } from "../backends/step-facts.ts";
import { shortened, withVisibleBreaks } from "../histories/shortened.ts";

const longest_value = 60;
const shown = (value: string): string => shortened(withVisibleBreaks(value), longest_value);

/** `account alice`, `stock (shop = 1, part = 'bolt')`; just the key if there is no table. */
export function rowInWords(table: string | undefined, row: Values): string {
  const [first, ...others] = Object.entries(row);
  if (table === undefined) return shown(first?.[1] ?? "a key");
  if (first === undefined) return table;
  const [column, value] = first;
  if (others.length === 0 && column.toLowerCase() === "id")
    return `${table} ${shown(value ?? "NULL")}`;
  return `${table} (${valuesInWords(row)})`;
}

/** `balance = 100 of account alice`; `key a = 100` if it is the value of a key itself. */
export function cellInWords(
  table: string | undefined,
  row: Values,
  column: string,
  value: Value,
): string {
  const said = valueInWords(value, nothingIn(table));
  return column === ""
    ? `${rowInWords(table, row)} = ${said}`
    : `${column} = ${said} of ${rowInWords(table, row)}`;
}

/** The server's word for a value that is not there. */
export const nothingIn = (table: string | undefined): string =>
  table === undefined ? "nil" : "NULL";

/** `count = 0, max = 1`. */
export function valuesInWords(values: Values): string {
  return Object.entries(values)
    .map(([column, value]) => `${column} = ${valueInWords(value)}`)
    .join(", ");
}

/** Numbers, and generated values that were given a name (`<uuid 1>`), as they are; other texts in quotes. */
export function valueInWords(value: Value, nothing: string = "NULL"): string {
  if (value === null) return nothing;
  return /^(-?\d+(\.\d+)?|<\w+( \d+)?>)$/.test(value) ? value : `'${shown(value)}'`;
}
