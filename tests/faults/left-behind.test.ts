/** What a program must give back even after an error: connections of its pool, transactions, locks. */
import mysql, { type Pool as MysqlPool } from "mysql2/promise";
import pg from "pg";
import { describe, expect, inject, test } from "vitest";
import { explore, RaceFound, type Report } from "../../library/explore.ts";
import type { ProgramOptions } from "../../library/explore-options.ts";

const schema = "CREATE TABLE account (id int PRIMARY KEY, balance int NOT NULL)";
const take = "UPDATE account SET balance = balance - 30 WHERE id = 1";

type Wish<Client> = Partial<ProgramOptions<Client>> & Pick<ProgramOptions<Client>, "run">;

const postgres = (wish: Wish<pg.Pool>): ProgramOptions<pg.Pool> => ({
  database: inject("servers").postgres,
  schema,
  client: (url) => new pg.Pool({ connectionString: url, max: 3 }),
  setup: (db) => db.query("DELETE FROM account; INSERT INTO account VALUES (1, 100)"),
  faults: ["errors"],
  schedules: 50,
  ...wish,
});

const mysqlOptions = (wish: Wish<MysqlPool>): ProgramOptions<MysqlPool> => ({
  database: inject("servers").mysql,
  schema,
  client: (url) => mysql.createPool({ uri: url, connectionLimit: 3 }),
  async setup(db) {
    await db.query("DELETE FROM account");
    await db.query("INSERT INTO account VALUES (1, 100)");
  },
  faults: ["errors"],
  schedules: 50,
  ...wish,
});

async function raceIn<Client>(options: ProgramOptions<Client>): Promise<RaceFound> {
  const report: Error | Report = await explore(options).catch((error: Error) => error);
  if (report instanceof RaceFound) return report;
  throw report instanceof Error ? report : new Error(report.text);
}

/** Nothing went wrong, although operations failed because of errors that were put in. */
function mustBeRight({ outcomes, schedules, failed, unknown }: Report): void {
  expect(outcomes).toEqual({ correct: schedules });
  expect(Object.keys({ ...failed, ...unknown })).not.toEqual([]);
}

const withoutFinally = async (db: pg.Pool): Promise<void> => {
  const client = await db.connect();
  await client.query("BEGIN");
  await client.query(take);
  await client.query("COMMIT");
  client.release();
};

describe("PostgreSQL", () => {
  test("connect and BEGIN without finally: the connection never goes back to the pool", async () => {
    const { message, exploration } = await raceIn(postgres({ run: withoutFinally }));
    expect(exploration.failure!.kind).toBe("connection never given back");
    expect(exploration.failure!.smallest.faults).toMatchObject([{ kind: "error", step: 1 }]);
    expect(message).toContain(
      "client 1's `BEGIN` met error 57P01; client 1's connection never went back to the pool.",
    );
  });

  test("the same where two requests share a pool with one connection: the other one waits for ever", async () => {
    const client = (url: string) => new pg.Pool({ connectionString: url, max: 1 });
    const { message } = await raceIn(postgres({ run: withoutFinally, client, shared: true }));
    expect(message).toContain(
      "client 1's `BEGIN` met error 57P01; client 2 waits for a connection",
    );
    expect(message).toContain("client 1 holds 1 of 1 and is done");
  });

  test("given back in the middle of a transaction", async () => {
    const run = async (db: pg.Pool) => {
      const client = await db.connect();
      try {
        await client.query("BEGIN");
        await client.query(take);
        await client.query("COMMIT");
      } finally {
        client.release();
      }
    };
    const { message } = await raceIn(postgres({ run }));
    expect(message).toContain("transaction left open on PostgreSQL");
    expect(message).toContain(
      "client 1's connection was left in a transaction: after `BEGIN` there was neither COMMIT nor ROLLBACK",
    );
  });

  test("an advisory lock that is not released after an error, and one that is", async () => {
    const locked = (unlock: (client: pg.PoolClient) => Promise<unknown>) => async (db: pg.Pool) => {
      const client = await db.connect();
      let broken: Error | undefined;
      try {
        await client.query("SELECT pg_advisory_lock(42)");
        await client.query(take);
        await unlock(client);
      } catch (error) {
        await client.query("SELECT pg_advisory_unlock_all()").catch((e: Error) => {
          broken = e;
        });
        throw error;
      } finally {
        client.release(broken);
      }
    };
    const release = (client: pg.PoolClient) => client.query("SELECT pg_advisory_unlock(42)");
    const report = await explore(postgres({ run: locked(release) }));
    mustBeRight(report);
    const swallowed = async (db: pg.Pool) => {
      const client = await db.connect();
      try {
        await client.query("SELECT pg_advisory_lock(42)");
        await client.query(take);
        await release(client);
      } finally {
        client.release();
      }
    };
    const { message } = await raceIn(postgres({ run: swallowed }));
    expect(message).toContain("client 1's connection kept the advisory lock 42");
  });
});

describe("MySQL", () => {
  const inTransaction = async (db: MysqlPool): Promise<void> => {
    const client = await db.getConnection();
    try {
      await client.beginTransaction();
      await client.query(take);
      await client.commit();
    } catch (error) {
      await client.rollback().catch(() => client.destroy());
      throw error;
    } finally {
      client.release();
    }
  };

  test("a transaction helper with rollback in catch and release in finally is right", async () => {
    const report = await explore(mysqlOptions({ run: inTransaction }));
    mustBeRight(report);
  });

  test("without finally, the connection never goes back to the pool", async () => {
    const run = async (db: MysqlPool) => {
      const client = await db.getConnection();
      await client.beginTransaction();
      await client.query(take);
      await client.commit();
      client.release();
    };
    const { message } = await raceIn(mysqlOptions({ run }));
    expect(message).toContain("client 1's connection never went back to the pool");
  });

  test("without autocommit a connection at rest is in no transaction", async () => {
    const run = async (db: MysqlPool) => {
      const client = await db.getConnection();
      try {
        await client.query("SET autocommit = 0");
        await client.query(take);
        await client.commit();
      } catch (error) {
        await client.rollback().catch(() => client.destroy());
        throw error;
      } finally {
        client.release();
      }
    };
    const report = await explore(mysqlOptions({ run }));
    mustBeRight(report);
    expect(report.failed).toHaveProperty("1213");
  });

  test("a lock wait timeout that is swallowed: the rest of the transaction is kept", async () => {
    const run = async (db: MysqlPool) => {
      const client = await db.getConnection();
      try {
        await client.beginTransaction();
        await client.query("UPDATE account SET balance = balance + 1 WHERE id = 1");
        await client.query(take).catch((error: { errno?: number }) => {
          if (error.errno !== 1205) throw error;
        });
        await client.commit();
      } catch (error) {
        await client.rollback().catch(() => client.destroy());
        throw error;
      } finally {
        client.release();
      }
    };
    const { message } = await raceIn(mysqlOptions({ run }));
    expect(message).toContain("met error 1205");
    expect(message).toContain("balance = 101");
  });
});
