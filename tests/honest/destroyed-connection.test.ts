/** A connection that the program ended or destroyed ends no run, and no later schedule suffers from it. */
import type { Connection } from "mysql2/promise";
import type pg from "pg";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { type Backend, open_gate } from "../../backends/backend.ts";
import { connectMysql } from "../../backends/mysql/backend.ts";
import { connectPostgres, connectPostgresPool } from "../../backends/postgres/backend.ts";
import { type ExploreOptions, explore, RaceFound } from "../../library/explore.ts";

const table = "CREATE TABLE account (id varchar(100) PRIMARY KEY, v integer NOT NULL)";
const reset =
  "INSERT INTO account VALUES ($1, 0), ('note', 0) ON CONFLICT (id) DO UPDATE SET v = 0";
/** Fails for everyone: no such column. */
const wrong = "UPDATE account SET w = 1";

async function kindsOf<Client>(options: ExploreOptions<Client>): Promise<readonly string[]> {
  const found = await explore(options).catch((error: unknown) => error);
  if (found instanceof RaceFound) return [found.exploration.failure?.kind ?? ""];
  if (found instanceof Error) throw found;
  return Object.keys((found as { outcomes: object }).outcomes);
}

describe("pg.Pool", () => {
  let postgres: Backend<pg.Pool>;
  beforeAll(async () => {
    postgres = await connectPostgresPool(inject("servers").postgres);
    await using session = await postgres.open(open_gate);
    await session.client.query(table);
  });
  afterAll(() => postgres?.[Symbol.asyncDispose]());

  /** After an error in the transaction its connection is given back to be destroyed, as many programs do it. */
  const program = (read: string): ExploreOptions<pg.Pool> => ({
    name: "pool",
    backend: postgres,
    isolation: "READ COMMITTED",
    setup: (pool, key) => pool.query(reset, [key]),
    async run(pool, { key }) {
      const lent = await pool.connect();
      const { rows } = await lent.query("BEGIN").then(() => lent.query(read, [key]));
      await lent.query("UPDATE account SET v = $2 WHERE id = $1", [key, rows[0].v + 1]);
      await lent.query("COMMIT");
      const failing = lent.query("BEGIN").then(() => lent.query(wrong));
      await failing.catch((error: Error) => lent.release(error));
      throw new Error("noted nowhere");
    },
    expectedError: (error) => String(error).includes("noted nowhere"),
    async check(pool, { key }) {
      const { rows } = await pool.query("SELECT v FROM account WHERE id = $1", [key]);
      return rows[0].v === 2;
    },
  });

  test.each([
    ["right", "SELECT v FROM account WHERE id = $1 FOR UPDATE", ["correct"]],
    ["racy", "SELECT v FROM account WHERE id = $1", ["failed check"]],
  ])("a connection that came back with an error: the %s program", async (_name, read, kinds) => {
    expect(await kindsOf({ ...program(read), schedules: 60 })).toEqual(kinds);
  });

  test("a pool that the program ends", async () => {
    const run = async (pool: pg.Pool): Promise<void> => {
      await pool.query("UPDATE account SET v = v + 1 WHERE id = 'note'");
      await pool.end();
    };
    expect(await kindsOf({ ...program(""), lanes: 1, run, check: async () => {} })).toEqual([
      "correct",
    ]);
  });
});

describe("pg.Client", () => {
  let postgres: Backend<pg.Client>;
  beforeAll(async () => {
    postgres = await connectPostgres(inject("servers").postgres);
    await using session = await postgres.open(open_gate);
    await session.client.query(table);
  });
  afterAll(() => postgres?.[Symbol.asyncDispose]());

  const program: ExploreOptions<pg.Client> = {
    name: "client",
    get backend() {
      return postgres;
    },
    operations: 2,
    schedules: 20,
    setup: (db, key) => db.query(reset, [key]),
    async run(db, { key }) {
      await db.query("UPDATE account SET v = v + 1 WHERE id = $1", [key]);
      await db.end();
    },
    async check(db, { key }) {
      const { rows } = await db.query("SELECT v FROM account WHERE id = $1", [key]);
      await db.end();
      return rows[0].v === 4;
    },
  };

  test("a client that the program ends has a new one for its next operation", async () => {
    expect(await kindsOf(program)).toEqual(["correct"]);
  });

  test("a check that fails in the middle of a transaction is no trouble for the next schedule", async () => {
    const racy: ExploreOptions<pg.Client> = {
      ...program,
      operations: 1,
      async run(db, { key }) {
        const { rows } = await db.query("SELECT v FROM account WHERE id = $1", [key]);
        await db.query("UPDATE account SET v = $2 WHERE id = $1", [key, rows[0].v + 1]);
      },
      async check(db, { key }) {
        await db.query("BEGIN ISOLATION LEVEL REPEATABLE READ");
        const { rows } = await db.query("SELECT v FROM account WHERE id = $1 FOR UPDATE", [key]);
        if (rows[0].v !== 2) throw new Error(`${rows[0].v} instead of 2`);
        await db.query("COMMIT");
      },
    };
    expect(await kindsOf(racy)).toEqual(["Error"]);
  });
});

describe("mysql2", () => {
  let mysql: Backend<Connection>;
  beforeAll(async () => {
    mysql = await connectMysql(inject("servers").mysql);
    await using session = await mysql.open(open_gate);
    await session.client.query(table);
  });
  afterAll(() => mysql?.[Symbol.asyncDispose]());

  test.each(["destroy", "end"] as const)("a connection after %s()", async (how) => {
    const program: ExploreOptions<Connection> = {
      name: "mysql",
      backend: mysql,
      operations: 2,
      schedules: 20,
      setup: (db, key) => db.query("REPLACE INTO account VALUES (?, 0)", [key]),
      async run(db, { key }) {
        await db.query("UPDATE account SET v = v + 1 WHERE id = ?", [key]);
        await db.query("BEGIN");
        await db.query("UPDATE account SET v = v + 10 WHERE id = ?", [key]);
        await db[how]();
        throw new Error("given up");
      },
      expectedError: (error) => String(error).includes("given up"),
      async check(db, { key }) {
        const [rows] = await db.query("SELECT v FROM account WHERE id = ?", [key]);
        return (rows as { v: number }[])[0]!.v === 4;
      },
    };
    expect(await kindsOf(program)).toEqual(["correct"]);
  });
});
