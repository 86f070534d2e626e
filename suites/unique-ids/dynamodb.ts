import {
  CreateTableCommand,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  ResourceInUseException,
  UpdateItemCommand,
  waitUntilTableExists,
} from "@aws-sdk/client-dynamodb";
import { kept } from "../../matrix/promise.ts";
import type { Strategy } from "../../matrix/strategy.ts";
import { newName } from "../../owners/run-mark.ts";
import { duplicates } from "./promises.ts";

/** The name is different in each process, so that nobody else's table is touched. */
const table = `raceproof-ids-${newName()}`;

const creation_limit_s = 30;

/** Creates the table. The backend deletes it at the end. */
export async function setUp(client: DynamoDBClient): Promise<void> {
  const create = new CreateTableCommand({
    TableName: table,
    AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
    KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
    BillingMode: "PAY_PER_REQUEST",
  });
  await client.send(create).catch((error: unknown) => {
    if (!(error instanceof ResourceInUseException)) throw error;
  });
  await waitUntilTableExists({ client, maxWaitTime: creation_limit_s }, { TableName: table });
}

async function prepare(client: DynamoDBClient, id: string): Promise<void> {
  await client.send(new DeleteItemCommand({ TableName: table, Key: { id: { S: id } } }));
}

/** The server adds, and answers with the sum. */
const add: Strategy<DynamoDBClient> = {
  name: "add",
  declared: kept,
  prepare,
  async run(client, id) {
    const { Attributes } = await client.send(
      new UpdateItemCommand({
        TableName: table,
        Key: { id: { S: id } },
        UpdateExpression: "ADD v :one",
        ExpressionAttributeValues: { ":one": { N: "1" } },
        ReturnValues: "UPDATED_NEW",
      }),
    );
    return Number(Attributes?.["v"]?.N);
  },
};

/** Reads the last number and puts the next one: two clients can read the same number. */
const getPut: Strategy<DynamoDBClient> = {
  name: "get-put",
  declared: duplicates,
  prepare,
  async run(client, id) {
    const { Item } = await client.send(
      new GetItemCommand({ TableName: table, Key: { id: { S: id } }, ConsistentRead: true }),
    );
    const next = Number(Item?.["v"]?.N ?? 0) + 1;
    await client.send(
      new PutItemCommand({
        TableName: table,
        Item: { id: { S: id }, v: { N: String(next) } },
      }),
    );
    return next;
  },
};

export const strategies: readonly Strategy<DynamoDBClient>[] = [add, getPut];
