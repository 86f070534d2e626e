/** One application, one pool, several requests: told apart by the context in which their bytes are written. */
import pg from "pg";
import { describe, expect, inject, test } from "vitest";
import { explore, RaceFound } from "../../library/explore.ts";

const program = (run: (db: pg.Pool) => Promise<unknown>, max = 10) => ({
  database: inject("servers").postgres,
  repairs: false,
  schema: "CREATE TABLE account (id text PRIMARY KEY, balance int)",
  shared: true,
  client: (url: string) => new pg.Pool({ connectionString: url, max }),
  setup: (db: pg.Pool) =>
    db.query("DELETE FROM account; INSERT INTO account VALUES ('alice', 100)"),
  run,
  check: async (db: pg.Pool) =>
    (await db.query("SELECT balance FROM account")).rows[0].balance === 40,
});

async function withdraw(db: pg.Pool, lock: string): Promise<void> {
  const client = await db.connect();
  try {
    await client.query("BEGIN");
    const { rows } = await client.query(`SELECT balance FROM account WHERE id = 'alice' ${lock}`);
    await client.query("UPDATE account SET balance = $1 WHERE id = 'alice'", [
      rows[0].balance - 30,
    ]);
    await client.query("COMMIT");
  } finally {
    client.release();
  }
}

test("two requests that share a pool lose an update", async () => {
  const error = await explore(program((db) => withdraw(db, ""))).catch((e: unknown) => e);
  expect(error).toBeInstanceOf(RaceFound);
  const { steps } = (error as RaceFound).exploration.failure!.smallest;
  for (const client of [1, 2])
    expect(steps.filter((step) => step.client === client).map(({ kind }) => kind)).toEqual([
      "begin",
      "read",
      "write",
      "commit",
    ]);
});

test("under a lock they do not: a proof", async () => {
  const report = await explore(program((db) => withdraw(db, "FOR UPDATE")));
  expect(report.text).toContain("proof for this size");
  expect(report.waited).toBeGreaterThan(0);
});

describe("a lock of the session that is taken through the pool", () => {
  const locked = async (db: pg.Pool): Promise<void> => {
    await db.query("SELECT pg_advisory_lock(1)");
    const { rows } = await db.query("SELECT balance FROM account");
    await db.query("UPDATE account SET balance = $1", [rows[0].balance - 30]);
    await db.query("SELECT pg_advisory_unlock(1)");
  };

  test("with one connection both have it: a race", async () => {
    await expect(explore(program(locked, 1))).rejects.toThrow(RaceFound);
  });

  test("with two, who gets which when it begins later is not explored: no proof", async () => {
    const { proof, text } = await explore(program(locked, 2));
    expect(proof).toBe(false);
    expect(text).toContain("`SELECT pg_advisory_lock(1)` leaves something on one connection");
  });
});

test("two that need a second connection while they hold the last ones wait for ever", async () => {
  const twice = async (db: pg.Pool): Promise<void> => {
    const client = await db.connect();
    await client.query("SELECT 1");
    await db.query("UPDATE account SET balance = balance - 30");
    client.release();
  };
  const error = await explore(program(twice, 2)).catch((e: unknown) => e);
  expect(error).toBeInstanceOf(RaceFound);
  expect((error as RaceFound).exploration.failure?.kind).toBe("exhausted pool");
  expect((error as Error).message).toContain("client 1 and client 2 wait for a connection");
});

describe("a lock that is held while a second connection is asked for", () => {
  const inTransaction = async (db: pg.Pool): Promise<void> => {
    const client = await db.connect();
    await client.query("BEGIN");
    await client.query("UPDATE account SET balance = balance - 30");
    await db.query("SELECT 1");
    await client.query("COMMIT");
    client.release();
  };

  test("pool and lock form a circle that the server does not see", async () => {
    const error = await explore(program(inTransaction, 2)).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(RaceFound);
    expect((error as RaceFound).exploration.failure?.kind).toBe("exhausted pool");
    expect((error as Error).message).toMatch(
      /client (\d) waits for a connection; client 1 holds 1 of 2, client 2 holds 1 of 2; client (\d) waits for a lock that client \1 holds, at `UPDATE account /,
    );
  });

  test("with a third connection there is no circle: a proof", async () => {
    const report = await explore(program(inTransaction, 3));
    expect(report.text).toContain("proof for this size");
    expect(report.waited).toBeGreaterThan(0);
  });
});

/** As a library makes it: works one after the other. */
class Mutex {
  #last: Promise<unknown> = Promise.resolve();
  run(work: () => Promise<unknown>): Promise<unknown> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => undefined);
    return done;
  }
}

test("a mutex that is held while a connection is asked for: who waits for what", async () => {
  interface App {
    readonly db: pg.Pool;
    readonly mutex: Mutex;
  }
  const { client, setup, check: _, run: __, ...rest } = program(async () => {}, 1);
  const exploring = explore({
    ...rest,
    client: (url: string): App => ({ db: client(url), mutex: new Mutex() }),
    close: ({ db }: App) => db.end(),
    setup: ({ db }: App) => setup(db),
    run: [
      async ({ db, mutex }: App) => {
        const lent = await db.connect();
        await lent.query("UPDATE account SET balance = balance - 30");
        await mutex.run(async () => lent.query("SELECT 1"));
        lent.release();
      },
      ({ db, mutex }: App) => mutex.run(async () => db.query("SELECT 2")),
    ],
  });
  await expect(exploring).rejects.toThrow(
    /client 1 has been busy outside the database for \d+ ms after `.*`; client 2 waits for a connection; client 1 holds 1 of 1/,
  );
});
