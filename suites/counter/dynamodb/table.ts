import {
  CreateTableCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  ResourceInUseException,
  waitUntilTableExists,
} from "@aws-sdk/client-dynamodb";
import { newName } from "../../../owners/run-mark.ts";

/**
 * The table of all DynamoDB strategies. Its name is different in each process, so that nobody else's table is
 * touched.
 */
export const table: string = `raceproof-counter-${newName()}`;

const creation_limit_s = 30;

/** Creates the table, once for each process. The backend deletes it at the end. */
export async function setUp(client: DynamoDBClient): Promise<void> {
  try {
    await client.send(
      new CreateTableCommand({
        TableName: table,
        AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
        KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
        BillingMode: "PAY_PER_REQUEST",
      }),
    );
  } catch (error) {
    if (!(error instanceof ResourceInUseException)) throw error;
  }
  await waitUntilTableExists({ client, maxWaitTime: creation_limit_s }, { TableName: table });
}

export async function prepare(client: DynamoDBClient, id: string): Promise<void> {
  await client.send(
    new PutItemCommand({
      TableName: table,
      Item: { id: { S: id }, v: { N: "0" }, version: { N: "0" } },
    }),
  );
}

/** The counter's value; 0 while its item is not there yet. */
export async function read(client: DynamoDBClient, id: string): Promise<number> {
  const { Item } = await client.send(
    new GetItemCommand({ TableName: table, Key: { id: { S: id } }, ConsistentRead: true }),
  );
  return Number(Item?.["v"]?.N ?? 0);
}
