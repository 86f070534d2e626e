/** What a program did without the effect that it was for is said, and nothing is said of programs that do it right. */
import mysql, { type Pool as MysqlPool } from "mysql2/promise";
import pg from "pg";
import { describe, expect, inject, test } from "vitest";
import { explore } from "../../library/explore.ts";
import type { ProgramOptions } from "../../library/explore-options.ts";

const take = "UPDATE account SET balance = balance - 30 WHERE id = 1";
const schema = "CREATE TABLE account (id int PRIMARY KEY, balance int NOT NULL)";

const postgres = (run: (db: pg.Pool) => Promise<unknown>): ProgramOptions<pg.Pool> => ({
  database: inject("servers").postgres,
  schema,
  client: (url) => new pg.Pool({ connectionString: url }),
  setup: (db) => db.query("DELETE FROM account; INSERT INTO account VALUES (1, 100)"),
  schedules: 20,
  repairs: false,
  run,
});

const onMysql = (run: (db: MysqlPool) => Promise<unknown>): ProgramOptions<MysqlPool> => ({
  database: inject("servers").mysql,
  schema,
  client: (url) => mysql.createPool({ uri: url, connectionLimit: 3 }),
  async setup(db) {
    await db.query("DELETE FROM account");
    await db.query("INSERT INTO account VALUES (1, 100)");
  },
  schedules: 20,
  repairs: false,
  run,
});

/** What is said of a program, whether it races or not. */
async function said<Client>(options: ProgramOptions<Client>): Promise<string> {
  const report = await explore(options).catch((error: Error) => error);
  return report instanceof Error ? report.message : report.text;
}

const withClient =
  (...statements: string[]) =>
  async (db: pg.Pool): Promise<void> => {
    const client = await db.connect();
    try {
      for (const statement of statements) await client.query(statement);
    } finally {
      client.release();
    }
  };

describe("PostgreSQL", () => {
  test("SET TRANSACTION outside a transaction, in a race and where nothing fails", async () => {
    const set = "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE";
    const note = `client 1's \`${set}\` had no effect: no transaction was open on its connection.`;
    const race = await said(
      postgres(async (db) => {
        await db.query(set);
        const { rows } = await db.query("SELECT balance FROM account");
        await db.query("UPDATE account SET balance = $1", [rows[0].balance - 30]);
      }),
    );
    expect(race).toContain("unlike any serial order");
    expect(race).toContain(note);
    const pass = await said(postgres(withClient(set, take)));
    expect(pass).toContain(`Note: ${note}`);
  });

  test("a level for the session inside a transaction", async () => {
    const set = "SET default_transaction_isolation = 'serializable'";
    const text = await said(postgres(withClient("BEGIN", set, take, "COMMIT")));
    expect(text).toContain("the level is in force from the next one on, and not in this one");
  });

  test("an error that is swallowed in a transaction", async () => {
    const text = await said(
      postgres(async (db) => {
        const client = await db.connect();
        await client.query("BEGIN");
        await client.query("INSERT INTO account VALUES (1, 0)").catch(() => undefined);
        await client.query(take).catch(() => undefined);
        await client.query("COMMIT");
        client.release();
      }),
    );
    expect(text).toContain("went on in its transaction after error 23505");
    expect(text).toContain("was answered with ROLLBACK, because its transaction had failed");
  });

  test("nothing is said of a level that is in force", async () => {
    const set = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ";
    expect(await said(postgres(withClient("BEGIN", set, take, "COMMIT")))).not.toMatch(
      /SET TRANSACTION|no effect/,
    );
    const session = "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL READ COMMITTED";
    expect(await said(postgres(withClient(session, take)))).not.toMatch(/Note:/);
  });

  test("a connection that goes back to its pool in the middle of a transaction, and one that goes back after it", async () => {
    const [first, second] = ["UPDATE account SET balance = 1", "UPDATE account SET balance = 2"];
    const by_pool = await said(
      postgres(async (db) => {
        for (const sql of ["BEGIN", first, second, "COMMIT"]) await db.query(sql);
      }),
    );
    expect(by_pool).toContain("no proof, because a connection went back to its pool");
    expect(by_pool).toContain("client 1's `BEGIN` its connection went back to the pool before");
    const right = await said(postgres(withClient("BEGIN", first, second, "COMMIT")));
    expect(right).toContain("proof for this size");
    expect(right).not.toContain("Note:");
  });

  test("a transaction that is left open where nothing fails", async () => {
    const note = "was its last statement, in a transaction that was left open";
    expect(await said(postgres(withClient("BEGIN", "SELECT 1")))).toContain(note);
    expect(await said(postgres(withClient("BEGIN", "SELECT 1", "COMMIT")))).not.toContain(note);
  });

  test("a race that leaves its transaction open is told so", async () => {
    const text = await said(
      postgres(async (db) => {
        const client = await db.connect();
        await client.query("BEGIN");
        const { rows } = await client.query("SELECT balance FROM account");
        client.release();
        await db.query(`UPDATE account SET balance = ${rows[0].balance - 30}`);
      }),
    );
    expect(text).toContain("connection was left in a transaction");
  });
});

test("MySQL: SET TRANSACTION is for the next transaction, and right before it", async () => {
  const all =
    (...statements: string[]) =>
    async (db: MysqlPool): Promise<void> => {
      const client = await db.getConnection();
      for (const statement of statements) await client.query(statement);
      client.release();
    };
  const set = "SET TRANSACTION ISOLATION LEVEL READ COMMITTED";
  expect(await said(onMysql(all(set, "BEGIN", take, "COMMIT")))).not.toContain("Note");
  const session = "SET SESSION TRANSACTION ISOLATION LEVEL SERIALIZABLE";
  expect(await said(onMysql(all("BEGIN", take, session, "COMMIT")))).toContain(
    "came while a transaction was open",
  );
});

test("MySQL: a connection that goes back to its pool in the middle of a transaction", async () => {
  const statements = ["START TRANSACTION", take, "COMMIT"];
  const by_pool = await said(
    onMysql(async (db) => {
      for (const sql of statements) await db.query(sql);
    }),
  );
  expect(by_pool).toContain("client 1's `START TRANSACTION` its connection went back to the pool");
  const right = await said(
    onMysql(async (db) => {
      const client = await db.getConnection();
      for (const sql of statements) await client.query(sql);
      client.release();
    }),
  );
  expect(right).toContain("proof for this size");
  expect(right).not.toContain("Note:");
});
