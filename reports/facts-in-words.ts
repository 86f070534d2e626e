import type { Value, Values } from "../backends/step-facts.ts";
import { shortened } from "../histories/shortened.ts";

const longest_value = 60;

/** `account alice`, `stock (shop = 1, part = 'bolt')`; of what has no table the key. */
export function rowInWords(table: string | undefined, row: Values): string {
  const [first, ...others] = Object.entries(row);
  if (table === undefined) return shortened(first?.[1] ?? "a key", longest_value);
  if (first === undefined) return table;
  const [column, value] = first;
  if (others.length === 0 && column.toLowerCase() === "id")
    return `${table} ${shortened(value ?? "NULL", longest_value)}`;
  return `${table} (${valuesInWords(row)})`;
}

/** `balance = 100`, or only the value where it is that of a key itself. */
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

/** How the server calls what is not there. */
export const nothingIn = (table: string | undefined): string =>
  table === undefined ? "nil" : "NULL";

/** `count = 0, max = 1`. */
export function valuesInWords(values: Values): string {
  return Object.entries(values)
    .map(([column, value]) => `${column} = ${valueInWords(value)}`)
    .join(", ");
}

/** Numbers, and what has got a name (`<uuid 1>`), as they are; other texts in quotes. */
export function valueInWords(value: Value, nothing: string = "NULL"): string {
  if (value === null) return nothing;
  return /^(-?\d+(\.\d+)?|<\w+( \d+)?>)$/.test(value)
    ? value
    : `'${shortened(value, longest_value)}'`;
}
