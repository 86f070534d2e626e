/** Sentences must be true: what each says was once said wrongly, or must not be said at all. */
import {
  CreateTableCommand,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from "@aws-sdk/client-dynamodb";
import type { Redis } from "ioredis";
import type { Connection } from "mysql2/promise";
import type pg from "pg";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import type { Backend } from "../../backends/backend.ts";
import { connectDynamodb } from "../../backends/dynamodb/backend.ts";
import { connectMysql } from "../../backends/mysql/backend.ts";
import { connectPostgres } from "../../backends/postgres/backend.ts";
import { connectRedis } from "../../backends/redis/backend.ts";
import { raceIn, type Sql, sqlOf } from "./programs.test-support.ts";

const tables = [
  "CREATE TABLE account (id varchar(20) PRIMARY KEY, balance integer, version integer)",
  "CREATE TABLE stock (id varchar(20) PRIMARY KEY, n integer)",
  "CREATE TABLE log (id varchar(20), what varchar(20))",
  "CREATE TABLE room (id integer PRIMARY KEY, max integer)",
  "CREATE TABLE booking (room integer, who varchar(20))",
];
const reset = [
  ...["account", "stock", "log", "room", "booking"].map((table) => `DELETE FROM ${table}`),
  "INSERT INTO account VALUES ('alice', 100, 0), ('bob', 100, 0)",
  "INSERT INTO stock VALUES ('bolt', 1)",
  "INSERT INTO room VALUES (7, 1)",
];

type Run = (db: Sql, client: number) => Promise<unknown>;

/** The sentence of the failure that is found: the second part of the text. */
const sentenceOf = (message: string): string => message.split("\n\n")[1] ?? "";

const amounts = [30, 60];

describe.each(["postgres", "mysql"] as const)("%s", (kind) => {
  let backend: Backend<unknown>;
  beforeAll(async () => {
    backend =
      kind === "postgres"
        ? await connectPostgres(inject("servers").postgres)
        : await connectMysql(inject("servers").mysql);
    await using session = await backend.open();
    for (const sql of tables) await sqlOf(session.client).query(sql);
  });
  afterAll(() => backend?.[Symbol.asyncDispose]());

  async function sentence(name: string, run: Run, violation: string): Promise<string> {
    const { message } = await raceIn({
      name: `${kind}-${name}`,
      backend: backend as Backend<pg.Client | Connection>,
      async setup(client) {
        for (const sql of reset) await sqlOf(client).query(sql);
      },
      run: (client, { client: number }) => run(sqlOf(client), number),
      async check(client) {
        const rows = await sqlOf(client).query(violation);
        if (rows.length > 0) throw new Error("it is not as it should be");
      },
    });
    return sentenceOf(message);
  }

  /** Reads and writes back, with a version beside the balance that no statement checks. */
  const withdraw =
    (lock = ""): Run =>
    async (db, client) => {
      if (lock) await db.query(lock);
      const [row] = await db.query("SELECT balance, version FROM account WHERE id = 'alice'");
      const { balance, version } = row as { balance: number; version: number };
      const left = balance - amounts[client - 1]!;
      await db.query(
        `UPDATE account SET version = ${version + 1}, balance = ${left} WHERE id = 'alice'`,
      );
    };
  const lost = "SELECT 1 FROM account WHERE id = 'alice' AND balance <> 10";

  test("a lost update is told of the column whose values differ, not of the version", async () => {
    expect(await sentence("withdraw", withdraw(), lost)).toMatch(
      /^client 1 and client 2 both read balance = 100 of account alice; client (1|2) wrote balance = (70|40); client (2|1) then wrote balance = (40|70) over it without having seen client \1's \2\.$/,
    );
  });

  test("a lock is no write, and what it locks for is told", async () => {
    const lock =
      kind === "postgres" ? "SELECT pg_advisory_lock(1)" : "SELECT GET_LOCK('sentences', 5)";
    const unlock =
      kind === "postgres" ? "SELECT pg_advisory_unlock(1)" : "SELECT RELEASE_LOCK('sentences')";
    const run: Run = async (db, client) => {
      const [row] = await db.query("SELECT balance FROM account WHERE id = 'alice'");
      await db.query(lock);
      const left = (row as { balance: number }).balance - amounts[client - 1]!;
      await db.query(`UPDATE account SET balance = ${left} WHERE id = 'alice'`);
      await db.query(unlock);
    };
    expect(await sentence("lock-too-late", run, lost)).toMatch(
      /^client 1 and client 2 both read balance = 100 of account alice; client \d wrote balance = /,
    );
  });

  test("where two write their own rows nobody wrote over anybody", async () => {
    const run: Run = async (db, client) => {
      const rows = await db.query("SELECT id, balance FROM account WHERE balance > 0");
      const all = rows.reduce((sum, row) => sum + Number(row["balance"]), 0);
      const mine = client === 1 ? "alice" : "bob";
      if (all >= 150) await db.query(`UPDATE account SET balance = -50 WHERE id = '${mine}'`);
    };
    const overdrawn = "SELECT sum(balance) AS s FROM account HAVING sum(balance) < 0";
    expect(await sentence("write-skew", run, overdrawn)).toBe("it is not as it should be.");
  });

  test("the stock's UPDATE is told, not the INSERT into the log", async () => {
    const run: Run = async (db, client) => {
      const [row] = await db.query("SELECT n FROM stock WHERE id = 'bolt'");
      if ((row as { n: number }).n < 1) return;
      await db.query(`INSERT INTO log VALUES ('${client}', 'sold')`);
      await db.query("UPDATE stock SET n = n - 1 WHERE id = 'bolt'");
    };
    expect(await sentence("oversold", run, "SELECT 1 FROM stock WHERE n < 0")).toMatch(
      /^client 1 and client 2 both read n = 1 of stock bolt; client (1|2) updated n; client (2|1) then updated it, too, without having read it again\.$/,
    );
  });

  test("the count of nought is told, not the maximum that never changes", async () => {
    const run: Run = async (db, client) => {
      const [room] = await db.query("SELECT max FROM room WHERE id = 7");
      const [taken] = await db.query("SELECT count(*) AS count FROM booking WHERE room = 7");
      if (Number(taken?.["count"]) >= Number(room?.["max"])) return;
      await db.query(`INSERT INTO booking (room, who) VALUES (7, 'client ${client}')`);
    };
    const twice = "SELECT room FROM booking GROUP BY room HAVING count(*) > 1";
    expect(await sentence("overbooked", run, twice)).toMatch(
      /^client 1 and client 2 both read count = 0 of booking \(room = 7\); client (1|2) inserted a row into booking; client (2|1) then inserted one, too, without having looked again\.$/,
    );
  });

  test("a condition that was not met, and nobody heeded it", async () => {
    const run: Run = async (db, client) => {
      const [row] = await db.query("SELECT balance, version FROM account WHERE id = 'alice'");
      const { balance, version } = row as { balance: number; version: number };
      await db.query(
        `UPDATE account SET balance = ${balance - amounts[client - 1]!}, version = ${version + 1} ` +
          `WHERE id = 'alice' AND version = ${version}`,
      );
    };
    expect(await sentence("unheeded", run, lost)).toMatch(
      /^client (1|2) wrote version = 1 of account alice; client (2|1)'s `UPDATE account SET .*` changed no row, and its operation ended without an error\.$/,
    );
  });
});

describe("Redis", () => {
  let redis: Backend<Redis>;
  beforeAll(async () => {
    redis = await connectRedis(inject("servers").redis);
  });
  afterAll(() => redis?.[Symbol.asyncDispose]());

  test("the lock's key is no counter, and what a pipeline wrote has no semicolon", async () => {
    const { message } = await raceIn<Redis>({
      name: "redis-sentence",
      backend: redis,
      setup: (client) => client.del("sentence:lock", "sentence:n"),
      async run(client, { client: number }) {
        const n = Number(await client.get("sentence:n"));
        if ((await client.set("sentence:lock", `token ${number}`, "NX")) !== "OK") return;
        await client
          .pipeline()
          .set("sentence:n", n + number)
          .del("sentence:lock")
          .exec();
      },
      async check(client) {
        const n = Number(await client.get("sentence:n"));
        if (n === 1 || n === 2) throw new Error("lost");
      },
    });
    expect(sentenceOf(message)).toMatch(
      /^client 1 and client 2 both read sentence:n = nil; client (1|2) wrote (1|2); client (2|1) then wrote (2|1) over it without having seen client \1's \2\.$/,
    );
  });
});

describe("DynamoDB", () => {
  let dynamodb: Backend<DynamoDBClient>;
  beforeAll(async () => {
    dynamodb = await connectDynamodb(inject("servers").dynamodb);
    await using session = await dynamodb.open();
    const table = new CreateTableCommand({
      TableName: "Sentence",
      KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
      AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
      BillingMode: "PAY_PER_REQUEST",
    });
    await session.client.send(table);
  });
  afterAll(() => dynamodb?.[Symbol.asyncDispose]());

  const both = [1, 2];

  test("two different items are not written over each other", async () => {
    const key = (n: number) => ({ id: { S: `key#${n}` } });
    const get = (n: number) =>
      new GetItemCommand({ TableName: "Sentence", Key: key(n), ConsistentRead: true });
    const put = (n: number, on: boolean) =>
      new PutItemCommand({ TableName: "Sentence", Item: { ...key(n), on: { BOOL: on } } });
    const { message } = await raceIn<DynamoDBClient>({
      name: "dynamodb-on-call",
      backend: dynamodb,
      async setup(db) {
        for (const n of both) await db.send(put(n, true));
      },
      async run(db, { client }) {
        const { Item: other } = await db.send(get(3 - client));
        if (other?.["on"]?.BOOL) await db.send(put(client, false));
      },
      async check(db) {
        const items = await Promise.all(both.map((n) => db.send(get(n))));
        if (items.every(({ Item }) => Item?.["on"]?.BOOL === false)) throw new Error("all are off");
      },
    });
    expect(sentenceOf(message)).toBe("all are off.");
  });

  test("the same item is, and bytes are no value", async () => {
    const Key = { id: { S: "same" } };
    const put = (n: number) =>
      new PutItemCommand({
        TableName: "Sentence",
        Item: { ...Key, seal: { B: new Uint8Array([1, n]) }, v: { N: String(n) } },
      });
    const get = new GetItemCommand({ TableName: "Sentence", Key, ConsistentRead: true });
    const { message } = await raceIn<DynamoDBClient>({
      name: "dynamodb-same",
      backend: dynamodb,
      setup: (db) => db.send(put(0)),
      async run(db, { client }) {
        const { Item } = await db.send(get);
        await db.send(put(Number(Item?.["v"]?.N) + client));
      },
      async check(db) {
        const { Item } = await db.send(get);
        if (Item?.["v"]?.N !== "3") throw new Error("one is lost");
      },
    });
    expect(sentenceOf(message)).toMatch(
      /^client 1 and client 2 both read v = 0 of Sentence same; client (1|2) wrote v = \1; client (2|1) then wrote v = \2 over it without having seen client \1's \1\.$/,
    );
    expect(message).not.toContain("<binary>");
  });

  test("an item that was not there is found to be missing by both", async () => {
    const Key = { id: { S: "first" } };
    const get = new GetItemCommand({ TableName: "Sentence", Key, ConsistentRead: true });
    const { message } = await raceIn<DynamoDBClient>({
      name: "dynamodb-first",
      backend: dynamodb,
      setup: (db) => db.send(new DeleteItemCommand({ TableName: "Sentence", Key })),
      async run(db, { client }) {
        const { Item } = await db.send(get);
        const v = { N: String(Number(Item?.["v"]?.N ?? 0) + client) };
        await db.send(new PutItemCommand({ TableName: "Sentence", Item: { ...Key, v } }));
      },
      async check(db) {
        const { Item } = await db.send(get);
        if (Item?.["v"]?.N !== "3") throw new Error("one is lost");
      },
    });
    expect(sentenceOf(message)).toMatch(
      /^client 1 and client 2 both found nothing at Sentence first; client (1|2) wrote v = \1; client (2|1) then wrote v = \2 over it without having seen client \1's \1\.$/,
    );
  });
});
