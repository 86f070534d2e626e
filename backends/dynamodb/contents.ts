import { createHash } from "node:crypto";
import type * as Sdk from "@aws-sdk/client-dynamodb";
import type { Contents, TableContents } from "../backend.ts";
import { withoutGenerated } from "../generated-values.ts";
import { type AllRows, inThisOrder, mustBeFew, type Row, TooManyRows } from "../rows.ts";

/**
 * What is in these tables, with one request for each. A table of more than one page (1 MB) is
 * too large to be read again and again.
 * @param key a name that differs from lane to lane; it is treated as the same in all of them
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

/**
 * All items of these tables.
 * @throws TooManyRows also for more than a page (1 MB)
 */
export async function rowsOf(
  library: typeof Sdk,
  client: Sdk.DynamoDBClient,
  tables: Iterable<string>,
): Promise<AllRows> {
  const all = [...tables].map(async (TableName) => {
    try {
      const { Items = [], LastEvaluatedKey } = await client.send(
        new library.ScanCommand({ TableName, ConsistentRead: true }),
      );
      mustBeFew(TableName, Items.length);
      if (LastEvaluatedKey) throw new TooManyRows(TableName);
      return [[TableName, { rows: Items.map(plainItem), sequences: {} }] as const];
    } catch (error) {
      if (error instanceof library.ResourceNotFoundException) return [];
      throw error;
    }
  });
  return new Map((await Promise.all(all)).flat());
}

const plainItem = (item: Record<string, Sdk.AttributeValue>): Row =>
  Object.fromEntries(Object.entries(item).map(([name, value]) => [name, plainOf(value)]));

function plainOf({ S, N, BOOL, SS, NS, BS, B, L, M }: Sdk.AttributeValue): unknown {
  if (M) return plainItem(M);
  if (L) return inThisOrder(L.map(plainOf));
  if (BS) return BS.map(base64);
  if (BOOL !== undefined) return String(BOOL);
  return S ?? N ?? SS ?? NS ?? (B ? base64(B) : null);
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");

function textOf(item: Record<string, Sdk.AttributeValue>, key: string): string {
  const fields = Object.entries(item).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const text = JSON.stringify(fields);
  return withoutGenerated(key === "" ? text : text.replaceAll(key, "a"));
}

/** The tables that a request names, in its parameters or in PartiQL. */
export function tablesOf(input: object): string[] {
  const { TableName, Statement, RequestItems, ...lists } = input as {
    TableName?: string;
    Statement?: string;
    RequestItems?: object;
    TransactItems?: readonly object[];
    TransactStatements?: readonly object[];
    Statements?: readonly object[];
  };
  const { TransactItems = [], TransactStatements = [], Statements = [] } = lists;
  const actions = TransactItems.flatMap((item) => Object.values(item) as object[]);
  return [
    ...(TableName === undefined ? [] : [TableName]),
    ...Array.from((Statement ?? "").matchAll(in_partiql), ([, quoted, plain]) => quoted ?? plain!),
    ...Object.keys(RequestItems ?? {}),
    ...[...actions, ...TransactStatements, ...Statements].flatMap(tablesOf),
  ];
}

const in_partiql = /\b(?:from|into|update)\s+(?:"([^"]+)"|([\w.-]+))/gi;
