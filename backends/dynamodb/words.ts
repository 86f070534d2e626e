import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { shortened } from "../../histories/shortened.ts";

export type Item = Readonly<Record<string, AttributeValue>>;

export const text_length_max = 60;
/** A string that looks like something else is quoted, so that "0" and 0 can be distinguished. */
const reads_as_something_else = /^$|^-?\d|^(true|false|null)$|[\s{}[\],"]/;

/** `5`, `a`, `"5"` (a string), `{x: 1}`. */
export function valueInWords(value: AttributeValue): string {
  if (value.N !== undefined) return value.N;
  if (value.S !== undefined)
    return reads_as_something_else.test(value.S) ? JSON.stringify(value.S) : value.S;
  if (value.BOOL !== undefined) return String(value.BOOL);
  if (value.M !== undefined) return itemInWords(value.M);
  if (value.L !== undefined) return `[${value.L.map(valueInWords).join(", ")}]`;
  if (value.SS ?? value.NS) return `<${[...(value.SS ?? []), ...(value.NS ?? [])].join(", ")}>`;
  if (value.NULL) return "null";
  return value.B ? bytesInWords(value.B) : `<${(value.BS ?? []).map(bytesInWords).join(", ")}>`;
}

const bytesInWords = (bytes: Uint8Array): string =>
  `x'${shortened(Buffer.from(bytes).toString("hex"), 32)}'`;

/** `{id: a, v: 1}`. */
export function itemInWords(item: Item): string {
  const fields = Object.entries(item).map(([name, value]) => `${name}: ${valueInWords(value)}`);
  return `{${fields.join(", ")}}`;
}

/** `v = 5, version = 2`: without the key, and sorted, because DynamoDB keeps no order. */
export function fieldsInWords(item: Item, key_names: readonly string[]): string {
  const fields = Object.entries(item)
    .filter(([name]) => !key_names.includes(name))
    .map(([name, value]) => `${name} = ${valueInWords(value)}`);
  return shortened(fields.toSorted().join(", "), text_length_max);
}

export const filledNames = (
  expression: string,
  names: Readonly<Record<string, string>> = {},
): string => expression.replace(/#\w+/g, (name) => names[name] ?? name);

/** An expression with its names and values filled in: `#v = :old` → `v = 0`. */
export function filled(
  expression: string,
  names: Readonly<Record<string, string>> = {},
  values: Item = {},
): string {
  return filledNames(expression, names).replace(/:\w+/g, (name) =>
    values[name] ? valueInWords(values[name]) : name,
  );
}
