import {
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  type TransactWriteItem,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { marshalled, type Plain, plainItem } from "./dynamodb-items.ts";
import type { Shelf } from "./program.ts";

const TableName = "Gallery";
const schema = `CreateTable {"TableName": "Gallery", "BillingMode": "PAY_PER_REQUEST",
  "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
  "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}]}`;

async function get(db: DynamoDBClient, id: string): Promise<Record<string, Plain> | undefined> {
  const { Item } = await db.send(
    new GetItemCommand({ TableName, Key: { id: { S: id } }, ConsistentRead: true }),
  );
  return Item && plainItem(Item);
}

const put = (
  db: DynamoDBClient,
  item: Record<string, Plain>,
  ConditionExpression?: string,
  values?: Record<string, Plain>,
): Promise<unknown> =>
  db.send(
    new PutItemCommand({
      TableName,
      Item: marshalled(item),
      ...(ConditionExpression ? { ConditionExpression } : {}),
      ...(values ? { ExpressionAttributeValues: marshalled(values) } : {}),
    }),
  );

const update = (
  db: DynamoDBClient,
  id: string,
  UpdateExpression: string,
  values: Record<string, Plain>,
  ConditionExpression?: string,
): Promise<unknown> =>
  db.send(
    new UpdateItemCommand({
      TableName,
      Key: { id: { S: id } },
      UpdateExpression,
      ExpressionAttributeValues: marshalled(values),
      ...(ConditionExpression ? { ConditionExpression } : {}),
    }),
  );

const transact = (db: DynamoDBClient, TransactItems: TransactWriteItem[]): Promise<unknown> =>
  db.send(new TransactWriteItemsCommand({ TransactItems }));

const add = (id: string, n: number): TransactWriteItem => ({
  Update: {
    TableName,
    Key: { id: { S: id } },
    UpdateExpression: "ADD balance :n",
    ExpressionAttributeValues: marshalled({ ":n": n }),
  },
});

/** Whether the conditions of a request were met. */
const wasMet = (request: Promise<unknown>): Promise<boolean> =>
  request.then(
    () => true,
    (error: Error) => {
      if (/^(ConditionalCheckFailed|TransactionCanceled)Exception$/.test(error.name)) return false;
      throw error;
    },
  );

const reset =
  (...items: readonly Record<string, Plain>[]) =>
  async (db: DynamoDBClient): Promise<void> => {
    for (const item of items) await put(db, item);
  };

export const dynamodb: Shelf<DynamoDBClient> = {
  kinds: ["dynamodb"],
  open: (endpoint) =>
    new DynamoDBClient({
      endpoint,
      region: "us-east-1",
      credentials: { accessKeyId: "gallery", secretAccessKey: "gallery" },
    }),
  programs: [
    {
      name: "lost update",
      schema,
      setup: reset({ id: "alice", balance: 100 }),
      async racy(db) {
        const item = await get(db, "alice");
        await put(db, { ...item, id: "alice", balance: Number(item!["balance"]) - 30 });
      },
      async repaired(db) {
        await update(db, "alice", "ADD balance :less", { ":less": -30 });
      },
    },
    {
      name: "oversell",
      schema,
      setup: reset({ id: "stock", n: 1 }),
      async racy(db) {
        if (Number((await get(db, "stock"))!["n"]) < 1) return "sold out";
        await update(db, "stock", "ADD n :less", { ":less": -1 });
        return "sold";
      },
      repaired: async (db) =>
        (await wasMet(update(db, "stock", "ADD n :less", { ":less": -1, ":none": 0 }, "n > :none")))
          ? "sold"
          : "sold out",
    },
    {
      name: "version that nobody compares",
      schema,
      setup: reset({ id: "page", body: "", version: 1 }),
      async racy(db, { client }) {
        const page = await get(db, "page");
        await put(db, {
          id: "page",
          body: `${page!["body"]} by ${client}`,
          version: Number(page!["version"]) + 1,
        });
      },
      async repaired(db, { client }) {
        const page = await get(db, "page");
        const version = Number(page!["version"]);
        const body = `${page!["body"]} by ${client}`;
        await put(db, { id: "page", body, version: version + 1 }, "version = :seen", {
          ":seen": version,
        });
      },
    },
    {
      name: "seat taken twice",
      schema,
      setup: reset({ id: "seat", guest: 0 }),
      async racy(db, { client }) {
        if ((await get(db, "seat"))!["guest"] !== "0") return false;
        await put(db, { id: "seat", guest: client });
        return true;
      },
      repaired: (db, { client }) =>
        wasMet(put(db, { id: "seat", guest: client }, "guest = :nobody", { ":nobody": 0 })),
    },
    {
      name: "transfer in two requests",
      schema,
      setup: reset({ id: "alice", balance: 100 }, { id: "bob", balance: 100 }),
      racy: [
        async (db) => {
          await update(db, "alice", "ADD balance :n", { ":n": -10 });
          await update(db, "bob", "ADD balance :n", { ":n": 10 });
        },
        async (db) =>
          Number((await get(db, "alice"))!["balance"]) + Number((await get(db, "bob"))!["balance"]),
      ],
      repaired: [
        (db) => transact(db, [add("alice", -10), add("bob", 10)]),
        async (db) => Number((await get(db, "alice"))!["balance"]),
      ],
    },
    {
      name: "transfer of what was read, in one transaction",
      schema,
      setup: reset({ id: "alice", balance: 100 }, { id: "bob", balance: 100 }),
      async racy(db) {
        const [alice, bob] = [await get(db, "alice"), await get(db, "bob")];
        await transact(db, [
          {
            Put: {
              TableName,
              Item: marshalled({ ...alice, balance: Number(alice!["balance"]) - 10 }),
            },
          },
          {
            Put: { TableName, Item: marshalled({ ...bob, balance: Number(bob!["balance"]) + 10 }) },
          },
        ]);
      },
      repaired: (db) => transact(db, [add("alice", -10), add("bob", 10)]),
    },
    {
      name: "ticket beside its counter",
      schema,
      async setup(db) {
        for (const id of ["ticket 1", "ticket 2"])
          await db.send(new DeleteItemCommand({ TableName, Key: { id: { S: id } } }));
        await put(db, { id: "event", sold: 0 });
      },
      async racy(db, { client }) {
        const sold = Number((await get(db, "event"))!["sold"]);
        if (sold >= 2) return "sold out";
        const ticket = marshalled({ id: `ticket ${sold + 1}`, guest: client });
        await transact(db, [
          { Put: { TableName, Item: ticket } },
          { Put: { TableName, Item: marshalled({ id: "event", sold: sold + 1 }) } },
        ]);
        return sold + 1;
      },
      async repaired(db, { client }) {
        for (;;) {
          const sold = Number((await get(db, "event"))!["sold"]);
          if (sold >= 2) return "sold out";
          const ticket = marshalled({ id: `ticket ${sold + 1}`, guest: client });
          const event = {
            TableName,
            Key: { id: { S: "event" } },
            UpdateExpression: "SET sold = :next",
            ConditionExpression: "sold = :sold",
            ExpressionAttributeValues: marshalled({ ":next": sold + 1, ":sold": sold }),
          };
          if (await wasMet(transact(db, [{ Put: { TableName, Item: ticket } }, { Update: event }])))
            return sold + 1;
        }
      },
    },
    {
      name: "coupon used twice",
      schema,
      setup: reset({ id: "coupon", uses: 0 }),
      async racy(db) {
        if ((await get(db, "coupon"))!["uses"] !== "0") return false;
        await update(db, "coupon", "ADD uses :one", { ":one": 1 });
        return true;
      },
      repaired: (db) =>
        wasMet(update(db, "coupon", "ADD uses :one", { ":one": 1, ":none": 0 }, "uses = :none")),
    },
    {
      name: "cancelled and shipped",
      schema,
      setup: reset({ id: "parcel", stand: "new" }),
      racy: ["cancelled", "shipped"].map((state) => async (db: DynamoDBClient) => {
        if ((await get(db, "parcel"))!["stand"] !== "new") return "too late";
        await put(db, { id: "parcel", stand: state });
        return state;
      }),
      repaired: ["cancelled", "shipped"].map((state) => async (db: DynamoDBClient) => {
        const is_new = await wasMet(
          put(db, { id: "parcel", stand: state }, "stand = :new", { ":new": "new" }),
        );
        return is_new ? state : "too late";
      }),
    },
    {
      name: "highest bid",
      schema,
      setup: reset({ id: "auction", bid: 5 }),
      async racy(db, { client }) {
        const bid = client === 1 ? 20 : 10;
        if (Number((await get(db, "auction"))!["bid"]) < bid) await put(db, { id: "auction", bid });
      },
      async repaired(db, { client }) {
        const bid = client === 1 ? 20 : 10;
        await wasMet(put(db, { id: "auction", bid }, "bid < :bid", { ":bid": bid }));
      },
    },
  ],
};
