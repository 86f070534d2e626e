/** What Redis and DynamoDB have in place of locks, put in on the wire around what a program does in transactions. */
import {
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from "@aws-sdk/client-dynamodb";
import { Redis } from "ioredis";
import { describe, expect, inject, test } from "vitest";
import { explore, RaceFound } from "../../library/explore.ts";
import type { ProgramOptions } from "../../library/explore-options.ts";
import type { TriedRepair } from "../../repairs/repair.ts";
import { CheckFailed } from "../../schedules/program.ts";

/** The only repair that is tried there. */
async function tryOn<Client>(program: ProgramOptions<Client>): Promise<TriedRepair> {
  const found: unknown = await explore(program).catch((error: unknown) => error);
  expect(found).toBeInstanceOf(RaceFound);
  const { repairs } = found as RaceFound;
  expect(repairs).toHaveLength(1);
  return repairs[0]!;
}

describe("WATCH beside the program's own MULTI", () => {
  type Wish = Partial<ProgramOptions<Redis>> & Pick<ProgramOptions<Redis>, "run">;
  const onRedis = (wish: Wish): ProgramOptions<Redis> => ({
    database: inject("servers").redis,
    client: (url) => new Redis(url),
    setup: (db) => db.multi().flushdb().mset("stock", 5, "price", 2).exec(),
    ...wish,
  });
  const read = async (db: Redis): Promise<number> => Number(await db.get("stock"));

  test("in one write, and command by command: who was too late gets an error", async () => {
    const together = async (db: Redis): Promise<void> => {
      const stock = await read(db);
      await db
        .multi()
        .set("stock", stock - 1)
        .rpush("orders", stock)
        .exec();
    };
    const apart = async (db: Redis): Promise<void> => {
      const stock = await read(db);
      await db.multi({ pipeline: false });
      await db.set("stock", stock - 1);
      await db.exec();
    };
    for (const run of [together, apart])
      expect(await tryOn(onRedis({ run }))).toMatchObject({
        result: { kind: "proof" },
        errors: { WATCHED: expect.any(Number) as number },
      });
  });

  test("what is read after a transaction is watched for the next one", async () => {
    const run = async (db: Redis): Promise<void> => {
      await db.multi().incr("calls").exec();
      const stock = await read(db);
      await db.set("stock", stock - 1);
    };
    expect((await tryOn(onRedis({ run }))).result.kind).toBe("race");
    const once = async (db: Redis): Promise<void> => {
      const stock = await read(db);
      await db
        .multi()
        .set("stock", stock - 1)
        .exec();
      await db.set("price", Number(await db.get("price")) + 1);
    };
    // It is refused in its second half, when the first one is done: each half is right, the whole is not.
    expect((await tryOn(onRedis({ run: once }))).result.kind).toBe("race");
    const prices = async (db: Redis): Promise<void> => {
      await db.multi().get("price").exec();
      await db.set("stock", (await read(db)) - 1);
    };
    expect((await tryOn(onRedis({ run: prices }))).result.kind).toBe("proof");
  });

  test("a program that watches itself is answered as ever", async () => {
    const run = async (db: Redis): Promise<string> => {
      await db.watch("stock");
      const stock = await read(db);
      await db
        .multi()
        .set("stock", stock - 1)
        .exec();
      return "taken";
    };
    expect((await tryOn(onRedis({ run }))).result.kind).toBe("race");
  });

  test("with a check, who was too late is run again", async () => {
    const run = async (db: Redis): Promise<void> => {
      const stock = await read(db);
      await db
        .multi()
        .set("stock", stock - 1)
        .exec();
    };
    const check = async (db: Redis): Promise<void> => {
      if ((await read(db)) !== 3) throw new CheckFailed("lost update", "not 3");
    };
    expect((await tryOn(onRedis({ run, check }))).result.kind).toBe("proof");
  });
});

describe("conditions in a transaction of DynamoDB", () => {
  type Wish = Partial<ProgramOptions<DynamoDBClient>> & Pick<ProgramOptions<DynamoDBClient>, "run">;
  const TableName = "account";
  const itemOf = (id: string, balance: number) => ({
    id: { S: id },
    balance: { N: String(balance) },
  });
  const onDynamodb = (wish: Wish): ProgramOptions<DynamoDBClient> => ({
    database: inject("servers").dynamodb,
    schema: `CreateTable {"TableName": "account", "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}], "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}], "BillingMode": "PAY_PER_REQUEST"}`,
    client: (endpoint) =>
      new DynamoDBClient({
        endpoint,
        region: "us-east-1",
        credentials: { accessKeyId: "raceproof", secretAccessKey: "raceproof" },
      }),
    async setup(db) {
      for (const id of ["alice", "bob"])
        await db.send(new PutItemCommand({ TableName, Item: itemOf(id, 100) }));
    },
    ...wish,
  });
  const read = async (db: DynamoDBClient, id: string): Promise<number> => {
    const Key = { id: { S: id } };
    const { Item } = await db.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }));
    return Number(Item?.["balance"]?.N);
  };
  const put = (id: string, balance: number): TransactWriteItem => ({
    Put: { TableName, Item: itemOf(id, balance) },
  });
  const write = (db: DynamoDBClient, TransactItems: TransactWriteItem[]): Promise<unknown> =>
    db.send(new TransactWriteItemsCommand({ TransactItems }));
  const errors = { TransactionCanceledException: expect.any(Number) as number };

  test("each part has the condition on what was read of its item", async () => {
    const run = async (db: DynamoDBClient): Promise<void> => {
      const [alice, bob] = [await read(db, "alice"), await read(db, "bob")];
      await write(db, [put("alice", alice - 10), put("bob", bob + 10)]);
    };
    expect(await tryOn(onDynamodb({ run }))).toMatchObject({ result: { kind: "proof" }, errors });
  });

  test("an item that is only read is checked, too", async () => {
    // Together they may go down to 100: a write skew.
    const run = (["alice", "bob"] as const).map((mine) => async (db: DynamoDBClient) => {
      const [alice, bob] = [await read(db, "alice"), await read(db, "bob")];
      if (alice + bob < 200) return "refused";
      await write(db, [put(mine, 0)]);
      return "taken";
    });
    expect(await tryOn(onDynamodb({ run }))).toMatchObject({ result: { kind: "proof" }, errors });
  });

  test("with a check, who was too late is run again", async () => {
    const run = async (db: DynamoDBClient): Promise<void> => {
      await write(db, [put("alice", (await read(db, "alice")) - 10)]);
    };
    const check = async (db: DynamoDBClient): Promise<void> => {
      if ((await read(db, "alice")) !== 80) throw new CheckFailed("lost update", "not 80");
    };
    expect((await tryOn(onDynamodb({ run, check }))).result.kind).toBe("proof");
  });
});
