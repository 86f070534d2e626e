/** The usual repairs of races on PostgreSQL and MySQL: which are proved, which are not, and what they cost. */
import mysql from "mysql2/promise";
import pg from "pg";
import { expect, inject, test } from "vitest";
import { explore, RaceFound } from "../../library/explore.ts";
import type { ProgramOptions } from "../../library/explore-options.ts";
import type { TriedRepair } from "../../repairs/repair.ts";
import { repairInWords } from "../../reports/repairs.ts";

type Program<Client> = ProgramOptions<Client, { url: string }>;

const account = "CREATE TABLE account (id varchar(9) PRIMARY KEY, balance int)";
const accounts = "INTO account VALUES ('alice', 100), ('bob', 100)";

const onPostgres = {
  database: { url: inject("servers").postgres.url },
  client: (url: string) => new pg.Pool({ connectionString: url, max: 2 }),
  schema: account,
  setup: (db: pg.Pool) => db.query(`TRUNCATE account; INSERT ${accounts}`),
};
const onMysql = {
  database: { url: inject("servers").mysql.url },
  client: (url: string) => mysql.createPool({ uri: url, connectionLimit: 2 }),
  schema: account,
  setup: (db: mysql.Pool) => db.query(`REPLACE ${accounts}`),
};

/** What was said of each repair, by its words. */
async function tryOn<Client>(
  program: Program<Client>,
): Promise<Record<string, TriedRepair & { readonly text: string }>> {
  const found: unknown = await explore(program).catch((error: unknown) => error);
  expect(found).toBeInstanceOf(RaceFound);
  const { message, repairs } = found as RaceFound;
  return Object.fromEntries(
    repairs.map((one) => [repairInWords(one.repair), { ...one, text: message }]),
  );
}

async function balanceOf(db: pg.Pool | pg.PoolClient, id: string): Promise<number> {
  const { rows } = await db.query("SELECT balance FROM account WHERE id = $1", [id]);
  return (rows[0] as { balance: number }).balance;
}

const withdraw = async (db: pg.Pool): Promise<void> => {
  const balance = (await balanceOf(db, "alice")) - 30;
  await db.query("UPDATE account SET balance = $1 WHERE id = 'alice'", [balance]);
};

const withdrawOnMysql = async (db: mysql.Pool): Promise<void> => {
  const [rows] = await db.execute("SELECT balance FROM account WHERE id = 'alice'");
  const balance = (rows as { balance: number }[])[0]!.balance - 30;
  await db.execute("UPDATE account SET balance = ? WHERE id = 'alice'", [balance]);
};

const still = { result: { kind: "race" } };
const proof = { result: { kind: "proof" } };

test("a lost update: a transaction alone does not mend it, a lock in it does, and a level does", async () => {
  const tried = await tryOn<pg.Pool>({ ...onPostgres, name: "lost update", run: withdraw });
  expect(tried["one transaction"]!.text).toMatch(/one transaction +│ no, still a race/);
  expect(tried).toMatchObject({
    "one transaction": still,
    "one transaction, FOR UPDATE on account": { ...proof, errors: {}, deadlocks: 0 },
    "what was read in the WHERE of the UPDATE": {
      ...proof,
      errors: { "40001": expect.any(Number) },
      relativeThroughput: expect.any(Number),
    },
    "one transaction, REPEATABLE READ": { ...proof, errors: { "40001": expect.any(Number) } },
  });
  expect(tried["one transaction"]!).not.toHaveProperty("relativeThroughput");
  // What is weaker is enough.
  expect(tried).not.toHaveProperty(["one transaction, SERIALIZABLE"]);
});

test("a lost update on MySQL: SERIALIZABLE mends it by deadlocks", async () => {
  const tried = await tryOn<mysql.Pool>({
    ...onMysql,
    name: "lost update",
    run: withdrawOnMysql,
  });
  expect(tried).toMatchObject({
    "one transaction": still,
    "one transaction, FOR UPDATE on account": { ...proof, errors: {} },
    "what was read in the WHERE of the UPDATE": {
      ...proof,
      errors: { "1020": expect.any(Number) },
    },
    "one transaction, SERIALIZABLE": { ...proof, errors: { "1213": expect.any(Number) } },
  });
  expect(tried["one transaction, SERIALIZABLE"]!.deadlocks).toBeGreaterThan(0);
});

const inTransaction = async <T>(
  pool: pg.Pool,
  begin: string,
  work: (db: pg.PoolClient) => Promise<T>,
): Promise<T> => {
  const db = await pool.connect();
  try {
    await db.query(begin);
    const answer = await work(db);
    await db.query("COMMIT");
    return answer;
  } catch (error) {
    await db.query("ROLLBACK");
    throw error;
  } finally {
    db.release();
  }
};

