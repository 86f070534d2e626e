import pg from "pg";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { type Backend, open_gate } from "../../backends/backend.ts";
import { connectPostgres, connectPostgresPool } from "../../backends/postgres/backend.ts";
import { type ExploreOptions, explore, RaceFound } from "../../library/explore.ts";
import { CheckFailed } from "../../schedules/program.ts";
import { Lane } from "../../schedules/run/lane.ts";
import type { Fault } from "../../schedules/schedule.ts";
import { pickFrom } from "../../schedules/search/search.ts";

const table = "CREATE TABLE account (id text PRIMARY KEY, v integer NOT NULL)";
const reset =
  "INSERT INTO account VALUES ($1, 0), ($1 || ' two', 0) ON CONFLICT (id) DO UPDATE SET v = 0";

/** What both `pg.Client` and `pg.Pool` are to a test. */
type Db = Pick<pg.Client, "query">;

const setup = (db: Db, key: string): Promise<unknown> => db.query(reset, [key]);

const update = "UPDATE account SET v = v + 1 WHERE id = $1";

async function addOne(db: Db, _client: number, key: string): Promise<void> {
  await db.query("BEGIN");
  await db.query(update, [key]);
  await db.query("COMMIT");
}

async function addToBoth(db: Db, _client: number, key: string): Promise<void> {
  await db.query("BEGIN");
  for (const id of [key, `${key} two`]) await db.query(update, [id]);
  await db.query("COMMIT");
}

/** Two clients of it lock the rows in opposite order. */
async function lockBoth(db: Db, client: number, key: string): Promise<void> {
  const order = client === 1 ? [key, `${key} two`] : [`${key} two`, key];
  await db.query("BEGIN");
  for (const id of order) await db.query(update, [id]);
  await db.query("COMMIT");
}

async function sleeps(db: Db, client: number): Promise<void> {
  await db.query("SELECT 1");
  if (client === 2) await new Promise(() => {});
}

const long = (db: Db, client: number): Promise<unknown> =>
  db.query(`SELECT pg_sleep(${client - 1})`);

async function check(db: Db, { key }: { key: string }): Promise<void> {
  const { rows } = await db.query("SELECT v FROM account WHERE id = $1", [key]);
  if (rows[0].v < 2) throw new CheckFailed("lost update", `2 were added, ${rows[0].v} are there`);
}

async function raceIn<Client>(options: ExploreOptions<Client>): Promise<RaceFound> {
  const error = await explore(options).catch((error: unknown) => error);
  if (!(error instanceof RaceFound)) throw new Error("no race was found", { cause: error });
  return error;
}

