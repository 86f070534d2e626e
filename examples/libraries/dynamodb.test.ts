/** DocumentClient: https://docs.aws.amazon.com/AWSJavaScriptSDK/v3/latest/Package/-aws-sdk-lib-dynamodb/ */
import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import {
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  UpdateCommand,
} from "@aws-sdk/lib-dynamodb";
import { explore } from "raceproof";
import { expect, test } from "vitest";

const connect = (endpoint: string) =>
  DynamoDBDocumentClient.from(
    new DynamoDBClient({
      endpoint,
      region: "us-east-1",
      credentials: { accessKeyId: "raceproof", secretAccessKey: "raceproof" },
    }),
  );

async function schema(url: string): Promise<void> {
  const db = connect(url);
  await db.send(
    new CreateTableCommand({
      TableName: "account",
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
      KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
    }),
  );
  db.destroy();
}

/** Right for one customer at a time. */
async function withdraw(db: DynamoDBDocumentClient, id: string, amount: number): Promise<void> {
  const { Item } = await db.send(
    new GetCommand({ TableName: "account", Key: { id }, ConsistentRead: true }),
  );
  const balance = Item!["balance"] - amount;
  await db.send(new PutCommand({ TableName: "account", Item: { id, balance } }));
}

/** The database itself subtracts. */
const withdrawSafely = (db: DynamoDBDocumentClient, id: string, amount: number) =>
  db.send(
    new UpdateCommand({
      TableName: "account",
      Key: { id },
      UpdateExpression: "ADD balance :change",
      ExpressionAttributeValues: { ":change": -amount },
    }),
  );

const program = (run: (db: DynamoDBDocumentClient) => Promise<unknown>) => ({
  database: "dynamodb",
  schema,
  client: connect,
  setup: (db: DynamoDBDocumentClient) =>
    db.send(new PutCommand({ TableName: "account", Item: { id: "alice", balance: 100 } })),
  run,
});

test("two withdrawals at once", async () => {
  await expect(explore(program((db) => withdraw(db, "alice", 30)))).rejects.toThrow(
    /both read balance = 100/,
  );
});

test("repaired", async () => {
  const report = await explore(program((db) => withdrawSafely(db, "alice", 30)));
  expect(report.text).toContain("proof for this size");
});
