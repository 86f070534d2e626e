/** What libraries ask before they begin costs no schedules; and where tables are made, its place matters. */
import mysql from "mysql2/promise";
import pg from "pg";
import { describe, expect, inject, test } from "vitest";
import { openLaneDatabase } from "../../backends/open-lane-database.ts";
import { explore } from "../../library/explore.ts";
import type { Report } from "../../library/explore-results.ts";
import { throughDoors } from "../../schedules/doors/door-backend.ts";
import { Doorkeeper } from "../doorkeeper.ts";

const servers = inject("servers");

/** A client of either library. */
interface Asks {
  query(sql: string): Promise<unknown>;
}

const chatter = {
  postgres: [
    "SET client_min_messages TO 'warning'",
    "SHOW max_identifier_length",
    "SELECT t.oid, t.typname FROM pg_type AS t WHERE t.typname IN ('int2', 'int4')",
    "BEGIN",
    "SELECT t.oid FROM pg_type t JOIN pg_namespace n ON typnamespace = n.oid WHERE typname = 'x'",
    "ROLLBACK",
    "SELECT column_name FROM information_schema.columns WHERE table_name = 'account'",
    "BEGIN",
    "SELECT version()",
    "COMMIT",
  ],
  mysql: [
    "SET SESSION sql_mode = 'ANSI'",
    "SHOW FULL FIELDS FROM account",
    "SELECT @@max_allowed_packet",
    "SELECT column_name FROM information_schema.columns WHERE table_name = 'account'",
    "SELECT VERSION()",
  ],
} as const;

const schema = "CREATE TABLE account (balance int)";

const ask = (kind: keyof typeof chatter, run: (db: Asks) => Promise<unknown>): Promise<Report> => {
  const both = {
    setup: async (db: Asks) => {
      await db.query("DROP TABLE IF EXISTS made");
      await db.query("DELETE FROM account");
      await db.query("INSERT INTO account VALUES (0)");
    },
    run: async (db: Asks) => void (await run(db)),
    schema,
    database: servers[kind].url,
    repairs: false,
  } as const;
  return kind === "postgres"
    ? explore({
        ...both,
        async client(url): Promise<Asks> {
          const client = new pg.Client({ connectionString: url });
          await client.connect();
          return client;
        },
        close: (client) => (client as pg.Client).end(),
      })
    : explore({ ...both, client: (url) => mysql.createConnection(url) as Promise<Asks> });
};

describe.each(["postgres", "mysql"] as const)("%s", (kind) => {
  const add = "UPDATE account SET balance = balance + 1";

  test("a few schedules more than without it, and a proof", async () => {
    const { schedules, proof } = await ask(kind, async (db) => {
      for (const sql of chatter[kind]) await db.query(sql);
      await db.query(add);
    });
    expect(proof).toBe(true);
    // Without it 4. When each of these was taken for a write, 184 on MySQL, and no end in 90 s on PostgreSQL.
    expect(schedules).toBeLessThan(30);
  });

  test("both find a table missing, and make it: one of them is refused", async () => {
    const { proof, failed } = await ask(kind, async (db) => {
      const of = kind === "postgres" ? "current_schema()" : "database()";
      const found = (await db.query(
        `SELECT table_name FROM information_schema.tables WHERE table_name = 'made' AND table_schema = ${of}`,
      )) as { rows: unknown[] } & unknown[][];
      const rows = kind === "postgres" ? found.rows : found[0]!;
      if (rows.length === 0) await db.query("CREATE TABLE made (id int)");
    });
    expect(proof).toBe(true);
    // Where the other one's CREATE has not committed yet, PostgreSQL finds its name only in an index.
    const refusals = kind === "postgres" ? ["23505", "42P07"] : ["1050"];
    expect(Object.keys(failed).toSorted()).toEqual(refusals);
  });
});

test("PostgreSQL: the first read of a transaction above READ COMMITTED takes its snapshot", async () => {
  await using lane = await openLaneDatabase(servers.postgres);
  await using backend = throughDoors(lane, {
    open: async ({ url }) => {
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      return client;
    },
    close: (client: pg.Client) => client.end(),
  });
  const keeper = new Doorkeeper();
  await using session = await backend.open(keeper);
  for (const level of ["READ COMMITTED", "REPEATABLE READ"])
    for (const sql of [`BEGIN ISOLATION LEVEL ${level}`, "SELECT version()", "COMMIT"])
      await session.client.query(sql);
  const told = keeper.steps.map(({ statement, catalog }) => [statement, catalog]);
  expect(told).toEqual([
    ["BEGIN ISOLATION LEVEL READ COMMITTED", undefined],
    ["SELECT version()", "nothing"],
    ["COMMIT", "nothing"],
    ["BEGIN ISOLATION LEVEL REPEATABLE READ", undefined],
    ["SELECT version()", undefined],
    ["COMMIT", undefined],
  ]);
});

test("MySQL: a BEGIN commits what is open, and its place matters then", async () => {
  await using lane = await openLaneDatabase(servers.mysql);
  await using backend = throughDoors(lane, {
    open: ({ url }) => mysql.createConnection(url),
    close: (connection: mysql.Connection) => connection.end(),
  });
  const keeper = new Doorkeeper();
  await using session = await backend.open(keeper);
  const statements = [
    "CREATE TABLE made (id int)",
    "BEGIN",
    "BEGIN",
    "INSERT INTO made VALUES (1)",
  ];
  for (const sql of [...statements, "BEGIN", "LOCK TABLES made WRITE", "BEGIN", "COMMIT"])
    await session.client.query(sql);
  const told = keeper.steps
    .slice(1)
    .map(({ statement, kind, catalog }) => [statement, kind, catalog]);
  expect(told).toEqual([
    ["BEGIN", "begin", undefined],
    ["BEGIN", "write", "nothing"],
    ["INSERT INTO made VALUES (1)", "write", undefined],
    ["BEGIN", "write", undefined],
    ["LOCK TABLES made WRITE", "write", "may change"],
    ["BEGIN", "write", "may change"],
    ["COMMIT", "commit", "nothing"],
  ]);
});
