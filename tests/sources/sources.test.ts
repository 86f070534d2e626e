/**
 * Each step shows the line of the user's own code that it comes from, or none, but never another one. The name that is
 * in a statement here (`said_a`) is also in the line that sends it.
 */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { type DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { Redis } from "ioredis";
import { createConnection, createPool, type Pool as MysqlPool } from "mysql2/promise";
import pg from "pg";
import { expect, inject, test } from "vitest";
import { connectDynamodb } from "../../backends/dynamodb/backend.ts";
import { connectPostgres } from "../../backends/postgres/backend.ts";
import { explore, RaceFound } from "../../library/explore.ts";
import type { ProgramOptions } from "../../library/explore-options.ts";
import type { Outcome } from "../../schedules/program.ts";
import type { TraceStep } from "../../schedules/trace.ts";

/** Lines of TypeScript that are gone once it is compiled, so that a line of what runs is another one. */
interface Said {
  readonly name: string;
  readonly line: string | undefined;
}

const this_file = fileURLToPath(import.meta.url);
const lines = (await readFile(this_file, "utf8")).split("\n");

/** For each step with a name in its statement: the name, and the line that it is said to come from. */
const saidIn = (steps: readonly TraceStep[]): Said[] =>
  steps.flatMap(({ statement, source }) => {
    const [name] = /said_\w+/.exec(statement) ?? [];
    if (name === undefined) return [];
    if (source) expect(source.file).toBe(this_file);
    return [{ name, line: source && lines[source.line - 1] }];
  });

type Part<Client> = Pick<ProgramOptions<Client>, "database" | "client" | "run" | "shared">;

/** Every schedule fails, so the smallest is confirmed, and its steps have their sources. */
async function failing<Client>(part: Part<Client>): Promise<Said[]> {
  const program = {
    name: "failing",
    repairs: false as const,
    setup: () => undefined,
    // So it is not made smaller than all its clients.
    check: (_db: Client, { trace }: Outcome) => trace.operations.length < 2,
    ...part,
  };
  const found = await explore(program).catch((error: unknown) => error);
  if (!(found instanceof RaceFound)) throw found;
  return saidIn(found.exploration.failure!.smallest.steps);
}

/** Steps with these names, in whatever order, each from the line with its name. */
function expectAll(said: readonly Said[], names: readonly string[]): void {
  expect([...new Set(said.map(({ name }) => name))].sort()).toEqual(names);
  for (const { name, line } of said) expect(line).toContain(name);
}

/** A line is right where there is one. */
function expectNoneWrong(said: readonly Said[]): void {
  expect(said.length).toBeGreaterThan(1);
  const wrong = said.filter(({ name, line }) => line !== undefined && !line.includes(name));
  expect(wrong).toEqual([]);
}

const pgPool = (max: number) => (url: string) => new pg.Pool({ connectionString: url, max });
const { postgres, mysql, redis } = inject("servers");

test("pg: queries of a pool, and of a connection in a transaction", async () => {
  const said = await failing({
    database: postgres,
    client: pgPool(4),
    async run(db: pg.Pool) {
      await db.query("SELECT 1 AS said_pool");
      const client = await db.connect();
      await client.query("BEGIN /* said_begin */");
      await client.query("SELECT $1::int AS said_inside", [1]);
      await client.query("COMMIT /* said_commit */");
      client.release();
    },
  });
  expectAll(said, ["said_begin", "said_commit", "said_inside", "said_pool"]);
});

test("pg: two requests that share a pool", async () => {
  const said = await failing({
    database: postgres,
    shared: true,
    client: pgPool(1),
    run: [
      async (db: pg.Pool) => {
        const client = await db.connect();
        await client.query("SELECT 1 AS said_one");
        client.release();
      },
      async (db: pg.Pool) => {
        const client = await db.connect();
        await client.query("SELECT 2 AS said_two");
        client.release();
      },
    ],
  });
  expectAll(said, ["said_one", "said_two"]);
});

test("what waited for a connection is not said to come from where that was given back", async () => {
  const waiting = await failing({
    database: postgres,
    client: pgPool(1),
    async run(db: pg.Pool) {
      const client = await db.connect();
      const later = db.query("SELECT 2 AS said_later");
      await client.query("SELECT 1 AS said_first");
      client.release();
      await later;
    },
  });
  expectNoneWrong(waiting);
  const mysql_waiting = await failing({
    database: mysql,
    client: (url) => createPool({ uri: url, connectionLimit: 1 }),
    async run(db: MysqlPool) {
      const client = await db.getConnection();
      const later = db.query("SELECT 2 AS said_later");
      await client.query("SELECT 1 AS said_first");
      client.release();
      await later;
    },
  });
  expectNoneWrong(mysql_waiting);
});

test("what waited behind another request on its connection is not said to come from there", async () => {
  const said = await failing({
    database: postgres,
    async client(url) {
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      return client;
    },
    run: (db: pg.Client) =>
      Promise.all([
        db.query("SELECT 1 AS said_first"),
        db.query("SELECT 2 AS said_second"),
        db.query("SELECT 3 AS said_third"),
      ]),
  });
  expectNoneWrong(said);
  expect(said.find(({ name }) => name === "said_first")?.line).toBeDefined();
});

test("mysql2, with statements in text and prepared", async () => {
  const said = await failing({
    database: mysql,
    client: (url) => createConnection(url),
    async run(db) {
      await db.query("SELECT 1 AS said_text");
      await db.execute("SELECT ? AS said_prepared", [1]);
    },
  });
  expectAll(said, ["said_prepared", "said_text"]);
});

test("ioredis, also after a timer", async () => {
  const said = await failing({
    database: redis,
    client: (url) => new Redis(url),
    async run(db: Redis) {
      await db.get("said_get");
      await new Promise((resolve) => setTimeout(resolve, 1));
      await db.set("said_set", "1");
    },
  });
  expectAll(said, ["said_get", "said_set"]);
});

test("the clients that raceproof makes", async () => {
  await using backend = await connectPostgres(postgres);
  const found = await explore({
    name: "own client",
    backend,
    setup: async () => undefined,
    async run(db) {
      await db.query("SELECT 1 AS said_one");
      await db.query("SELECT 2 AS said_two");
    },
    check: async () => false,
  }).catch((error: unknown) => error);
  const { steps } = (found as RaceFound).exploration.failure!.smallest;
  expectAll(saidIn(steps), ["said_one", "said_two"]);
});

test("DynamoDB's SDK", async () => {
  await using backend = await connectDynamodb(inject("servers").dynamodb);
  const get = (db: DynamoDBClient, id: string): Promise<unknown> =>
    db.send(new GetItemCommand({ TableName: "none", Key: { id: { S: id } } }));
  const found = await explore({
    name: "dynamodb",
    backend,
    setup: async () => undefined,
    run: (db) => get(db, "said_item").catch(() => undefined),
    check: async () => false,
  }).catch((error: unknown) => error);
  const { steps } = (found as RaceFound).exploration.failure!.smallest;
  expect(steps.length).toBeGreaterThan(0);
  for (const { source } of steps) expect(lines[source!.line - 1]).toContain("GetItemCommand");
});
