/** Every error at every step, on PostgreSQL: what must be found, and what must not. */
import pg from "pg";
import { describe, expect, inject, test, vi } from "vitest";
import { isRetryable } from "../../backends/retryable.ts";
import { explore, RaceFound, type Report } from "../../library/explore.ts";
import type { ProgramOptions } from "../../library/explore-options.ts";

type Wish = Partial<ProgramOptions<pg.Pool>> & Pick<ProgramOptions<pg.Pool>, "run">;

const postgres = (wish: Wish): ProgramOptions<pg.Pool> => ({
  database: inject("servers").postgres,
  repairs: false,
  schema: "CREATE TABLE account (id int PRIMARY KEY, balance int NOT NULL)",
  client: (url) => new pg.Pool({ connectionString: url, max: 3 }),
  setup: (db) => db.query("DELETE FROM account; INSERT INTO account VALUES (1, 100)"),
  faults: ["errors"],
  ...wish,
});

async function raceIn(wish: Wish): Promise<RaceFound> {
  const report: Error | Report = await explore(postgres(wish)).catch((error: Error) => error);
  if (report instanceof RaceFound) return report;
  throw report instanceof Error ? report : new Error(report.text);
}

/** As people write it when they get it right. */
async function inTransaction<T>(
  db: pg.Pool,
  work: (client: pg.PoolClient) => Promise<T>,
  begin = "BEGIN",
): Promise<T> {
  const client = await db.connect();
  let broken: Error | undefined;
  try {
    await client.query(begin);
    const answer = await work(client);
    await client.query("COMMIT");
    return answer;
  } catch (error) {
    await client.query("ROLLBACK").catch((e: Error) => {
      broken = e;
    });
    throw error;
  } finally {
    client.release(broken);
  }
}

const take = async (client: pg.PoolClient): Promise<void> => {
  await client.query("UPDATE account SET balance = balance - 30 WHERE id = 1");
};

/** Reads, and writes what it has computed. */
const readAndTake = async (client: pg.PoolClient): Promise<void> => {
  const { rows } = await client.query("SELECT balance FROM account WHERE id = 1");
  await client.query("UPDATE account SET balance = $1 WHERE id = 1", [rows[0].balance - 30]);
};

async function retried<T>(work: () => Promise<T>, mayRetry: (error: unknown) => boolean) {
  for (let left = 2; ; left--) {
    try {
      return await work();
    } catch (error) {
      if (left === 0 || !mayRetry(error)) throw error;
    }
  }
}

/** Nothing went wrong, although operations failed because of errors that were put in. */
function mustBeRight({ outcomes, schedules, failed, unknown }: Report): void {
  expect(outcomes).toEqual({ correct: schedules });
  expect(Object.keys({ ...failed, ...unknown })).not.toEqual([]);
}

describe("right with every error at every step", () => {
  test("a transaction helper with ROLLBACK in catch and release in finally", async () => {
    const report = await explore(postgres({ run: (db) => inTransaction(db, take), schedules: 50 }));
    mustBeRight(report);
  });

  test("a retry after serialization failures, and after nothing else", async () => {
    const begin = "BEGIN ISOLATION LEVEL REPEATABLE READ";
    const run = (db: pg.Pool) => retried(() => inTransaction(db, readAndTake, begin), isRetryable);
    const report = await explore(postgres({ run, schedules: 50 }));
    mustBeRight(report);
  });

  test("a retry after a lost connection, with a key that is written in the same transaction", async () => {
    let again = 0;
    const run = (db: pg.Pool, { client }: { client: number }) =>
      retried(
        () =>
          inTransaction(db, async (one) => {
            const { rowCount } = await one.query(
              "INSERT INTO request VALUES ($1) ON CONFLICT DO NOTHING",
              [client],
            );
            if (rowCount === 1) await take(one);
          }),
        () => {
          again++;
          return true;
        },
      );
    const report = await explore(
      postgres({
        run,
        schedules: 50,
        schema:
          "CREATE TABLE account (id int PRIMARY KEY, balance int NOT NULL); CREATE TABLE request (id int PRIMARY KEY)",
        setup: (db) =>
          db.query("DELETE FROM request; DELETE FROM account; INSERT INTO account VALUES (1, 100)"),
      }),
    );
    expect(report.outcomes).toEqual({ correct: report.schedules });
    expect(again).toBeGreaterThan(5);
  });
});

describe("what goes wrong only with an error", () => {
  test("a retry after a lost connection applies it twice", async () => {
    const run = (db: pg.Pool) =>
      retried(
        () => inTransaction(db, take),
        () => true,
      );
    const { message, exploration } = await raceIn({ run });
    const { faults } = exploration.failure!.smallest;
    expect(faults).toMatchObject([{ kind: "error", error: "reset after" }]);
    expect(message).toContain("the connection was lost after client 1's `COMMIT` was done");
    expect(message).toContain("balance = 40, there 70");
  });

  test("two statements without a transaction: half of it is left; its token replays it", async () => {
    const run = async (db: pg.Pool) => {
      await db.query("UPDATE account SET balance = balance - 30 WHERE id = 1");
      await db.query("INSERT INTO entry VALUES (30)");
    };
    const wish: Wish = {
      name: "half",
      run,
      schema:
        "CREATE TABLE account (id int PRIMARY KEY, balance int NOT NULL); CREATE TABLE entry (amount int)",
      setup: (db) =>
        db.query("DELETE FROM entry; DELETE FROM account; INSERT INTO account VALUES (1, 100)"),
    };
    const { message, exploration, token } = await raceIn(wish);
    const { faults, choices } = exploration.failure!.smallest;
    expect(faults).toMatchObject([{ kind: "error", client: 1 }]);
    expect(choices.every((choice) => choice === 0)).toBe(true);
    expect(message).toContain("entry: (amount 30) is only there");
    vi.stubEnv("RACEPROOF_REPLAY", token);
    const again = await raceIn(wish);
    vi.unstubAllEnvs();
    expect(again.exploration.schedules).toBe(1);
    expect(again.token).toBe(token);
  });
});
