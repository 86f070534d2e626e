/** Requests of one client that are under way together: on one connection they keep their order, on several they do not. */
import { CreateTableCommand, DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import pg from "pg";
import { expect, inject, test } from "vitest";
import { configFor } from "../../backends/dynamodb/connect.ts";
import { explore } from "../../library/explore.ts";
import type { Report } from "../../library/explore-results.ts";

const count = "UPDATE counter SET n = n + 1 WHERE id = ";
const start = "TRUNCATE counter; INSERT INTO counter VALUES (1, 0), (2, 0)";

const onPool = (run: (db: pg.Pool, client: number) => Promise<unknown>): Promise<Report> =>
  explore({
    database: inject("servers").postgres.url,
    schema: "CREATE TABLE counter (id int PRIMARY KEY, n int)",
    client: (url) => new pg.Pool({ connectionString: url }),
    setup: (db) => db.query(start),
    run: (db, { client }) => run(db, client).then(() => "done"),
    repairs: false,
  });

test("PostgreSQL: what a pool is asked at once is no proof, and one after the other it is", async () => {
  const { proof, text } = await onPool((db) =>
    Promise.all([db.query(`${count}1`), db.query(`${count}2`)]),
  );
  expect(proof).toBe(false);
  expect(text).toMatch(
    /a client asks `UPDATE counter SET n = n \+ 1 WHERE id = 2` while another request of its own/,
  );
  const one_by_one = await onPool(async (db) => {
    await db.query(`${count}1`);
    await db.query(`${count}2`);
  });
  expect(one_by_one.proof).toBe(true);
});

test("PostgreSQL: one connection keeps their order", async () => {
  const { proof } = await explore({
    database: inject("servers").postgres.url,
    schema: "CREATE TABLE counter (id int PRIMARY KEY, n int)",
    client: async (url) => {
      const client = new pg.Client(url);
      await client.connect();
      return client;
    },
    setup: (db) => db.query(start),
    run: (db) => Promise.all([db.query(`${count}1`), db.query(`${count}2`)]).then(() => "done"),
    repairs: false,
  });
  expect(proof).toBe(true);
});

test("DynamoDB: every request may come first", async () => {
  const put = (db: DynamoDBClient, id: string, n: number): Promise<unknown> =>
    db.send(
      new PutItemCommand({ TableName: "stock", Item: { id: { S: id }, n: { N: String(n) } } }),
    );
  const { proof, text } = await explore({
    database: inject("servers").dynamodb.url,
    async schema(url) {
      const db = new DynamoDBClient(configFor(url));
      await db.send(
        new CreateTableCommand({
          TableName: "stock",
          BillingMode: "PAY_PER_REQUEST",
          AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
          KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
        }),
      );
      db.destroy();
    },
    client: (url) => new DynamoDBClient(configFor(url)),
    async setup(db) {
      for (const id of ["a1", "a2", "b1", "b2"]) await put(db, id, 0);
    },
    run: (db, { client }) =>
      Promise.all([put(db, `a${client}`, 1), put(db, `b${client}`, 1)]).then(() => "done"),
    repairs: false,
  });
  expect(proof).toBe(false);
  expect(text).toContain("while another request of its own is under way");
});

test("PostgreSQL: who waits for a lock can still commit on its other connection", async () => {
  const { proof, text } = await onPool((db, client) =>
    Promise.all([db.query(`${count}${client}`), db.query(`${count}${3 - client}`)]),
  );
  expect(proof).toBe(false);
  expect(text).toContain("no failure in");
  expect(text).toContain("while another request of its own");
});

test("PostgreSQL: clients that wait for each other with all that they have are stuck", async () => {
  const stuck = onPool(async (db, client) => {
    const [one, two] = [await db.connect(), await db.connect()];
    try {
      await one.query("BEGIN");
      await one.query(`${count}${client}`);
      await two.query(`${count}${3 - client}`);
      await one.query("COMMIT");
    } finally {
      one.release(true);
      two.release(true);
    }
  });
  await expect(stuck).rejects.toThrow("mutual waiting on PostgreSQL");
});
