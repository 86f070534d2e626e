/** A text of several statements through a door to PostgreSQL: its statements are steps of their own, its answer is one. */
import pg from "pg";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import type { Backend } from "../../backends/backend.ts";
import { connectPostgres } from "../../backends/postgres/backend.ts";
import { explore, RaceFound } from "../../library/explore.ts";
import type { ProgramOptions } from "../../library/explore-options.ts";
import { throughDoors } from "../../schedules/doors/door-backend.ts";
import { Doorkeeper } from "../doorkeeper.ts";

const take = (id: number): string => `UPDATE account SET balance = balance - 30 WHERE id = ${id}`;
const both = `${take(1)}; ${take(2)}`;
const schema = "CREATE TABLE account (id int PRIMARY KEY, balance int NOT NULL)";
const put = "INSERT INTO account VALUES (1, 100), (2, 100)";
const balances = "SELECT balance FROM account ORDER BY id";

describe("what the client gets", () => {
  let backend: Backend<pg.Client>;

  beforeAll(async () => {
    backend = throughDoors<pg.Client>(await connectPostgres(inject("servers").postgres), {
      async open({ url }) {
        const client = new pg.Client({ connectionString: url });
        client.on("error", () => undefined);
        await client.connect();
        return client;
      },
      close: (client) => client.end(),
    });
    await using outside = await backend.open();
    await outside.client.query(schema);
  });

  afterAll(() => backend?.[Symbol.asyncDispose]());

  const texts = {
    "rows and changes": `${take(1)}; SELECT 'a;b' AS v; SELECT id FROM account; SELECT 1 FROM account WHERE id = 9;`,
    "a transaction": `BEGIN; ${both}; COMMIT; -- at last`,
    "one that is rolled back": `BEGIN; ${both}; ROLLBACK`,
    "one with savepoints": `BEGIN; ${take(1)}; SAVEPOINT s; ${take(2)}; ROLLBACK TO s; COMMIT`,
    "one that is left open": `BEGIN; ${take(1)}`,
    "an error in the middle": `${take(1)}; SELECT 1/(balance - balance) FROM account; ${take(2)}`,
    "an error in a transaction": `BEGIN; ${take(1)}; SELECT nobody; COMMIT`,
    "an error in its form": `${take(1)}; SELEKT 1; ${take(2)}`,
    "a transaction in the middle": `${take(1)}; COMMIT; ${take(2)}; SELECT 1/0`,
    "what a block forbids": `${take(1)}; SAVEPOINT s`,
    "a lock": `LOCK TABLE account; ${take(1)}`,
    "a setting of the text": `SET LOCAL lock_timeout = '1s'; SELECT current_setting('lock_timeout') AS v`,
  };

  test.each(Object.entries(texts))(
    "%s: as without a door, and the server is in the same state",
    async (_, sql) => {
      await using session = await backend.open(new Doorkeeper());
      await using plain = await backend.open();
      const state = async ({ client }: { readonly client: pg.Client }) => {
        await plain.client.query(`DELETE FROM account; ${put}`);
        const told = (answer: pg.QueryResult) => [answer.command, answer.rowCount, answer.rows];
        const said = await client.query(sql).then(
          (answer: unknown) => [answer].flat().map((one) => told(one as pg.QueryResult)),
          (error: Error) => error.message,
        );
        const inside = await client.query(balances).catch((error: Error) => error.message);
        await client.query("ROLLBACK");
        const { rows } = await client.query(`SHOW lock_timeout`);
        const after = await client.query(balances);
        return JSON.parse(JSON.stringify([said, inside, rows, after.rows])) as unknown;
      };
      expect(await state(session)).toEqual(await state(plain));
    },
  );

  test("every statement is a step, and one commit is behind them", async () => {
    const keeper = new Doorkeeper();
    await using session = await backend.open(keeper);
    await session.client.query(`${take(1)}; SELECT 1; ${take(2)}`);
    const said = keeper.steps.map(({ statement }) => statement);
    expect(said).toEqual([take(1), "SELECT 1", take(2), "COMMIT"]);
    expect(keeper.steps.at(-2)?.errors).toContain("40P01");
  });
});

describe("what is found", () => {
  const options = (
    run: ProgramOptions<pg.Pool>["run"],
    more: Partial<ProgramOptions<pg.Pool>> = {},
  ): ProgramOptions<pg.Pool> => ({
    database: inject("servers").postgres,
    repairs: false,
    schema,
    client: (url) => new pg.Pool({ connectionString: url, max: 2 }),
    setup: (db) => db.query(`DELETE FROM account; ${put}`),
    run,
    ...more,
  });
  const errors = { faults: ["errors"], schedules: 60 } as const;

  test("without BEGIN an error undoes the whole text", async () => {
    const report = await explore(options((db) => db.query(both), errors));
    expect(report.outcomes).toEqual({ correct: report.schedules });
    expect(report.failed).toHaveProperty("40P01");
  });

  test("with BEGIN, an error in the middle leaves the connection in a transaction", async () => {
    // pg's own `pool.query` throws such a connection away.
    const run = async (db: pg.Pool) => {
      const client = await db.connect();
      try {
        await client.query(`BEGIN; ${both}; COMMIT`);
      } finally {
        client.release();
      }
    };
    const error = await explore(options(run, errors)).catch((e: Error) => e);
    expect(error).toBeInstanceOf(RaceFound);
    expect((error as Error).message).toMatch(/met error \w+; client 1's connection .* transaction/);
  });

  test("the same with ROLLBACK is right", async () => {
    const run = async (db: pg.Pool) => {
      const client = await db.connect();
      let broken: Error | undefined;
      try {
        await client.query(`BEGIN; ${both}; COMMIT`);
      } catch (error) {
        await client.query("ROLLBACK").catch((e: Error) => (broken = e));
        throw error;
      } finally {
        client.release(broken);
      }
    };
    const report = await explore(options(run, errors));
    expect(report.outcomes).toEqual({ correct: report.schedules });
    expect(report.failed).toHaveProperty("40P01");
  });

  test("another client writes between the statements of a text", async () => {
    const sum = "DELETE FROM total; INSERT INTO total SELECT sum(balance) FROM account";
    const racy = options([(db) => db.query(sum), (db) => db.query(sum)], {
      schema: `${schema}; CREATE TABLE total (sum int)`,
      setup: (db) => db.query(`DELETE FROM total; DELETE FROM account; ${put}`),
    });
    await expect(explore(racy)).rejects.toBeInstanceOf(RaceFound);
    expect((await explore(options((db) => db.query(both)))).proof).toBe(true);
  });
});