test("write skew is not mended by REPEATABLE READ, also where the program names its level", async () => {
  const tried = await tryOn<pg.Pool>({
    ...onPostgres,
    name: "write skew",
    schema: "CREATE TABLE doctor (id int PRIMARY KEY, on_call boolean)",
    setup: (db) => db.query("TRUNCATE doctor; INSERT INTO doctor VALUES (1, true), (2, true)"),
    run: (pool, { client }) =>
      inTransaction(pool, "BEGIN ISOLATION LEVEL READ COMMITTED", async (db) => {
        const { rows } = await db.query("SELECT id FROM doctor WHERE on_call");
        if (rows.length < 2) return "stays";
        await db.query("UPDATE doctor SET on_call = false WHERE id = $1", [client]);
        return "home";
      }),
  });
  expect(tried).toMatchObject({
    "FOR UPDATE on doctor": proof,
    "REPEATABLE READ": still,
    SERIALIZABLE: { ...proof, errors: { "40001": expect.any(Number) } },
  });
});

test("a number by max + 1: an index that makes it unique mends it", async () => {
  const tried = await tryOn<pg.Pool>({
    ...onPostgres,
    name: "max + 1",
    schema: "CREATE TABLE invoice (n int, customer text)",
    setup: (db) => db.query("TRUNCATE invoice; INSERT INTO invoice VALUES (1, 'alice')"),
    async run(db) {
      const { rows } = await db.query("SELECT max(n) AS n FROM invoice");
      const { n } = rows[0] as { n: number };
      await db.query("INSERT INTO invoice (n, customer) VALUES ($1, 'bob')", [n + 1]);
    },
  });
  expect(tried).toMatchObject({
    "a unique index on invoice (n)": { ...proof, errors: { "23505": expect.any(Number) } },
  });
  expect(tried).not.toHaveProperty(["what was read in the WHERE of the UPDATE"]);
});

