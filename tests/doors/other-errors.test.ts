/** Errors that doors to MySQL, MariaDB, Redis and DynamoDB put in, and the state of the server after them. */
import {
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  TransactWriteItemsCommand,
} from "@aws-sdk/client-dynamodb";
import { Redis } from "ioredis";
import mysql, { type Connection, type RowDataPacket } from "mysql2/promise";
import { describe, expect, inject, test } from "vitest";
import type { Backend } from "../../backends/backend.ts";
import { withSchema } from "../../backends/lane-database.ts";
import { connectMysql } from "../../backends/mysql/backend.ts";
import { openLaneDatabase } from "../../backends/open-lane-database.ts";
import { connectRedis } from "../../backends/redis/backend.ts";
import { throughDoors } from "../../schedules/doors/door-backend.ts";
import { Doorkeeper } from "../doorkeeper.ts";

const losses = ["closed before", "reset after", "refused"];
const possible = ({ steps }: Doorkeeper): readonly string[] =>
  (steps.at(-1)!.errors ?? []).filter((error) => !losses.includes(error));

const failed = async (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => "done",
    (error: unknown) => error,
  );

describe.each(["mysql", "mariadb"] as const)("%s", (kind) => {
  const take = "UPDATE account SET balance = balance - 30 WHERE id = 1";

  async function open(): Promise<Backend<Connection>> {
    const direct = await connectMysql(inject("servers")[kind]);
    const backend = throughDoors<Connection>(direct, {
      open: ({ url }) => mysql.createConnection(url),
      close: (client) => client.end(),
    });
    await using outside = await backend.open();
    await outside.client.query("CREATE TABLE account (id int PRIMARY KEY, balance int NOT NULL)");
    await outside.client.query("INSERT INTO account VALUES (1, 100)");
    return backend;
  }

  const balance = async (client: Connection): Promise<number> =>
    (await client.query<RowDataPacket[]>("SELECT balance FROM account"))[0][0]!["balance"];

  test.each(["query", "execute"] as const)(
    "%s: a deadlock ends the transaction, a timeout only its statement",
    async (method) => {
      const send = (one: Connection, sql: string): Promise<unknown> =>
        method === "query" ? one.query(sql) : one.execute(sql);
      await using backend = await open();
      await using session = await backend.open(new Doorkeeper());
      await using outside = await backend.open();
      const { client } = session;
      await client.query("BEGIN");
      await send(client, take);
      session.failNext!("1205");
      expect(await failed(send(client, take))).toMatchObject({ errno: 1205, sqlState: "HY000" });
      await client.query("COMMIT");
      expect(await balance(outside.client)).toBe(70);
      await client.query("BEGIN");
      await send(client, take);
      session.failNext!("1213");
      expect(await failed(send(client, take))).toMatchObject({ errno: 1213, sqlState: "40001" });
      // There is no transaction any more: what follows commits by itself.
      await send(client, take);
      expect(await balance(outside.client)).toBe(40);
      session.failNext!("1213");
      expect(await failed(send(client, take))).toMatchObject({ errno: 1213 });
      expect(await balance(outside.client)).toBe(40);
    },
  );

  test("only what the server may answer there", async () => {
    await using backend = await open();
    const keeper = new Doorkeeper();
    await using session = await backend.open(keeper);
    const { client } = session;
    await client.query("BEGIN");
    expect(possible(keeper)).toEqual([]);
    await client.query("SELECT * FROM account");
    expect(possible(keeper)).toEqual([]);
    await client.execute(`${take} AND balance > ?`, [1]);
    // Since the SELECT there is a snapshot, which MariaDB compares with.
    const since_snapshot = kind === "mysql" ? [] : ["1020"];
    expect(possible(keeper)).toEqual(["1213", "1205", ...since_snapshot]);
    await client.query("SELECT * FROM account FOR UPDATE NOWAIT");
    const taken = kind === "mysql" ? "3572" : "1205";
    expect(possible(keeper)).toEqual(["1213", taken, ...since_snapshot]);
    await client.query("COMMIT");
    expect(possible(keeper)).toEqual([]);
  });
});

