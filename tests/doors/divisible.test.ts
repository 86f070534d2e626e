/** Others can come between the commands of a pipeline, and in the middle of what no schedule can cut. */
import {
  BatchWriteItemCommand,
  CreateTableCommand,
  DynamoDBClient,
  PutItemCommand,
  ScanCommand,
  type WriteRequest,
} from "@aws-sdk/client-dynamodb";
import { Redis } from "ioredis";
import mysql from "mysql2/promise";
import pg from "pg";
import { describe, expect, inject, test } from "vitest";
import { configFor } from "../../backends/dynamodb/connect.ts";
import { explore } from "../../library/explore.ts";
import type { Report } from "../../library/explore-results.ts";

const servers = inject("servers");

describe("Redis", () => {
  const both = (run: (db: Redis, client: number) => unknown): Promise<Report> =>
    explore({
      database: servers.redis.url,
      client: (url) => new Redis(url),
      setup: (db) => db.flushdb(),
      run: (db, { client }) => run(db, client),
      repairs: false,
    });

  test("a pipeline is no transaction: its commands are steps, and the race between them is found", async () => {
    const found = both((db, n) => db.pipeline().set("shown", n).set("sold", n).exec());
    await expect(found).rejects.toThrow(/unlike any serial order[^]*SET shown 1\s+│[^]*SET sold 2/);
  });

  test("MULTI … EXEC in one write is one step", async () => {
    const { proof, schedules } = await both((db, n) =>
      db.multi().set("shown", n).set("sold", n).exec(),
    );
    expect({ proof, schedules }).toEqual({ proof: true, schedules: 2 });
  });

  test("commands of a pipeline that cannot disturb each other are a proof", async () => {
    const { proof } = await both((db, n) => db.pipeline().set(`shown ${n}`, n).incr("sold").exec());
    expect(proof).toBe(true);
  });
});

/** A procedure or block that reads, and then writes what it has read plus one. */
const lines = "SELECT n INTO x FROM counter; UPDATE counter SET n = x + 1;";

test("PostgreSQL: there is no proof of a procedure, and the report says why", async () => {
  const { proof, text } = await explore({
    database: servers.postgres.url,
    schema: `CREATE TABLE counter (n int);
      CREATE PROCEDURE count_up() LANGUAGE plpgsql AS $$ DECLARE x int; BEGIN ${lines} END $$`,
    client: (url) => new pg.Pool({ connectionString: url }),
    setup: (db) => db.query("TRUNCATE counter; INSERT INTO counter VALUES (0)"),
    run: async (db) => void (await db.query("CALL count_up()")),
    repairs: false,
  });
  expect(proof).toBe(false);
  expect(text).toMatch(/others can come in the middle of `CALL count_up\(\)`/);
});

test("MySQL: there is no proof of a procedure, and the report says why", async () => {
  const { proof, text } = await explore({
    database: servers.mysql.url,
    schema: `CREATE TABLE counter (n int);
      CREATE PROCEDURE count_up() BEGIN DECLARE x int; ${lines} END`,
    client: (url) => mysql.createPool(url),
    setup: async (db) => {
      await db.query("DELETE FROM counter");
      await db.query("INSERT INTO counter VALUES (0)");
    },
    run: async (db) => void (await db.query("CALL count_up()")),
    repairs: false,
  });
  expect(proof).toBe(false);
  expect(text).toMatch(/others can come in the middle of `CALL count_up\(\)`/);
});

test.each([
  { body: "UPDATE counter SET n = n + 1;", proof: true, said: "proof for this size" },
  {
    body: lines,
    proof: false,
    said: "in the middle of `/* up */ SELECT bump()` (it runs function bump)",
  },
])("PostgreSQL: a function with $body is a proof: $proof", async ({ body, proof, said }) => {
  const report = await explore({
    database: servers.postgres.url,
    schema: `CREATE TABLE counter (n int);
      CREATE FUNCTION bump() RETURNS void LANGUAGE plpgsql AS $$ DECLARE x int; BEGIN ${body} END $$`,
    client: (url) => new pg.Pool({ connectionString: url }),
    setup: (db) => db.query("TRUNCATE counter; INSERT INTO counter VALUES (0)"),
    run: async (db) => {
      const client = await db.connect();
      for (const sql of ["BEGIN", "LOCK TABLE counter", "-- up\nSELECT bump()", "COMMIT"])
        await client.query(sql);
      client.release();
    },
    repairs: false,
  });
  expect(report.proof).toBe(proof);
  expect(report.text).toContain(said);
});

