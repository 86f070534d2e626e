/** Racy programs whose set-up does not put everything back: no proof, and the table (or key) is named. */
import {
  CreateTableCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from "@aws-sdk/client-dynamodb";
import type { Redis } from "ioredis";
import type { Connection } from "mysql2/promise";
import type pg from "pg";
import { expect, inject, test } from "vitest";
import { open_gate } from "../../backends/backend.ts";
import { connectDynamodb } from "../../backends/dynamodb/backend.ts";
import { connectMysql } from "../../backends/mysql/backend.ts";
import { connectPostgres } from "../../backends/postgres/backend.ts";
import { connectRedis } from "../../backends/redis/backend.ts";
import { type ExploreOptions, explore } from "../../library/explore.ts";
import { inTransaction, raceIn, sqlOf } from "./programs.test-support.ts";

const counter = "CREATE TABLE counter (id varchar(60) PRIMARY KEY, v int NOT NULL)";

/** Reads, then writes what it read plus one. The check forgives what a stale counter brings along. */
const readThenWrite = (name: string): Pick<ExploreOptions<unknown>, "name" | "run" | "check"> => ({
  name,
  async run(client, { key }) {
    const db = sqlOf(client);
    const [row] = await db.query(`SELECT v FROM counter WHERE id = '${key}'`);
    await db.query(`UPDATE counter SET v = ${Number(row!["v"]) + 1} WHERE id = '${key}'`);
  },
  async check(client, { key }) {
    const [row] = await sqlOf(client).query(`SELECT v FROM counter WHERE id = '${key}'`);
    if (Number(row!["v"]) < 1) throw new Error("nothing was counted");
  },
});

const stale = (what: string) => ({ proof: false, doubt: { kind: "stale", stale: { what } } });

test("PostgreSQL: ON CONFLICT DO NOTHING keeps what the schedule before left", async () => {
  await using backend = await connectPostgres(inject("servers").postgres);
  await using session = await backend.open(open_gate);
  await session.client.query(counter);
  const report = await explore<pg.Client>({
    ...readThenWrite("kept"),
    backend,
    setup: (db, key) =>
      db.query("INSERT INTO counter VALUES ($1, 0) ON CONFLICT DO NOTHING", [key]),
  });
  expect(report).toMatchObject(stale("table counter"));
  expect(report.text).toMatch(/no proof, because set-up did not .* every time: table counter/);
});

test("PostgreSQL: a log that nobody clears is named", async () => {
  await using backend = await connectPostgres(inject("servers").postgres);
  await using session = await backend.open(open_gate);
  await session.client.query(`${counter}; CREATE TABLE log (what text)`);
  const report = await explore<pg.Client>({
    name: "logged",
    backend,
    setup: (db, key) =>
      db.query("INSERT INTO counter VALUES ($1, 0) ON CONFLICT (id) DO UPDATE SET v = 0", [key]),
    async run(db, { key }) {
      await db.query("UPDATE counter SET v = v + 1 WHERE id = $1", [key]);
      await db.query("INSERT INTO log VALUES ('counted')");
    },
    check: async () => undefined,
  });
  expect(report).toMatchObject(stale("table log"));
});

test("PostgreSQL: serial ids, times and UUIDs may differ: proof", async () => {
  await using backend = await connectPostgres(inject("servers").postgres);
  await using session = await backend.open(open_gate);
  await session.client.query(`
    CREATE TABLE parent (id bigserial PRIMARY KEY, token uuid DEFAULT gen_random_uuid(), made timestamptz DEFAULT now());
    CREATE TABLE child (id serial PRIMARY KEY, parent_id bigint REFERENCES parent, v int, note text)`);
  const report = await explore<pg.Client>({
    name: "generated",
    backend,
    async setup(db) {
      await db.query("DELETE FROM child");
      await db.query("DELETE FROM parent");
      await db.query(
        `WITH made AS (INSERT INTO parent DEFAULT VALUES RETURNING id)
         INSERT INTO child (parent_id, v, note) SELECT id, 0, 'see ' || gen_random_uuid() FROM made`,
      );
    },
    run: (db) =>
      inTransaction(sqlOf(db), async () => void (await db.query("UPDATE child SET v = v + 1"))),
    async check(db) {
      const { rows } = await db.query("SELECT v FROM child");
      if (rows[0].v !== 2) throw new Error(`v is ${rows[0].v}`);
    },
  });
  expect(report).toMatchObject({ proof: true });
});

test("MySQL: INSERT IGNORE keeps what the schedule before left", async () => {
  await using backend = await connectMysql(inject("servers").mysql);
  await using session = await backend.open(open_gate);
  await session.client.query(counter);
  const report = await explore<Connection>({
    ...readThenWrite("ignored"),
    backend,
    setup: (db, key) => db.query("INSERT IGNORE INTO counter VALUES (?, 0)", [key]),
  });
  expect(report).toMatchObject(stale("table counter"));
});

test("Redis: SET NX keeps what the schedule before left; SET does not, and is a race", async () => {
  await using backend = await connectRedis(inject("servers").redis);
  const racy = {
    backend,
    async run(redis: Redis, { key }: { key: string }) {
      await redis.set(key, Number(await redis.get(key)) + 1);
    },
  };
  const report = await explore<Redis>({
    ...racy,
    name: "kept",
    setup: (redis, key) => redis.set(key, 0, "NX"),
    check: async () => undefined,
  });
  expect(report).toMatchObject(stale("key a"));
  const { exploration } = await raceIn<Redis>({
    ...racy,
    name: "put-back",
    setup: (redis, key) => redis.set(key, 0),
    async check(redis, { key }) {
      if ((await redis.get(key)) !== "2") throw new Error("an update was lost");
    },
  });
  expect(exploration.failure?.message).toBe("an update was lost");
});

test("DynamoDB: a conditional put keeps what the schedule before left", async () => {
  await using backend = await connectDynamodb(inject("servers").dynamodb);
  await using session = await backend.open(open_gate);
  const TableName = "raceproof-fresh-start";
  await session.client.send(
    new CreateTableCommand({
      TableName,
      KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
      AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
      BillingMode: "PAY_PER_REQUEST",
    }),
  );
  const put = (id: string, v: number, more: object = {}) =>
    new PutItemCommand({ TableName, Item: { id: { S: id }, v: { N: String(v) } }, ...more });
  const report = await explore<DynamoDBClient>({
    name: "kept",
    backend,
    setup: (db, key) =>
      db
        .send(put(key, 0, { ConditionExpression: "attribute_not_exists(id)" }))
        .catch(() => undefined),
    async run(db, { key }) {
      const { Item } = await db.send(new GetItemCommand({ TableName, Key: { id: { S: key } } }));
      await db.send(put(key, Number(Item!["v"]!.N) + 1));
    },
    check: async () => undefined,
  });
  expect(report).toMatchObject(stale(`table ${TableName}`));
});

test("what set-up throws says that it is set-up, whose, when, and why again", async () => {
  await using backend = await connectPostgres(inject("servers").postgres);
  await using session = await backend.open(open_gate);
  await session.client.query(counter);
  const failed = explore<pg.Client>({
    ...readThenWrite("inserted twice"),
    backend,
    setup: (db, key) => db.query("INSERT INTO counter VALUES ($1, 0)", [key]),
  });
  await expect(failed).rejects.toMatchObject({
    name: "SetupFailed",
    message: expect.stringMatching(
      /^inserted twice: set-up failed before schedule 2: duplicate key value.*\nIt runs before every schedule/,
    ),
    cause: expect.objectContaining({ code: "23505" }),
  });
});
