import { createHash } from "node:crypto";
import type * as Sdk from "@aws-sdk/client-dynamodb";
import type { Contents, TableContents } from "../backend.ts";
import { withoutGenerated } from "../generated-values.ts";

/**
 * What is in these tables, in one request a table. A table of more than one page (1 MB) is
 * too large to be read again and again.
 * @param key what differs from lane to lane, and is taken for the same
 */
export async function contentsOf(
  library: typeof Sdk,
  client: Sdk.DynamoDBClient,
  tables: Iterable<string>,
  key: string,
): Promise<Contents> {
  const contents = [...tables].map(async (TableName): Promise<[string, TableContents][]> => {
    try {
      const { Items = [], LastEvaluatedKey } = await client.send(
        new library.ScanCommand({ TableName, ConsistentRead: true }),
      );
      if (LastEvaluatedKey)
        return [[`table ${TableName}`, { rows: undefined, checksum: undefined }]];
      const rows = Items.map((item) => textOf(item, key)).toSorted();
      const checksum = createHash("sha256").update(rows.join("\n")).digest("hex").slice(0, 16);
      return [[`table ${TableName}`, { rows: rows.length, checksum }]];
    } catch (error) {
      if (error instanceof library.ResourceNotFoundException) return [];
      throw error;
    }
  });
  return new Map((await Promise.all(contents)).flat());
}

function textOf(item: Record<string, Sdk.AttributeValue>, key: string): string {
  const fields = Object.entries(item).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const text = JSON.stringify(fields);
  return withoutGenerated(key === "" ? text : text.replaceAll(key, "a"));
}

/** The tables that a request names. */
export function tablesOf(input: object): string[] {
  const { TableName, RequestItems, TransactItems } = input as {
    TableName?: string;
    RequestItems?: object;
    TransactItems?: readonly object[];
  };
  const parts = TransactItems?.flatMap((item) => Object.values(item) as object[]) ?? [];
  return [
    ...(TableName === undefined ? [] : [TableName]),
    ...Object.keys(RequestItems ?? {}),
    ...parts.flatMap(tablesOf),
  ];
}