describe("pg.Client", () => {
  let postgres: Backend<pg.Client>;
  beforeAll(async () => {
    postgres = await connectPostgres(inject("servers").postgres);
    await using session = await postgres.open(open_gate);
    await session.client.query(table);
  });
  afterAll(() => postgres?.[Symbol.asyncDispose]());

  async function play(
    run: (db: pg.Client, client: number, key: string) => Promise<unknown>,
    choices: number[],
    faults: Fault[] = [],
  ) {
    const program = {
      setup: async (db: pg.Client, key: string) => void (await setup(db, key)),
      run: (db: pg.Client, { client, key }: { client: number; key: string }) =>
        run(db, client, key),
      check: async () => {},
    };
    await using lane = new Lane(postgres, program, { key: "account-1", busy_limit_ms: 300 });
    return await lane.play({ operations: [1, 1], pick: pickFrom(choices), faults });
  }

  test("a deadlock is resolved by the server: one of the two is its victim", async () => {
    for (let i = 0; i < 10; i++) {
      const { trace } = await play(lockBoth, [0, 0, 1, 0, 1]);
      // Which one is a matter of time: the server looks for a circle a while after each wait began.
      const ends = trace.results.map((result) => result.code ?? "ok");
      expect(ends.toSorted()).toEqual(["40P01", "ok"]);
      expect(trace.steps.find((step) => step.waited)).toMatchObject({ client: 1 });
    }
  });

  test("a client that dies in a transaction with its connection open makes the other wait for ever", async () => {
    const die: Fault = { kind: "die", client: 1, step: 3, connection: "stays" };
    const { failure } = await play(addToBoth, [], [die]);
    expect(failure?.kind).toBe("waits for a dead client");
    expect(failure?.message).toContain("client 2 waits for a lock that client 1 held when it died");
  });

  test("when its connection closes, the server gives its locks back and the other goes on", async () => {
    const die: Fault = { kind: "die", client: 1, step: 3, connection: "closes" };
    const { trace } = await play(addToBoth, [], [die]);
    expect(trace.results.map((result) => result.status)).toEqual(["open", "ok"]);
  });

  test("a client that is busy outside the database is named, a statement that takes long as well: no verdict", async () => {
    const idle = await play(sleeps, []);
    expect(idle.failure).toBeUndefined();
    expect(idle.trace.ending.kind).toBe("busy outside the database");
    const slow = await play(long, []);
    expect(slow.failure).toBeUndefined();
    expect(slow.trace.ending.kind).toBe("no answer");
  });

  test("a lost reply to COMMIT: the work is done, the client cannot know", async () => {
    const lose: Fault = { kind: "lose reply", client: 1, step: 3 };
    const { trace, events } = await play(addOne, [], [lose]);
    expect(trace.results.map((result) => result.status)).toEqual(["info", "ok"]);
    expect(events.map((event) => event.type)).toEqual(["invoke", "info", "invoke", "ok"]);
  });
});

describe("pg.Pool", () => {
  let postgres: Backend<pg.Pool>;
  beforeAll(async () => {
    postgres = await connectPostgresPool(inject("servers").postgres);
    await using session = await postgres.open(open_gate);
    await session.client.query(table);
  });
  afterAll(() => postgres?.[Symbol.asyncDispose]());

  const withPool = (name: string, read: string): ExploreOptions<pg.Pool> => ({
    name,
    backend: postgres,
    isolation: "READ COMMITTED",
    setup: (pool, key) => pool.query(reset, [key]),
    async run(pool, { key }) {
      const connection = await pool.connect();
      try {
        await connection.query("BEGIN");
        const { rows } = await connection.query(read, [key]);
        await connection.query("UPDATE account SET v = $2 WHERE id = $1", [key, rows[0].v + 1]);
        await connection.query("COMMIT");
      } finally {
        connection.release();
      }
    },
    check,
  });

  test("code that takes its connections from a pool: every statement is a step", async () => {
    const { message, exploration } = await raceIn(
      withPool("pool", "SELECT v FROM account WHERE id = $1"),
    );
    expect(exploration.failure?.kind).toBe("lost update");
    expect(message).toContain("client 1 and client 2 both read v = 0 of account a");
  });

  test("also where a step waits for a lock", async () => {
    const report = await explore(
      withPool("pool-for-update", "SELECT v FROM account WHERE id = $1 FOR UPDATE"),
    );
    expect(report.complete).toBe(true);
    expect(report.waited).toBeGreaterThan(0);
  });

  test("one pool for all, as in a process that serves many requests", async () => {
    const all = { sharedConnection: true };
    const read = withPool("shared-pool", "SELECT v FROM account WHERE id = $1");
    expect((await raceIn({ ...read, ...all })).exploration.failure?.kind).toBe("lost update");
    const lock = "SELECT v FROM account WHERE id = $1 FOR UPDATE";
    const report = await explore({ ...withPool("shared-pool-for-update", lock), ...all });
    expect(report.complete).toBe(true);
    expect(report.waited).toBeGreaterThan(0);
  });

  test("one statement straight on the pool", async () => {
    const report = await explore({
      ...withPool("pool-query", ""),
      run: (pool, { key }) => pool.query(update, [key]),
    });
    expect(report.complete).toBe(true);
  });
});
