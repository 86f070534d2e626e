/** DynamoDB has no databases: which tables are the program's is learnt from the requests that pass. */
import {
  CreateTableCommand,
  DeleteTableCommand,
  DynamoDBClient,
  GetItemCommand,
  ListTablesCommand,
  PutItemCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { configFor } from "../../backends/dynamodb/connect.ts";
import { explore } from "../../library/explore.ts";

const connect = (url: string): DynamoDBClient => new DynamoDBClient(configFor(url));
const { url } = inject("servers").dynamodb;
const direct = connect(url);
const create = (TableName: string): CreateTableCommand =>
  new CreateTableCommand({
    TableName,
    BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
    KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
  });

const TableName = "doors-ours";
const theirs = "doors-theirs";
const Key = { id: { S: "alice" } };

async function schema(url: string): Promise<void> {
  const db = connect(url);
  await db.send(create(TableName));
  await expect(db.send(create(theirs))).rejects.toThrow("preexisting");
  db.destroy();
}

async function withdraw(db: DynamoDBClient): Promise<void> {
  const { Item } = await db.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }));
  const balance = { N: String(Number(Item!["balance"]!.N) - 30) };
  await db.send(new PutItemCommand({ TableName, Item: { ...Key, balance } }));
}

const withdrawSafely = (db: DynamoDBClient): Promise<unknown> =>
  db.send(
    new UpdateItemCommand({
      TableName,
      Key,
      UpdateExpression: "ADD balance :change",
      ExpressionAttributeValues: { ":change": { N: "-30" } },
    }),
  );

const program = (run: (db: DynamoDBClient) => Promise<unknown>) => ({
  database: url,
  schema,
  repairs: false as const,
  client: connect,
  setup: (db: DynamoDBClient) =>
    db.send(new PutItemCommand({ TableName, Item: { ...Key, balance: { N: "100" } } })),
  run,
});

describe("tables that the program's own function makes", () => {
  beforeAll(() => direct.send(create(theirs)));
  afterAll(async () => {
    await direct.send(new DeleteTableCommand({ TableName: theirs }));
    direct.destroy();
  });

  test("are compared without a check: a lost update", async () => {
    await expect(explore(program(withdraw))).rejects.toThrow(
      /unlike any serial order[\s\S]*both read balance = 100 of doors-ours alice/,
    );
  });

  test("and a proof", async () => {
    expect((await explore(program(withdrawSafely))).proof).toBe(true);
  });

  test("are gone at the end; others are not", async () => {
    const { TableNames } = await direct.send(new ListTablesCommand());
    expect(TableNames).toContain(theirs);
    expect(TableNames!.filter((name) => name.includes(TableName))).toEqual([]);
  });
});

test("a table that was there before is compared, too", async () => {
  const db = connect(url);
  await db.send(create(TableName));
  const { schema: _, ...rest } = program(withdraw);
  await expect(explore(rest)).rejects.toThrow("unlike any serial order");
  await db.send(new DeleteTableCommand({ TableName }));
  db.destroy();
});
