/** A text of several statements through a door to MySQL: its statements are steps of their own, its answer is one. */
import mysql, { type Connection, type RowDataPacket } from "mysql2/promise";
import { describe, expect, inject, test } from "vitest";
import type { Backend } from "../../backends/backend.ts";
import { connectMysql } from "../../backends/mysql/backend.ts";
import { explore, RaceFound } from "../../library/explore.ts";
import type { ProgramOptions } from "../../library/explore-options.ts";
import { throughDoors } from "../../schedules/doors/door-backend.ts";
import { Doorkeeper } from "../doorkeeper.ts";

const open = (url: string): Promise<Connection> =>
  mysql.createConnection({ uri: url, multipleStatements: true });
const take = (id: number): string => `UPDATE account SET balance = balance - 30 WHERE id = ${id}`;
const schema = "CREATE TABLE account (id int PRIMARY KEY, balance int NOT NULL)";
const put = "REPLACE INTO account VALUES (1, 100), (2, 100)";
const balances = "SELECT balance FROM account ORDER BY id";

async function behindDoor(kind: "mysql" | "mariadb"): Promise<Backend<Connection>> {
  const backend = throughDoors<Connection>(await connectMysql(inject("servers")[kind]), {
    open: ({ url }) => open(url),
    close: (client) => client.end(),
  });
  await using outside = await backend.open();
  await outside.client.query(
    `DROP TABLE IF EXISTS account; DROP PROCEDURE IF EXISTS p; CREATE PROCEDURE p() SELECT 0; ${schema}; ${put}`,
  );
  return backend;
}

const codeOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => "done",
    (error: { errno?: number }) => error.errno,
  );

describe.each(["mysql", "mariadb"] as const)("%s", (kind) => {
  const texts = {
    "rows and changes": `${take(1)}; SELECT 'a;b' AS v; SELECT id FROM account; SELECT 1 FROM account WHERE id = 9;`,
    "a transaction": `START TRANSACTION; ${take(1)}; ${take(2)}; COMMIT; -- at last`,
    variables: `SET @a = 5; SELECT @a AS a; SELECT last_insert_id(7) AS i; SELECT last_insert_id() AS i`,
    "an error in the middle": `${take(1)}; SELECT nobody; ${take(2)}`,
    "an error in its form": `${take(1)}; SELEKT 1; ${take(2)}`,
    "an empty statement": `${take(1)};; ${take(2)}`,
    "a procedure": `DROP PROCEDURE p; CREATE PROCEDURE p() BEGIN SELECT 1; SELECT 2; END; CALL p()`,
    "results of a procedure": `CALL p(); SELECT 3 AS v`,
  };

  test("the client gets what it gets without a door, and the door is in the same state", async () => {
    await using backend = await behindDoor(kind);
    await using session = await backend.open(new Doorkeeper());
    await using plain = await backend.open();
    const state = async ({ client }: { readonly client: Connection }, sql: string) => {
      await plain.client.query(put);
      const answer = await client.query(sql).then(
        ([rows]) => rows,
        (error: Error) => error.message,
      );
      const [after] = await client.query(balances);
      return JSON.parse(JSON.stringify([answer, after])) as unknown;
    };
    const warned: unknown[] = [];
    const warn = console.error;
    console.error = (...words: unknown[]) => void warned.push(words);
    try {
      for (const [name, sql] of Object.entries(texts))
        expect(await state(session, sql), name).toEqual(await state(plain, sql));
    } finally {
      console.error = warn;
    }
    // The driver counts the packets.
    expect(warned).toEqual([]);
  });

  test("every statement is a step, and so is its commit", async () => {
    await using backend = await behindDoor(kind);
    const keeper = new Doorkeeper();
    await using session = await backend.open(keeper);
    await session.client.query(`${take(1)}; SELECT 1; ${take(2)}`);
    const said = keeper.steps.map(({ statement }) => statement);
    expect(said).toEqual([take(1), "COMMIT", "SELECT 1", take(2), "COMMIT"]);
    expect(keeper.steps.at(-2)?.errors).toContain("1213");
  });

  test("an error after the first statements leaves those done, and nothing behind it is", async () => {
    await using backend = await behindDoor(kind);
    const keeper = new Doorkeeper();
    await using session = await backend.open(keeper);
    await using outside = await backend.open();
    const { client } = session;
    keeper.shut = true;
    const failed = codeOf(client.query(`${take(1)}; ${take(2)}; ${take(2)}`));
    const arrived = (count: number) =>
      expect.poll(() => keeper.steps.length, { interval: 1 }).toBe(count);
    for (const count of [1, 2]) {
      await arrived(count);
      keeper.release();
      keeper.shut = true;
    }
    await arrived(3);
    session.failNext!("1205");
    keeper.release();
    expect(await failed).toBe(1205);
    expect((await outside.client.query(balances))[0]).toEqual([{ balance: 70 }, { balance: 100 }]);
    // The connection is in order.
    expect(await codeOf(client.query("SELECT 1; SELECT 2"))).toBe("done");
  });
});

describe("what is found", () => {
  const options = (
    run: ProgramOptions<Connection>["run"],
    more: Partial<ProgramOptions<Connection>> = {},
  ): ProgramOptions<Connection> => ({
    database: inject("servers").mysql,
    repairs: false,
    schema,
    client: open,
    close: (client) => client.end(),
    setup: (db) => db.query(`DELETE FROM account; ${put}`),
    run,
    ...more,
  });
  const both = `${take(1)}; ${take(2)}`;
  const sum: (db: Connection) => Promise<unknown> = async (db) =>
    (await db.query("SELECT SUM(balance) AS sum FROM account"))[0];

  test("an error that is swallowed after half of the text was done", async () => {
    const taken = async (db: Connection): Promise<boolean> => {
      const [rows] = await db.query<RowDataPacket[]>("SELECT balance FROM account WHERE id = 1");
      return rows[0]!["balance"] < 100;
    };
    // It takes an error for one of the first statement, and is right about that one.
    const run = (db: Connection) =>
      db.query(both).catch(async (error: unknown) => {
        if (!(await taken(db))) throw error;
      });
    const error = await explore(options(run, { faults: ["errors"] })).catch((e: Error) => e);
    expect(error).toBeInstanceOf(RaceFound);
    expect((error as Error).message).toContain("account, id = 2: balance = 100, there 70");
  });

  test("in a transaction that is rolled back it is right", async () => {
    const run = async (db: Connection) => {
      try {
        await db.query(`START TRANSACTION; ${both}; COMMIT`);
      } catch (error) {
        await db.rollback().catch(() => undefined);
        throw error;
      }
    };
    const report = await explore(options(run, { faults: ["errors"], schedules: 60 }));
    expect(report.outcomes).toEqual({ correct: report.schedules });
    expect(report.failed).toHaveProperty("1213");
  });

  test("another client reads between the statements, unless they are one transaction", async () => {
    const racy = options([(db) => db.query(both), sum]);
    await expect(explore(racy)).rejects.toBeInstanceOf(RaceFound);
    const whole = options([(db) => db.query(`BEGIN; ${both}; COMMIT`), sum]);
    expect((await explore(whole)).proof).toBe(true);
  });
});