test("PostgreSQL: a view, a rule and an operator that run functions are no proof either", async () => {
  const told = await Promise.all(
    [
      ["CREATE VIEW seen AS SELECT bump() AS n", "SELECT n FROM seen", "view seen"],
      [
        "CREATE RULE noted AS ON UPDATE TO counter DO ALSO INSERT INTO log VALUES (1)",
        "UPDATE counter SET n = 1",
        "rule noted",
      ],
      [
        "CREATE OPERATOR ### (FUNCTION = add, LEFTARG = int, RIGHTARG = int)",
        "SELECT 1 ### 2",
        "function add",
      ],
    ].map(async ([made, sql = "", by]) => {
      const { proof, text } = await explore({
        database: servers.postgres.url,
        schema: `CREATE TABLE counter (n int); CREATE TABLE log (n int);
          CREATE FUNCTION bump() RETURNS int LANGUAGE plpgsql AS $$ DECLARE x int; BEGIN ${lines} RETURN x; END $$;
          CREATE FUNCTION add(a int, b int) RETURNS int LANGUAGE plpgsql AS $$
            BEGIN PERFORM bump(); RETURN a + b; END $$;
          ${made}`,
        client: (url) => new pg.Pool({ connectionString: url }),
        setup: (db) => db.query("TRUNCATE counter, log; INSERT INTO counter VALUES (0)"),
        run: async (db) => {
          const client = await db.connect();
          for (const one of ["BEGIN", "LOCK TABLE counter", sql, "COMMIT"]) await client.query(one);
          client.release();
        },
        repairs: false,
      });
      return [proof, text.includes(`(it runs ${by})`)];
    }),
  );
  expect(told).toEqual([
    [false, true],
    [false, true],
    [false, true],
  ]);
});

test.each(["mysql", "mariadb"] as const)(
  "%s: there is no proof where a trigger writes, and the report names it",
  async (kind) => {
    const { proof, text } = await explore({
      database: servers[kind].url,
      schema: `CREATE TABLE counter (n int);
      CREATE TABLE seen (n int);
      CREATE TRIGGER noted AFTER UPDATE ON counter FOR EACH ROW INSERT INTO seen VALUES (NEW.n)`,
      client: (url) => mysql.createPool(url),
      setup: async (db) => {
        for (const table of ["counter", "seen"]) await db.query(`DELETE FROM ${table}`);
        await db.query("INSERT INTO counter VALUES (0)");
      },
      run: async (db) => void (await db.query("UPDATE counter SET n = n + 1")),
      repairs: false,
    });
    expect(proof).toBe(false);
    expect(text).toMatch(/`UPDATE counter SET n = n \+ 1` \(it runs trigger noted\)/);
  },
);