describe("Redis", () => {
  const open = async (): Promise<Backend<Redis>> =>
    throughDoors<Redis>(await connectRedis(inject("servers").redis), {
      open: ({ url }) => new Redis(url, { retryStrategy: () => null }),
      close: (client) => client.quit(),
    });

  test("a command, a whole transaction, and what is watched", async () => {
    await using backend = await open();
    const keeper = new Doorkeeper();
    await using session = await backend.open(keeper);
    const { client } = session;
    await client.set("a", "1");
    expect(possible(keeper)).toEqual(["READONLY", "BUSY"]);
    session.failNext!("READONLY");
    expect(String(await failed(client.incr("a")))).toContain("READONLY You can't write");
    await client.get("a");
    expect(possible(keeper)).toEqual(["BUSY"]);
    await client.watch("a");
    expect(possible(keeper)).toEqual([]);
    session.failNext!("READONLY");
    expect(String(await failed(client.multi().incr("a").exec()))).toContain("EXECABORT");
    expect(possible(keeper)).toEqual(["READONLY", "BUSY"]);
    // A key that was watched before has been changed, and nobody minds.
    await client.set("a", "5");
    expect(await client.multi().incr("a").get("a").exec()).toEqual([
      [null, 6],
      [null, "6"],
    ]);
  });

  test("a script is refused where it writes", async () => {
    await using backend = await open();
    const keeper = new Doorkeeper();
    await using session = await backend.open(keeper);
    await session.client.eval("return redis.call('get', KEYS[1])", 1, "a");
    expect(possible(keeper)).toEqual(["BUSY"]);
    await session.client.eval("return redis.call('del', KEYS[1])", 1, "a");
    expect(possible(keeper)).toEqual(["READONLY", "BUSY"]);
  });
});

describe("DynamoDB", () => {
  const schema = `CreateTable {"TableName": "account", "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}], "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}], "BillingMode": "PAY_PER_REQUEST"}`;

  test("conditions on a value, transactions, and too many requests", async () => {
    const database = await openLaneDatabase(inject("servers").dynamodb);
    const direct = await withSchema(database, schema);
    await using backend = throughDoors<DynamoDBClient>(direct, {
      open: ({ url }) =>
        new DynamoDBClient({
          endpoint: url,
          region: "us-east-1",
          maxAttempts: 1,
          credentials: { accessKeyId: "raceproof", secretAccessKey: "raceproof" },
        }),
      close: (client) => client.destroy(),
    });
    const keeper = new Doorkeeper();
    await using session = await backend.open(keeper);
    const { client } = session;
    const put = { TableName: "account", Item: { id: { S: "a" }, v: { N: "1" } } };
    const too_many = "ProvisionedThroughputExceededException";
    await client.send(new PutItemCommand(put));
    expect(possible(keeper)).toEqual([too_many]);
    session.failNext!(too_many);
    expect(
      await failed(
        client.send(new GetItemCommand({ TableName: "account", Key: { id: { S: "a" } } })),
      ),
    ).toMatchObject({ name: too_many, $metadata: { httpStatusCode: 400 } });
    await client.send(new PutItemCommand({ ...put, ConditionExpression: "attribute_exists(id)" }));
    expect(possible(keeper)).toEqual([too_many]);
    const compared = {
      ...put,
      ConditionExpression: "v = :v",
      ExpressionAttributeValues: { ":v": { N: "1" } },
    };
    session.failNext!("ConditionalCheckFailedException");
    expect(await failed(client.send(new PutItemCommand(compared)))).toMatchObject({
      name: "ConditionalCheckFailedException",
    });
    expect(possible(keeper)).toEqual(["ConditionalCheckFailedException", too_many]);
    session.failNext!("TransactionCanceledException");
    const both = { TransactItems: [{ Put: put }, { Put: { ...put, Item: { id: { S: "b" } } } }] };
    expect(await failed(client.send(new TransactWriteItemsCommand(both)))).toMatchObject({
      name: "TransactionCanceledException",
      CancellationReasons: [{ Code: "TransactionConflict" }, { Code: "None" }],
    });
    expect(possible(keeper)).toEqual(["TransactionCanceledException", too_many]);
  });
});
