import type * as Sdk from "@aws-sdk/client-dynamodb";
import { newName } from "../../owners/run-mark.ts";
import { type Found, type Leftover, namedLeftovers } from "../leftover.ts";
import { configFor, loadSdk, probe } from "./connect.ts";

/**
 * A table with the user's own name bears no mark, and DynamoDB Local keeps no tags. So there is a second, empty table
 * whose name has everything: the mark of the run, when the first table was made, and its name.
 */
const made = "raceproof-made-";
const longest_name = 255;

/** The strategies' own tables, by workload. */
const own = /^raceproof-(?!made-)[a-z]+-/;

/** Marks a table as ours. @returns the name of the table that marks it; undefined when that is not possible */
export async function markTable(
  library: typeof Sdk,
  client: Sdk.DynamoDBClient,
  table: string,
): Promise<string | undefined> {
  const created = await createdAt(library, client, table);
  const TableName = `${made}${newName()}.${created?.toString(36)}.${table}`;
  if (created === undefined || TableName.length > longest_name) return undefined;
  await client.send(
    new library.CreateTableCommand({
      TableName,
      AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
      KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
      BillingMode: "PAY_PER_REQUEST",
    }),
  );
  return TableName;
}

/** The tables of runs at this endpoint. @throws CannotConnect */
export async function dynamodbLeftovers(server: { readonly url: string }): Promise<Found> {
  const library = await loadSdk();
  const config = configFor(server.url);
  await probe(library, config, server.url);
  const client = new library.DynamoDBClient({ ...config, maxAttempts: 1 });
  const names: string[] = [];
  for await (const page of library.paginateListTables({ client }, {}))
    names.push(...(page.TableNames ?? []));
  const remove = async (TableName: string): Promise<void> => {
    await client.send(new library.DeleteTableCommand({ TableName })).catch((error: unknown) => {
      if (!(error instanceof library.ResourceNotFoundException)) throw error;
    });
  };
  const own_tables = names.flatMap((name) =>
    namedLeftovers("table", own.exec(name)?.[0] ?? "-", [name], remove),
  );
  const marked = namedLeftovers("table", made, names, async (name) => {
    const [, created, ...table] = name.split(".");
    const TableName = table.join(".");
    const is_the_same = (await createdAt(library, client, TableName))?.toString(36) === created;
    if (is_the_same) await remove(TableName);
    await remove(name);
  }).map((one): Leftover => ({ ...one, what: `table ${one.what.split(".").slice(2).join(".")}` }));
  return {
    leftovers: [...own_tables, ...marked],
    async [Symbol.asyncDispose]() {
      client.destroy();
    },
  };
}

/** When a table was created, to the millisecond, so that a later table with the same name is not mistaken for it. */
async function createdAt(
  library: typeof Sdk,
  client: Sdk.DynamoDBClient,
  TableName: string,
): Promise<number | undefined> {
  try {
    const { Table } = await client.send(new library.DescribeTableCommand({ TableName }));
    return Table?.CreationDateTime?.getTime();
  } catch (error) {
    if (error instanceof library.ResourceNotFoundException) return undefined;
    throw error;
  }
}
