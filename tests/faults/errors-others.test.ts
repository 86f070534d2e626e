/** Every error at every step, on Redis and DynamoDB: what must be found, and what must not. */
import {
  DynamoDBClient,
  GetItemCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { Redis } from "ioredis";
import { describe, expect, inject, test } from "vitest";
import { explore, RaceFound, type Report } from "../../library/explore.ts";
import type { ProgramOptions } from "../../library/explore-options.ts";

async function raceIn<Client>(options: ProgramOptions<Client>): Promise<RaceFound> {
  const report: Error | Report = await explore(options).catch((error: Error) => error);
  if (report instanceof RaceFound) return report;
  throw report instanceof Error ? report : new Error(report.text);
}

/** Nothing went wrong, although operations failed because of errors that were put in. */
function mustBeRight({ outcomes, schedules, failed, unknown }: Report): void {
  expect(outcomes).toEqual({ correct: schedules });
  expect(Object.keys({ ...failed, ...unknown })).not.toEqual([]);
}

describe("Redis", () => {
  type Wish = Partial<ProgramOptions<Redis>> & Pick<ProgramOptions<Redis>, "run">;
  const redis = (wish: Wish): ProgramOptions<Redis> => ({
    database: inject("servers").redis,
    client: (url) => new Redis(url),
    async setup(db) {
      await db.flushdb();
      await db.set("stock", "5");
    },
    faults: ["errors"],
    schedules: 50,
    ...wish,
  });

  test("a transaction that is watched, and tried again after a conflict, is right", async () => {
    const run = async (db: Redis): Promise<void> => {
      for (;;) {
        await db.watch("stock");
        const stock = Number(await db.get("stock"));
        const done = await db
          .multi()
          .set("stock", stock - 1)
          .exec();
        if (done !== null) return;
      }
    };
    // Its client must not send again by itself.
    const client = (url: string) => new Redis(url, { retryStrategy: () => null });
    const report = await explore(redis({ run, client }));
    mustBeRight(report);
  });

  test("ioredis's own defaults send INCR again after a lost connection", async () => {
    const { message } = await raceIn(redis({ run: (db) => db.incr("stock") }));
    expect(message).toContain("the connection was lost after client 1's `INCR stock` was done");
  });

  const locked = (time: string[]) => async (db: Redis) => {
    const taken = await db.call("SET", "lock", "1", "NX", ...time);
    if (taken === null) return false;
    try {
      await db.set("stock", "4");
    } finally {
      await db.del("lock");
    }
    return true;
  };

  test("a lock that expires may be left by an error; one that does not is there for ever", async () => {
    const client = (url: string) => new Redis(url, { retryStrategy: () => null });
    const report = await explore(redis({ run: locked(["PX", "60000"]), client }));
    mustBeRight(report);
    const { message } = await raceIn(redis({ run: locked([]), client }));
    expect(message).toContain("(key lock, type string, value 1) is not there");
  });
});

describe("DynamoDB", () => {
  type Wish = Partial<ProgramOptions<DynamoDBClient>> & Pick<ProgramOptions<DynamoDBClient>, "run">;
  const Key = { id: { S: "a" } };
  const dynamodb = (wish: Wish): ProgramOptions<DynamoDBClient> => ({
    database: inject("servers").dynamodb,
    schema: `CreateTable {"TableName": "account", "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}], "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}], "BillingMode": "PAY_PER_REQUEST"}`,
    client: (url) =>
      new DynamoDBClient({
        endpoint: url,
        region: "us-east-1",
        credentials: { accessKeyId: "raceproof", secretAccessKey: "raceproof" },
      }),
    setup: (db) =>
      db.send(
        new UpdateItemCommand({
          TableName: "account",
          Key,
          UpdateExpression: "SET balance = :b",
          ExpressionAttributeValues: { ":b": { N: "100" } },
        }),
      ),
    faults: ["errors"],
    schedules: 30,
    ...wish,
  });
  const add = {
    TableName: "account",
    Key,
    UpdateExpression: "ADD balance :n",
    ExpressionAttributeValues: { ":n": { N: "1" } },
  };

  test("ADD is sent again by the SDK after a lost connection: it counts twice", async () => {
    const run = async (db: DynamoDBClient) => void (await db.send(new UpdateItemCommand(add)));
    const { message } = await raceIn(dynamodb({ run }));
    expect(message).toContain("the connection was lost after client 1's `UpdateItem");
  });

  test("in a transaction, which has a token, it is right", async () => {
    const run = async (db: DynamoDBClient) =>
      void (await db.send(new TransactWriteItemsCommand({ TransactItems: [{ Update: add }] })));
    const report = await explore(dynamodb({ run }));
    mustBeRight(report);
  });

  test("a put on a condition that reads again and tries again is right without the SDK's retries", async () => {
    const run = async (db: DynamoDBClient): Promise<void> => {
      for (;;) {
        const { Item } = await db.send(
          new GetItemCommand({ TableName: "account", Key, ConsistentRead: true }),
        );
        const [before, after] = [
          Item!["balance"]!,
          { N: String(Number(Item!["balance"]!.N) - 30) },
        ];
        try {
          await db.send(
            new UpdateItemCommand({
              TableName: "account",
              Key,
              UpdateExpression: "SET balance = :after",
              ConditionExpression: "balance = :before",
              ExpressionAttributeValues: { ":before": before, ":after": after },
            }),
          );
          return;
        } catch (error) {
          if ((error as Error).name !== "ConditionalCheckFailedException") throw error;
        }
      }
    };
    const client = (url: string) =>
      new DynamoDBClient({
        endpoint: url,
        region: "us-east-1",
        maxAttempts: 1,
        credentials: { accessKeyId: "raceproof", secretAccessKey: "raceproof" },
      });
    const report = await explore(dynamodb({ run, client }));
    mustBeRight(report);
  });
});
