/** Serial numbers that begin anew with every set-up: what refers to them, and what only counts as they do. */
import mysql, { type Pool as MysqlPool } from "mysql2/promise";
import pg from "pg";
import { describe, expect, inject, test } from "vitest";
import { explore, type Report } from "../../library/explore.ts";

const servers = inject("servers");

const schema = `
  CREATE TABLE entry (id serial PRIMARY KEY, what text);
  CREATE TABLE counter (n int);
  CREATE TABLE newest (entry_id int);`;
const setup = `
  TRUNCATE entry RESTART IDENTITY; TRUNCATE counter, newest;
  INSERT INTO counter VALUES (0); INSERT INTO newest VALUES (0)`;

type Run = (db: pg.Pool, add: () => Promise<number>) => unknown;

/** Each client adds an entry, which gets the number 1 or 2. */
const both = (...runs: Run[]): Promise<Report> => {
  const all = runs.map((run) => async (db: pg.Pool) => {
    const text = "INSERT INTO entry (what) VALUES ('order') RETURNING id";
    return run(db, async () => (await db.query<{ id: number }>(text)).rows[0]!.id);
  });
  return explore({
    database: servers.postgres.url,
    schema,
    client: (url) => new pg.Pool({ connectionString: url }),
    setup: (db) => db.query(setup),
    run: all.length === 1 ? all[0]! : (all as [(typeof all)[0], (typeof all)[0]]),
    repairs: false,
  });
};

describe("PostgreSQL", () => {
  test("a counter that has the same numbers as the entries loses an update", async () => {
    const found = both(async (db, add) => {
      await add();
      const { rows } = await db.query("SELECT n FROM counter");
      await db.query("UPDATE counter SET n = $1", [rows[0].n + 1]);
    });
    await expect(found).rejects.toThrow(
      /counter: .*n 2.* there .*n 1|counter: .*n 1.* there .*n 2/,
    );
  });

  test("counted in one statement it is a proof", async () => {
    const { proof } = await both(async (db, add) => {
      await add();
      await db.query("UPDATE counter SET n = n + 1");
    });
    expect(proof).toBe(true);
  });

  test("a column without a foreign key that names the newest entry, whichever number that has", async () => {
    const { proof } = await both(async (db, add) => {
      await db.query("UPDATE newest SET entry_id = $1", [await add()]);
    });
    expect(proof).toBe(true);
  });

  test("a program that counts on certain numbers is explored all the same", async () => {
    const { proof } = await both(
      async (_db, add) => void (await add()),
      async (db) => void (await db.query("UPDATE entry SET what = 'paid' WHERE id = 1")),
    );
    expect(proof).toBe(true);
  });
});

describe("MySQL", () => {
  const all = async (db: MysqlPool, ...statements: string[]): Promise<void> => {
    for (const statement of statements) await db.query(statement);
  };
  const adding = (then: (db: MysqlPool, id: number) => Promise<void>): Promise<Report> =>
    explore({
      database: servers.mysql.url,
      schema: `CREATE TABLE entry (id int AUTO_INCREMENT PRIMARY KEY, what text); CREATE TABLE counter (n int)`,
      client: (url) => mysql.createPool(url),
      setup: (db) =>
        all(db, "TRUNCATE entry", "DELETE FROM counter", "INSERT INTO counter VALUES (0)"),
      run: async (db) => {
        const add = "INSERT INTO entry (what) VALUES ('order')";
        const [{ insertId }] = await db.query<mysql.ResultSetHeader>(add);
        await then(db, insertId);
      },
      repairs: false,
    });

  test("a counter that has the same numbers as the entries loses an update", async () => {
    const lost = adding(async (db) => {
      const [rows] = await db.query<mysql.RowDataPacket[]>("SELECT n FROM counter");
      await all(db, `UPDATE counter SET n = ${Number(rows[0]!["n"]) + 1}`);
    });
    await expect(lost).rejects.toThrow(/unlike any serial order/);
  });

  test.each(["n + 1", "newest"])("set to %s it is a proof", async (what) => {
    const { proof } = await adding((db, id) =>
      all(db, `UPDATE counter SET n = ${what === "newest" ? id : what}`),
    );
    expect(proof).toBe(true);
  });
});
