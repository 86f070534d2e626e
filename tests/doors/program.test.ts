/** `explore` on programs that bring their own driver, which knows nothing about doors. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import mysql, { type Pool as MysqlPool, type RowDataPacket } from "mysql2/promise";
import pg from "pg";
import { describe, expect, inject, test, vi } from "vitest";
import { explore, RaceFound } from "../../library/explore.ts";
import { dataIn } from "../../reports/page/html.ts";
import { CheckFailed } from "../../schedules/program.ts";

const account = "CREATE TABLE account (id varchar(20) PRIMARY KEY, balance int NOT NULL)";

async function withdraw(db: pg.Pool, id: string, amount: number, lock = ""): Promise<void> {
  const client = await db.connect();
  try {
    await client.query("BEGIN");
    const { rows } = await client.query(`SELECT balance FROM account WHERE id = $1 ${lock}`, [id]);
    const { balance } = rows[0] as { balance: number };
    await client.query("UPDATE account SET balance = $2 WHERE id = $1", [id, balance - amount]);
    await client.query("COMMIT");
  } catch (error) {
    await client.query("ROLLBACK");
    throw error;
  } finally {
    client.release();
  }
}

describe("a pg.Pool", () => {
  const program = (lock: string) => ({
    database: inject("servers").postgres,
    repairs: false,
    schema: account,
    client: (url: string) => new pg.Pool({ connectionString: url }),
    setup: (db: pg.Pool) =>
      db.query("DELETE FROM account; INSERT INTO account VALUES ('alice', 100)"),
    run: (db: pg.Pool) => withdraw(db, "alice", 30, lock),
    async check(db: pg.Pool) {
      const { rows } = await db.query("SELECT balance FROM account");
      const { balance } = rows[0] as { balance: number };
      if (balance !== 40) throw new CheckFailed("lost update", `${balance} is left, not 40`);
    },
  });

  test("loses an update, with fixed names and ids, called as the test", async () => {
    const error = await explore(program("")).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(RaceFound);
    const { message, exploration, token } = error as RaceFound;
    expect(message).toMatch(/^loses an update, with fixed names/);
    expect(message).toContain("client 1 and client 2 both read balance = 100 of account alice");
    expect(exploration.failure!.smallest.steps.map(({ statement }) => statement)).toContain(
      "SELECT balance FROM account WHERE id = 'alice'",
    );
    vi.stubEnv("RACEPROOF_REPLAY", token);
    const again = await explore(program("")).catch((error: unknown) => error);
    vi.unstubAllEnvs();
    expect((again as RaceFound).exploration.schedules).toBe(1);
    expect((again as RaceFound).token).toBe(token);
  });

  test("is right under a lock: a proof", async () => {
    const folder = await mkdtemp(join(tmpdir(), "raceproof-report-"));
    const report = await explore({ ...program("FOR UPDATE"), report: folder });
    expect(report.proof).toBe(true);
    const page = await readFile(join(folder, "index.html"), "utf8");
    expect(JSON.stringify(dataIn(page))).toContain('"word":"proof for this size"');
    await rm(folder, { recursive: true });
    expect(report.text).not.toContain("one step with its commit");
    expect(report.waited).toBeGreaterThan(0);
  });

  test("in many lanes, random", async () => {
    const report = await explore({
      ...program("FOR UPDATE"),
      clients: 2,
      operations: 1,
      exhaustive: false,
      schedules: 120,
    });
    expect(report.schedules).toBe(120);
    expect(report.disturbance).toBeUndefined();
  });
});

test("different operations, each of its own client; their errors are expected", async () => {
  class Empty extends Error {}
  const report = await explore({
    database: inject("servers").postgres,
    repairs: false,
    schema: account,
    client: (url) => new pg.Pool({ connectionString: url, max: 2 }),
    setup: (db) => db.query("DELETE FROM account; INSERT INTO account VALUES ('alice', 30)"),
    run: [
      (db) => withdraw(db, "alice", -20, "FOR UPDATE"),
      async (db) => {
        const sql = "UPDATE account SET balance = balance - 40 WHERE balance >= 40";
        if ((await db.query(sql)).rowCount === 0) throw new Empty("nothing there");
      },
    ],
    didNotHappen: (error) => error instanceof Empty,
    async check(db, { trace }) {
      const { rows } = await db.query("SELECT balance FROM account");
      const left = trace.results[1]?.status === "ok" ? 10 : 50;
      if (rows[0].balance !== left) throw new CheckFailed("wrong sum", String(rows[0].balance));
    },
  });
  expect(report.proof).toBe(true);
});

describe.each(["mysql", "mariadb"] as const)("a pool of mysql2 at %s", (kind) => {
  const program = (lock: string) => ({
    database: inject("servers")[kind],
    repairs: false,
    schema: account,
    client: (url: string) => mysql.createPool(url),
    setup: (db: MysqlPool) => db.query("REPLACE INTO account VALUES ('alice', 100)"),
    async run(pool: MysqlPool) {
      const db = await pool.getConnection();
      await db.beginTransaction();
      const [rows] = await db.execute<RowDataPacket[]>(
        `SELECT balance FROM account WHERE id = ? ${lock}`,
        ["alice"],
      );
      await db.execute("UPDATE account SET balance = ? WHERE id = ?", [
        rows[0]!["balance"] - 30,
        "alice",
      ]);
      await db.commit();
      db.release();
    },
    async check(db: MysqlPool) {
      const [rows] = await db.query<RowDataPacket[]>("SELECT balance FROM account");
      return rows[0]!["balance"] === 40;
    },
    isolation: "READ COMMITTED" as const,
  });

  test("loses an update", async () => {
    await expect(explore(program(""))).rejects.toThrow("UPDATE account SET balance = 70");
  });

  test("is right under a lock: a proof", async () => {
    expect((await explore(program("FOR UPDATE"))).proof).toBe(true);
  });
});

describe.each(["redis", "valkey"] as const)("ioredis at %s", (kind) => {
  const program = (add: (db: Redis) => Promise<unknown>) => ({
    database: inject("servers")[kind],
    repairs: false,
    client: (url: string) => new Redis(url),
    setup: (db: Redis) => db.set("visits", 0),
    run: add,
    check: async (db: Redis) => (await db.get("visits")) === "2",
  });

  test("loses an update", async () => {
    const visit = async (db: Redis) => db.set("visits", Number(await db.get("visits")) + 1);
    await expect(explore(program(visit))).rejects.toThrow("SET visits 1");
  });

  test("is right with INCR: a proof", async () => {
    expect((await explore(program((db) => db.incr("visits")))).proof).toBe(true);
  });
});

test("its databases are gone at the end", async () => {
  const urls = new Set<string>();
  await explore({
    database: inject("servers").postgres,
    repairs: false,
    schema: account,
    client(url) {
      urls.add(new URL(url).pathname.slice(1));
      return new pg.Pool({ connectionString: url });
    },
    setup: (db) => db.query("DELETE FROM account; INSERT INTO account VALUES ('alice', 100)"),
    run: (db) => db.query("UPDATE account SET balance = balance - 30"),
    check: async (db) => (await db.query("SELECT balance FROM account")).rows[0].balance === 40,
  });
  const client = new pg.Client({ connectionString: inject("servers").postgres.url });
  await client.connect();
  const names = [...urls];
  const { rows } = await client.query("SELECT 1 FROM pg_database WHERE datname = ANY ($1)", [
    names,
  ]);
  await client.end();
  expect(names.length).toBe(1);
  expect(rows).toEqual([]);
});

test("a reply is lost on its way: what is sent again is done twice", async () => {
  const error = await explore({
    database: inject("servers").postgres,
    repairs: false,
    schema: account,
    client: (url) => new pg.Pool({ connectionString: url }),
    setup: (db) => db.query("DELETE FROM account; INSERT INTO account VALUES ('alice', 100)"),
    async run(db) {
      const add = () => db.query("UPDATE account SET balance = balance - 30");
      await add().catch(add);
    },
    faults: ["lose reply"],
    check: async (db) => (await db.query("SELECT balance FROM account")).rows[0].balance === 40,
  }).catch((error: unknown) => error);
  expect(error).toBeInstanceOf(RaceFound);
  expect((error as RaceFound).exploration.failure?.smallest.faults.length).toBe(1);
});
