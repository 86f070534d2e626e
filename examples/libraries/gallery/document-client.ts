/** DynamoDB through the client for documents, as most programs use it. */
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import {
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  TransactWriteCommand,
  UpdateCommand,
} from "@aws-sdk/lib-dynamodb";
import type { Shelf } from "../../../tests/gallery/program.ts";

const TableName = "Documents";
const schema = `CreateTable {"TableName": "Documents", "BillingMode": "PAY_PER_REQUEST",
  "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
  "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}]}`;

const get = async (db: DynamoDBDocumentClient, pk: string) =>
  (await db.send(new GetCommand({ TableName, Key: { pk }, ConsistentRead: true }))).Item;

const remove = (db: DynamoDBDocumentClient, pk: string): Promise<unknown> =>
  db.send(new DeleteCommand({ TableName, Key: { pk } }));

const isUnmet = (error: unknown): boolean =>
  (error as Error).name === "ConditionalCheckFailedException";

export const document_client: Shelf<DynamoDBDocumentClient> = {
  kinds: ["dynamodb"],
  library: "DocumentClient",
  open: (endpoint) =>
    DynamoDBDocumentClient.from(
      new DynamoDBClient({
        endpoint,
        region: "us-east-1",
        credentials: { accessKeyId: "gallery", secretAccessKey: "gallery" },
      }),
    ),
  programs: [
    {
      name: "number taken from a counter",
      schema,
      setup: (db) => db.send(new PutCommand({ TableName, Item: { pk: "counter", n: 0 } })),
      async racy(db) {
        const n = ((await get(db, "counter"))!["n"] as number) + 1;
        await db.send(new PutCommand({ TableName, Item: { pk: "counter", n } }));
        return n;
      },
      async repaired(db) {
        const { Attributes } = await db.send(
          new UpdateCommand({
            TableName,
            Key: { pk: "counter" },
            UpdateExpression: "ADD n :one",
            ExpressionAttributeValues: { ":one": 1 },
            ReturnValues: "UPDATED_NEW",
          }),
        );
        return Attributes!["n"] as number;
      },
    },
    {
      name: "version compared, and tried again",
      schema,
      setup: (db) =>
        db.send(new PutCommand({ TableName, Item: { pk: "doc", tags: [], version: 1 } })),
      async racy(db, { client }) {
        const doc = (await get(db, "doc"))!;
        const tags = [...(doc["tags"] as string[]), `tag ${client}`];
        const Item = { pk: "doc", tags, version: (doc["version"] as number) + 1 };
        await db.send(new PutCommand({ TableName, Item }));
      },
      async repaired(db, { client }) {
        for (;;) {
          const { version, tags: before } = (await get(db, "doc"))!;
          const tags = [...(before as string[]), `tag ${client}`];
          try {
            await db.send(
              new PutCommand({
                TableName,
                Item: { pk: "doc", tags, version: (version as number) + 1 },
                ConditionExpression: "version = :version",
                ExpressionAttributeValues: { ":version": version },
              }),
            );
            return;
          } catch (error) {
            if (!isUnmet(error)) throw error;
          }
        }
      },
    },
    {
      name: "signed up twice",
      schema,
      setup: (db) => remove(db, "user a@b.c"),
      async racy(db, { client }) {
        if (await get(db, "user a@b.c")) return "taken";
        await db.send(new PutCommand({ TableName, Item: { pk: "user a@b.c", by: client } }));
        return "welcome";
      },
      async repaired(db, { client }) {
        try {
          await db.send(
            new PutCommand({
              TableName,
              Item: { pk: "user a@b.c", by: client },
              ConditionExpression: "attribute_not_exists(pk)",
            }),
          );
          return "welcome";
        } catch (error) {
          if (isUnmet(error)) return "taken";
          throw error;
        }
      },
    },
    {
      name: "seat and its guest in one transaction",
      schema,
      async setup(db) {
        for (const client of [1, 2, 3]) await remove(db, `guest ${client}`);
        await db.send(new PutCommand({ TableName, Item: { pk: "seat", vacant: true } }));
      },
      async racy(db, { client }) {
        if ((await get(db, "seat"))!["vacant"] !== true) return "taken";
        await db.send(
          new TransactWriteCommand({
            TransactItems: [
              { Put: { TableName, Item: { pk: "seat", vacant: false } } },
              { Put: { TableName, Item: { pk: `guest ${client}`, has: "seat" } } },
            ],
          }),
        );
        return "yours";
      },
      async repaired(db, { client }) {
        try {
          await db.send(
            new TransactWriteCommand({
              TransactItems: [
                {
                  Put: {
                    TableName,
                    Item: { pk: "seat", vacant: false },
                    ConditionExpression: "vacant = :yes",
                    ExpressionAttributeValues: { ":yes": true },
                  },
                },
                { Put: { TableName, Item: { pk: `guest ${client}`, has: "seat" } } },
              ],
            }),
          );
          return "yours";
        } catch (error) {
          if ((error as Error).name === "TransactionCanceledException") return "taken";
          throw error;
        }
      },
    },
  ],
};