test("locks in opposite orders: the deadlocks are told", async () => {
  const move = (from: string, to: string) => (pool: pg.Pool) =>
    inTransaction(pool, "BEGIN", async (db) => {
      const rich = await balanceOf(db, from);
      const poor = await balanceOf(db, to);
      await db.query("UPDATE account SET balance = $1 WHERE id = $2", [rich - 10, from]);
      await db.query("UPDATE account SET balance = $1 WHERE id = $2", [poor + 10, to]);
    });
  const tried = await tryOn<pg.Pool>({
    ...onPostgres,
    name: "opposite order",
    run: [move("alice", "bob"), move("bob", "alice")],
  });
  const locked = tried["FOR UPDATE on account"]!;
  expect(locked).toMatchObject({ ...proof, errors: { "40P01": expect.any(Number) } });
  expect(locked.deadlocks).toBeGreaterThan(0);
  expect(locked.text).toMatch(/│ 40P01 \(\d+/);
});

test("a repair that only moves the race is shown as such", async () => {
  const tried = await tryOn<pg.Pool>({
    ...onPostgres,
    name: "two races",
    schema: `${account}; CREATE TABLE ticket (n int)`,
    setup: (db) => db.query(`TRUNCATE account, ticket; INSERT ${accounts}`),
    async run(pool) {
      await inTransaction(pool, "BEGIN", async (db) => {
        const balance = (await balanceOf(db, "alice")) - 30;
        await db.query("UPDATE account SET balance = $1 WHERE id = 'alice'", [balance]);
      });
      await inTransaction(pool, "BEGIN", async (db) => {
        const { rows } = await db.query("SELECT count(*)::int AS n FROM ticket");
        await db.query("INSERT INTO ticket VALUES ($1)", [(rows[0] as { n: number }).n + 1]);
      });
    },
  });
  const locked = tried["FOR UPDATE on account"]!;
  expect(locked).toMatchObject(still);
  expect(locked.text).toMatch(/FOR UPDATE on account +│ no, another race: client 1/);
  expect(Object.values(tried).map(({ result }) => result.kind)).not.toContain("proof");
});

test("with a check, an operation that was refused runs again", async () => {
  const tried = await tryOn<pg.Pool>({
    ...onPostgres,
    name: "checked",
    run: withdraw,
    check: async (db) => (await balanceOf(db, "alice")) === 40,
  });
  expect(tried).toMatchObject({
    "one transaction": still,
    "one transaction, FOR UPDATE on account": proof,
    "one transaction, REPEATABLE READ": { ...proof, errors: { "40001": expect.any(Number) } },
  });
});

test("half of it in a transaction: only what was read in the WHERE mends it", async () => {
  const tried = await tryOn<pg.Pool>({
    ...onPostgres,
    name: "half in a transaction",
    async run(pool) {
      const balance = (await balanceOf(pool, "alice")) - 30;
      await pool.query("SELECT 1");
      await inTransaction(pool, "BEGIN", (db) =>
        db.query("UPDATE account SET balance = $1 WHERE id = 'alice'", [balance]),
      );
    },
  });
  const { "what was read in the WHERE of the UPDATE": compared, ...others } = tried;
  expect(compared).toMatchObject(proof);
  expect(Object.values(others).map(({ result }) => result.kind)).not.toContain("proof");
});

test("which level is enough, whatever level the program names", async () => {
  const leave = (pool: pg.Pool, client: number, begin: string): Promise<string> =>
    inTransaction(pool, begin, async (db) => {
      const { rows } = await db.query("SELECT id FROM doctor WHERE on_call");
      if (rows.length < 2) return "stays";
      await db.query("UPDATE doctor SET on_call = false WHERE id = $1", [client]);
      return "home";
    });
  const { levels, enough, text } = await explore({
    ...onPostgres,
    levels: "all",
    schema: "CREATE TABLE doctor (id int PRIMARY KEY, on_call boolean)",
    setup: (db) => db.query("TRUNCATE doctor; INSERT INTO doctor VALUES (1, true), (2, true)"),
    run: (pool, { client }) => leave(pool, client, "BEGIN ISOLATION LEVEL REPEATABLE READ"),
  });
  expect(enough).toBe("SERIALIZABLE");
  expect(levels.map(({ found }) => found)).toEqual(["race", "race", "race", "proof"]);
  expect(text).toMatch(/SERIALIZABLE is enough on PostgreSQL.*\n[^]*REPEATABLE READ +│ race: /);
  expect(text).toMatch(/SERIALIZABLE +│ proof: .*│ 40001/);
});

test("no level is enough without a transaction, and Redis has none", async () => {
  const { levels, enough, text } = await explore({
    ...onMysql,
    levels: "all",
    run: withdrawOnMysql,
  });
  expect(new Set(levels.map(({ found }) => found))).toEqual(new Set(["race"]));
  expect(enough).toBeUndefined();
  expect(text).toContain("no level of MySQL");
  const redis = {
    database: inject("servers").redis,
    client: () => undefined,
    setup: () => undefined,
  };
  const bad = explore({ ...redis, levels: "all", run: () => undefined });
  await expect(bad).rejects.toThrow(/`levels` needs isolation levels, and Redis .* has none/);
});

test("`repairs: false` tries none", async () => {
  const program = { ...onPostgres, name: "lost update", run: withdraw, repairs: false };
  expect(await tryOn<pg.Pool>(program)).toEqual({});
});

test("unique among the rows of which nothing else is said: an index with a condition, on PostgreSQL", async () => {
  const join = "INSERT INTO member (email) VALUES ('a@b.c')";
  const there = "SELECT 1 AS one FROM member WHERE email = 'a@b.c' AND deleted_at IS NULL";
  const schema = "CREATE TABLE member (email varchar(9), deleted_at timestamp NULL)";
  const left = "INSERT INTO member VALUES ('a@b.c', CURRENT_TIMESTAMP)";
  const tried = await tryOn<pg.Pool>({
    ...onPostgres,
    schema,
    setup: (db) => db.query(`TRUNCATE member; ${left}`),
    run: async (db) => (await db.query(there)).rowCount === 0 && (await db.query(join)).rowCount,
  });
  expect(tried["a unique index on member (email) where deleted_at is NULL"]).toMatchObject(proof);
  const onMysqlToo = await tryOn<mysql.Pool>({
    ...onMysql,
    schema,
    async setup(db) {
      await db.query("DELETE FROM member");
      await db.query(left);
    },
    async run(db) {
      const [rows] = await db.query<mysql.RowDataPacket[]>(there);
      return rows.length === 0 && (await db.query<mysql.ResultSetHeader>(join))[0].affectedRows;
    },
  });
  expect(onMysqlToo["a unique index on member (email)"]).toMatchObject({
    result: { kind: "refuses" },
  });
});

test("a row that was looked for by what it does not have; its time is nothing that differs", async () => {
  const tried = await tryOn<pg.Pool>({
    ...onPostgres,
    schema: "CREATE TABLE outbox (id int PRIMARY KEY, sent_at timestamptz)",
    setup: (db) => db.query("TRUNCATE outbox; INSERT INTO outbox VALUES (1, NULL)"),
    async run(db) {
      const { rows } = await db.query("SELECT id FROM outbox WHERE sent_at IS NULL LIMIT 1");
      for (const { id } of rows as { id: number }[])
        await db.query("UPDATE outbox SET sent_at = clock_timestamp() WHERE id = $1", [id]);
      return rows.length;
    },
  });
  expect(tried["what was read in the WHERE of the UPDATE"]).toMatchObject(proof);
  const { result, text } = tried["one transaction"]!;
  expect(result.kind).toBe("race");
  expect(text).not.toMatch(/another race|there 20\d\d-/);
  expect(text.match(/the clients never end like this/g)).toHaveLength(1);
});