test.each([
  ["READ UNCOMMITTED", false],
  ["READ COMMITTED", true],
] as const)("MySQL: a read at %s is a proof: %s", async (isolation, is_proof) => {
  const { proof, text } = await explore({
    database: servers.mysql.url,
    schema: "CREATE TABLE account (id int PRIMARY KEY, balance int)",
    isolation,
    client: (url) => mysql.createPool(url),
    setup: (db) => db.query("REPLACE INTO account VALUES (1, 5), (2, 5)"),
    run: [
      async (db) => void (await db.query("UPDATE account SET balance = balance + 1")),
      async (db) => {
        const [rows] = await db.query<mysql.RowDataPacket[]>("SELECT count(*) AS n FROM account");
        return rows[0]!["n"];
      },
    ],
    repairs: false,
  });
  expect(proof).toBe(is_proof);
  expect(/in the middle of `SELECT count/.test(text)).toBe(!is_proof);
});

test.each([
  ["the parent of its partition", "INSERT INTO sale VALUES (1, 1)", false],
  ["a view of its table", "INSERT INTO sales VALUES (1, 1)", false],
  ["a foreign key that cascades", "DELETE FROM shop WHERE id = 1", false],
  ["nothing", "INSERT INTO shop VALUES (2) ON CONFLICT DO NOTHING", true],
])("PostgreSQL: a trigger is reached by way of %s", async (_way, statement, proof) => {
  const report = await explore({
    database: servers.postgres.url,
    schema: `CREATE TABLE shop (id int PRIMARY KEY);
      CREATE TABLE sale (shop int REFERENCES shop ON DELETE CASCADE, n int) PARTITION BY LIST (shop);
      CREATE TABLE sale_1 PARTITION OF sale FOR VALUES IN (1);
      CREATE VIEW sales AS SELECT * FROM sale_1;
      CREATE TABLE counter (n int);
      CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ DECLARE x int; BEGIN ${lines} RETURN NULL; END $$;
      CREATE TRIGGER noted AFTER INSERT OR DELETE ON sale_1 FOR EACH ROW EXECUTE FUNCTION note()`,
    client: (url) => new pg.Pool({ connectionString: url }),
    setup: (db) =>
      db.query(`TRUNCATE shop, sale, counter; INSERT INTO counter VALUES (0);
        INSERT INTO shop VALUES (1); INSERT INTO sale VALUES (1, 0)`),
    run: async (db) => {
      const client = await db.connect();
      for (const sql of ["BEGIN", "LOCK TABLE counter", statement, "COMMIT"])
        await client.query(sql);
      client.release();
    },
    repairs: false,
  });
  expect(report.proof).toBe(proof);
  expect(report.text.includes("(it runs trigger noted)")).toBe(!proof);
});

test("PostgreSQL: the commit of a TRUNCATE is a step of its own", async () => {
  const { proof, schedules } = await explore({
    database: servers.postgres.url,
    schema: "CREATE TABLE counter (n int)",
    client: (url) => new pg.Pool({ connectionString: url }),
    setup: (db) => db.query("TRUNCATE counter; INSERT INTO counter VALUES (0)"),
    run: [
      async (db) => void (await db.query("TRUNCATE counter")),
      async (db) => (await db.query("SELECT n FROM counter")).rows,
    ],
    repairs: false,
  });
  expect(proof).toBe(true);
  expect(schedules).toBe(3);
});

const create_stock = new CreateTableCommand({
  TableName: "stock",
  BillingMode: "PAY_PER_REQUEST",
  AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
  KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
});

const inStock = () => ({
  database: servers.dynamodb.url,
  async schema(url: string) {
    const db = new DynamoDBClient(configFor(url));
    await db.send(create_stock);
    db.destroy();
  },
  client: (url: string) => new DynamoDBClient(configFor(url)),
});

test("DynamoDB: there is no proof of a batch of several items, and there is one of a batch of one", async () => {
  const write = (id: string, n: number): WriteRequest => ({
    PutRequest: { Item: { id: { S: id }, n: { N: String(n) } } },
  });
  const batchesOf = (ids: readonly string[]): Promise<Report> =>
    explore({
      ...inStock(),
      setup: (db) =>
        db.send(
          new BatchWriteItemCommand({ RequestItems: { stock: [write("a", 0), write("b", 0)] } }),
        ),
      run: (db, { client }) =>
        db
          .send(
            new BatchWriteItemCommand({
              RequestItems: { stock: ids.map((id) => write(id, client)) },
            }),
          )
          .then(() => "done"),
      repairs: false,
    });
  expect((await batchesOf(["a"])).proof).toBe(true);
  const { proof, text } = await batchesOf(["a", "b"]);
  expect(proof).toBe(false);
  expect(text).toMatch(/others can come in the middle of `BatchWriteItem/);
});

test("DynamoDB: there is no proof of a query that reads several items, and there is one of one item", async () => {
  const scanned = (ids: readonly string[]): Promise<Report> =>
    explore({
      ...inStock(),
      async setup(db) {
        for (const id of ids) await db.send(new PutItemCommand(put(id, 0)));
      },
      run: [
        async (db) => void (await db.send(new PutItemCommand(put(ids[0]!, 1)))),
        async (db) => {
          const { Items = [] } = await db.send(new ScanCommand({ TableName: "stock" }));
          return Items.map(({ n }) => n!.N);
        },
      ],
      repairs: false,
    });
  const put = (id: string, n: number) => ({
    TableName: "stock",
    Item: { id: { S: id }, n: { N: String(n) } },
  });
  expect((await scanned(["a"])).proof).toBe(true);
  const { proof, text } = await scanned(["a", "b"]);
  expect(proof).toBe(false);
  expect(text).toMatch(/others can come in the middle of `Scan stock`/);
});
