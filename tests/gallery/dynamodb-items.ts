import type { AttributeValue } from "@aws-sdk/client-dynamodb";

export type Plain = string | number;

export const marshalled = (item: Readonly<Record<string, Plain>>): Record<string, AttributeValue> =>
  Object.fromEntries(
    Object.entries(item).map(([name, value]) => [
      name,
      typeof value === "number" ? { N: String(value) } : { S: value },
    ]),
  );

/** Numbers as texts, as they come. */
export const plainItem = (item: Readonly<Record<string, AttributeValue>>): Record<string, Plain> =>
  Object.fromEntries(Object.entries(item).map(([name, { S, N }]) => [name, S ?? N ?? ""]));
