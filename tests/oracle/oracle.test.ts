/** `explore` without a check: the serial orders say what is right. */
import { randomUUID } from "node:crypto";
import { Redis } from "ioredis";
import mysql, { type Pool as MysqlPool, type RowDataPacket } from "mysql2/promise";
import pg from "pg";
import { describe, expect, inject, test, vi } from "vitest";
import {
  explore,
  NotDeterministic,
  ProgramFailed,
  RaceFound,
  type Report,
} from "../../library/explore.ts";
import type { ProgramOptions } from "../../library/explore-options.ts";

type Wish = Partial<ProgramOptions<pg.Pool>> & Pick<ProgramOptions<pg.Pool>, "run">;

const schema = `
  CREATE TABLE account (id int PRIMARY KEY, owner text, balance int NOT NULL, updated_at timestamptz);
  CREATE TABLE entry (id bigserial PRIMARY KEY, token text, account int, amount int, at timestamptz DEFAULT now());
  CREATE TABLE line (entry_id bigint REFERENCES entry, no_key_id bigint, what text UNIQUE);`;
const setup = `
  TRUNCATE account, entry, line;
  INSERT INTO account VALUES (1, 'alice', 100), (2, 'bob', 100)`;

const postgres = (wish: Wish): ProgramOptions<pg.Pool> => ({
  database: inject("servers").postgres,
  schema,
  client: (url) => new pg.Pool({ connectionString: url }),
  setup: (db) => db.query(setup),
  repairs: false,
  ...wish,
});

async function errorIn(wish: Wish): Promise<Error> {
  const report: Error | Report = await explore(postgres(wish)).catch((error: Error) => error);
  if (!(report instanceof Error)) throw new Error(report.text);
  return report;
}

async function raceIn(wish: Wish): Promise<RaceFound> {
  const error = await errorIn(wish);
  if (!(error instanceof RaceFound)) throw new Error("no race was found", { cause: error });
  return error;
}

const balanceOf = async (db: pg.Pool | pg.PoolClient, id: number, lock = ""): Promise<number> =>
  Number(
    (await db.query(`SELECT balance FROM account WHERE id = $1 ${lock}`, [id])).rows[0].balance,
  );
const setBalance = (db: pg.Pool | pg.PoolClient, id: number, balance: number): Promise<unknown> =>
  db.query("UPDATE account SET balance = $2 WHERE id = $1", [id, balance]);

async function inTransaction<T>(
  db: pg.Pool,
  work: (client: pg.PoolClient) => Promise<T>,
  level = "READ COMMITTED",
): Promise<T> {
  const client = await db.connect();
  try {
    await client.query(`BEGIN ISOLATION LEVEL ${level}`);
    const answer = await work(client);
    await client.query("COMMIT");
    return answer;
  } catch (error) {
    await client.query("ROLLBACK");
    throw error;
  } finally {
    client.release();
  }
}

/** Empties an account if there is enough in both together. */
const leave = (mine: number) => async (db: pg.Pool) =>
  inTransaction(
    db,
    async (client) => {
      const sum = (await balanceOf(client, 1)) + (await balanceOf(client, 2));
      if (sum < 200) throw new Error("not enough");
      await setBalance(client, mine, 0);
    },
    "REPEATABLE READ",
  );

describe("a race", () => {
  test("lost update: the nearest serial order, and what differs; its token replays it", async () => {
    const wish: Wish = {
      name: "lost",
      run: async (db) => void (await setBalance(db, 1, (await balanceOf(db, 1)) - 30)),
    };
    const { message, exploration, token } = await raceIn(wish);
    expect(exploration.failure!.kind).toBe("unlike any serial order");
    expect(message).toContain("account, id = 1: balance = 70, there 40");
    expect(message).toContain("client 1 and client 2 both read balance = 100");
    vi.stubEnv("RACEPROOF_REPLAY", token);
    const again = await raceIn(wish);
    vi.unstubAllEnvs();
    expect(again.exploration.schedules).toBe(1);
    expect(again.token).toBe(token);
  });

  test("write skew, at a level that allows it", async () => {
    const { message } = await raceIn({ run: [leave(1), leave(2)] });
    expect(message).toMatch(/account, id = [12]: balance = 0, there 100/);
  });

  test("only in the answers: two reads that do not belong together", async () => {
    const move = (db: pg.Pool): Promise<unknown> =>
      inTransaction(db, async (client) => {
        await client.query("UPDATE account SET balance = balance - 10 WHERE id = 1");
        await client.query("UPDATE account SET balance = balance + 10 WHERE id = 2");
      });
    const sum = async (db: pg.Pool) => (await balanceOf(db, 1)) + (await balanceOf(db, 2));
    const { message } = await raceIn({ run: [async (db) => void (await move(db)), sum] });
    expect(message).toMatch(/client 2 answered (190|210), there it answered 200/);
  });

  test("accounts of set-up are not renamed, though their ids look like those of a sequence", async () => {
    const { message } = await raceIn({
      schema: "CREATE TABLE account (id serial PRIMARY KEY, balance int, updated_at timestamptz)",
      setup: (db) =>
        db.query(
          "TRUNCATE account RESTART IDENTITY; INSERT INTO account (balance) VALUES (0), (0)",
        ),
      run: async (db) => {
        const id = (await balanceOf(db, 1)) === 0 ? 1 : 2;
        await db.query("UPDATE account SET balance = balance + 5 WHERE id = $1", [id]);
      },
    });
    expect(message).toContain("account, id = ");
  });

  test("a mistake that only a race shows: its own error comes first", async () => {
    const { message, cause } = await raceIn({
      run: async (db) => {
        const { rows } = await db.query("SELECT id FROM account ORDER BY id LIMIT 1");
        const gone = await db.query("DELETE FROM account WHERE id = $1 RETURNING owner", [
          rows[0].id,
        ]);
        return gone.rows[0].owner.length > 0;
      },
    });
    expect(message).toContain("TypeError: Cannot read properties of undefined");
    expect(cause).toBeDefined();
  });

  test("done twice after a lost reply", async () => {
    const { message } = await raceIn({
      faults: ["lose reply"],
      run: async (db) => {
        const add = (): Promise<unknown> =>
          db.query("INSERT INTO entry (account, amount) VALUES (1, 10)");
        await add().catch(add);
      },
    });
    expect(message).toContain("was lost and client");
  });
});

describe("no race", () => {
  const proves = async (wish: Wish): Promise<Report> => {
    const report = await explore(postgres(wish));
    if (!report.proof) throw new Error(report.text);
    return report;
  };

  test("in place; the report says what was right", async () => {
    const { text } = await proves({
      run: (db) => db.query("UPDATE account SET balance = balance - 30 WHERE id = 1 RETURNING *"),
    });
    expect(text).toContain("Right is what the 2 serial orders come to.");
  });

  test("serial numbers, tokens, UUIDs, times are equal up to renaming, and named", async () => {
    const { text } = await proves({
      async run(db, { client }) {
        const token =
          client === 1 ? randomUUID() : Math.random().toString(36).slice(2, 9).padEnd(9, "0");
        const made = await db.query(
          "INSERT INTO entry (token, account, amount) VALUES ($1, 1, 5) RETURNING *",
          [token],
        );
        const [{ id }] = made.rows;
        await db.query("INSERT INTO line VALUES ($1, $1, $2)", [id, `line of ${id} for ${token}`]);
        return {
          ...made.rows[0],
          said: `made ${id} at ${new Date().toISOString()}`,
          at: Date.now(),
        };
      },
    });
    expect(text).toContain("entry.token");
  });

  test("sequences that start again, with gaps where an operation failed", async () => {
    expect(
      (
        await proves({
          setup: (db) => db.query(`TRUNCATE account, entry, line RESTART IDENTITY`),
          run: (db) =>
            inTransaction(db, async (client) => {
              const made = await client.query("INSERT INTO entry (amount) VALUES (1) RETURNING id");
              const [{ id }] = made.rows;
              await client.query("INSERT INTO line VALUES ($1, $1, 'only one')", [id]);
              return { id };
            }),
        })
      ).proof,
    ).toBe(true);
  });

  test("refused with nothing left: deadlock, serialization failure, a unique index, an own error", async () => {
    const both = (ids: readonly number[]) => (db: pg.Pool) =>
      inTransaction(db, async (client) => {
        for (const id of ids)
          await client.query("UPDATE account SET balance = balance + 1 WHERE id = $1", [id]);
      });
    const deadlock = await proves({ run: [both([1, 2]), both([2, 1])] });
    expect(deadlock.failed).toHaveProperty("40P01");
    const serializable = await proves({
      run: (db) =>
        inTransaction(
          db,
          async (client) =>
            setBalance(client, 1, (await balanceOf(client, 1)) - 30).then(() => true),
          "SERIALIZABLE",
        ),
    });
    expect(serializable.failed).toHaveProperty("40001");
    expect(
      (
        await proves({
          async run(db) {
            const { rows } = await db.query("SELECT 1 FROM line WHERE what = 'one'");
            if (rows.length > 0) return "there already";
            await db.query("INSERT INTO line VALUES (NULL, NULL, 'one')");
            return "made";
          },
        })
      ).proof,
    ).toBe(true);
    expect(
      (
        await proves({
          async run(db) {
            const balance = await balanceOf(db, 1);
            const { rowCount } = await db.query(
              "UPDATE account SET balance = $1 WHERE id = 1 AND balance = $2",
              [balance - 30, balance],
            );
            if (rowCount === 0) throw new Error("somebody was faster");
          },
        })
      ).proof,
    ).toBe(true);
  });

  test("refused, and said so by the answer", async () => {
    expect(
      (
        await proves({
          async run(db) {
            const balance = await balanceOf(db, 1);
            const { rowCount } = await db.query(
              "UPDATE account SET balance = $1 WHERE id = 1 AND balance = $2",
              [balance - 30, balance],
            );
            return { ok: rowCount === 1 };
          },
        })
      ).proof,
    ).toBe(true);
    expect(
      (
        await proves({
          run: (db) =>
            inTransaction(db, async (client) => {
              const { rows } = await client.query("SELECT pg_try_advisory_xact_lock(1) AS free");
              if (!rows[0].free) return "busy";
              await setBalance(client, 1, (await balanceOf(client, 1)) - 30);
              return "done";
            }),
        })
      ).proof,
    ).toBe(true);
  });

  test("rows in no order, and columns that are left out", async () => {
    expect(
      (
        await proves({
          ignore: ["account.balance", "line"],
          async run(db, { client }) {
            await setBalance(db, client, (await balanceOf(db, 3 - client)) + client);
            return (await db.query("SELECT id, owner FROM account")).rows;
          },
        })
      ).proof,
    ).toBe(true);
  });

  test("an operation that always refuses is expected to", async () => {
    class Empty extends Error {}
    const refuse = async (db: pg.Pool): Promise<void> => {
      if ((await balanceOf(db, 1)) < 1_000) throw new Empty("too little");
    };
    const pay = (db: pg.Pool): Promise<unknown> =>
      db.query("UPDATE account SET balance = balance + 10 WHERE id = 1");
    expect(await errorIn({ run: [refuse, pay] })).toBeInstanceOf(ProgramFailed);
    await proves({ run: [refuse, pay], didNotHappen: (error) => error instanceof Empty });
  });
});

test("an anomaly that is allowed is told, and is no race; any other is", async () => {
  const allow: Wish["allow"] = {
    "write skew": async (db) => (await balanceOf(db, 1)) === 0 && (await balanceOf(db, 2)) === 0,
    "never seen": () => false,
  };
  const { proof, allowed, text } = await explore(postgres({ run: [leave(1), leave(2)], allow }));
  expect(proof).toBe(true);
  expect(allowed).toEqual({ "write skew": expect.any(Number), "never seen": 0 });
  expect(text).toMatch(
    /Allowed, although .*: write skew \(in \d+ schedules\), never seen \(not met\)\./,
  );
  const lost = async (db: pg.Pool) => void (await setBalance(db, 1, (await balanceOf(db, 1)) - 30));
  const { message } = await raceIn({ run: lost, allow });
  expect(message).toContain("account, id = 1: balance = 70, there 40");
  expect(message).toContain("write skew (not met)");
});

describe("a cache in the process", () => {
  interface Shop {
    readonly pool: pg.Pool;
    readonly cache: Map<string, number>;
  }
  const read = async ({ pool, cache }: Shop): Promise<number> => {
    const known = cache.get("alice") ?? (await balanceOf(pool, 1));
    cache.set("alice", known);
    return known;
  };
  const shop = (
    write: (shop: Shop) => Promise<void>,
    wish: Partial<ProgramOptions<Shop>> = {},
  ): Promise<Error | Report> =>
    explore<Shop, { readonly url: string }>({
      database: inject("servers").postgres,
      schema,
      shared: true,
      client: (url) => ({ pool: new pg.Pool({ connectionString: url }), cache: new Map() }),
      close: ({ pool }) => pool.end(),
      async setup({ pool }, clients) {
        await pool.query(setup);
        for (const { cache } of clients) cache.clear();
      },
      run: [read, write],
      state: ({ cache }) => cache,
      repairs: false,
      ...wish,
    } as ProgramOptions<Shop, { readonly url: string }>).catch((error: Error) => error);
  const before = async ({ pool, cache }: Shop): Promise<void> => {
    cache.delete("alice");
    await setBalance(pool, 1, 20);
  };

  test("emptied before the write it stays stale; without `state` nobody sees that", async () => {
    const race = await shop(before);
    expect(race).toBeInstanceOf(RaceFound);
    expect((race as Error).message).toMatch(
      /in memory, client = 1: alice = 100, there (nothing|20)/,
    );
    expect(await shop(before, { state: undefined } as object)).toMatchObject({ proof: true });
  });

  test("emptied after the write it is right; and a set-up must put it back", async () => {
    const after = async ({ pool, cache }: Shop): Promise<void> => {
      await setBalance(pool, 1, 20);
      cache.delete("alice");
    };
    expect(await shop(after)).toMatchObject({ proof: true });
    const kept = await shop(after, { setup: ({ pool }) => pool.query(setup) });
    expect(kept).toBeInstanceOf(NotDeterministic);
  });
});

test("where no table is left to compare there is no proof; an empty table is compared", async () => {
  const run = (db: pg.Pool) => db.query("DELETE FROM account");
  const left_out = postgres({ run, ignore: ["account", "entry", "line"] });
  const { proof, text } = await explore(left_out);
  expect(proof).toBe(false);
  expect(text).toContain("no proof, because nothing was compared, except what the operations");
  const empty = { schema: "CREATE TABLE account (id int)", setup: async () => undefined };
  expect((await explore(postgres({ ...empty, run }))).proof).toBe(true);
});

describe("told before anything is explored", () => {
  test("a program that does something else when it is run again", async () => {
    let times = 0;
    const error = await errorIn({ run: (db) => setBalance(db, 1, ++times).then(() => "done") });
    expect(error).toBeInstanceOf(NotDeterministic);
    expect(error.message).toMatch(
      /account\.balance: \d, and then \d; if that does not matter, `ignore`/,
    );
  });

  test("a set-up that leaves rows", async () => {
    const error = await errorIn({
      setup: (db) => db.query("TRUNCATE account; INSERT INTO account VALUES (1, 'alice', 100)"),
      run: (db) => db.query("INSERT INTO entry (amount) VALUES (1)").then(() => "done"),
    });
    expect(error).toBeInstanceOf(NotDeterministic);
    expect(error.message).toContain("set-up did not give the same state every time: table entry");
  });

  test("more than can be read or tried", async () => {
    const run = (db: pg.Pool) => db.query("UPDATE account SET balance = 1 WHERE id = 1");
    expect((await errorIn({ run, clients: 5 })).message).toContain("more than 24 orders");
    const many = "INSERT INTO account SELECT n, 'x', 1 FROM generate_series(1, 2001) n";
    const setup = (db: pg.Pool) => db.query(`TRUNCATE account; ${many}`);
    expect((await errorIn({ run, setup })).message).toContain("account has more than 2000 rows");
  });

  test("wrong usage", async () => {
    const run = (db: pg.Pool) => db.query("SELECT 1");
    const error = await errorIn({ run, check: () => true, ignore: ["account"] });
    expect(error.message).toContain("`ignore` is for what is compared without `check`");
    const allow = { anomaly: () => true };
    const both = await errorIn({ run, check: () => true, allow });
    expect(both.message).toContain("`allow` is for what is compared without `check`");
  });
});

test.each(["mysql", "mariadb"] as const)(
  "%s: a lost update, and ids up to renaming",
  async (kind) => {
    const program = (lock: string): ProgramOptions<MysqlPool> => ({
      database: inject("servers")[kind],
      repairs: false,
      schema: `CREATE TABLE stock (id int PRIMARY KEY, n int);
             CREATE TABLE orders (id int AUTO_INCREMENT PRIMARY KEY, at datetime DEFAULT now(), bytes blob)`,
      client: (url) => mysql.createPool(url),
      async setup(db) {
        await db.query("DELETE FROM orders");
        await db.query("REPLACE INTO stock VALUES (1, 5)");
      },
      async run(pool) {
        const db = await pool.getConnection();
        await db.beginTransaction();
        const [rows] = await db.query<RowDataPacket[]>(`SELECT n FROM stock ${lock}`);
        await db.query("UPDATE stock SET n = ?", [rows[0]!["n"] - 1]);
        const [made] = await db.query<mysql.ResultSetHeader>(
          "INSERT INTO orders (bytes) VALUES ('ü')",
        );
        await db.commit();
        db.release();
        return made;
      },
      isolation: "READ COMMITTED",
    });
    await expect(explore(program(""))).rejects.toThrow("stock, id = 1: n = 4, there 3");
    expect((await explore(program("FOR UPDATE"))).proof).toBe(true);
  },
);

test.each(["redis", "valkey"] as const)(
  "%s: keys of all types, with generated names",
  async (kind) => {
    const program = (add: (db: Redis) => Promise<unknown>): ProgramOptions<Redis> => ({
      database: inject("servers")[kind],
      repairs: false,
      client: (url) => new Redis(url),
      setup: (db) => db.flushdb(),
      async run(db) {
        const id = randomUUID();
        await db
          .multi()
          .set(`session:${id}`, JSON.stringify({ id, at: Date.now() }), "EX", 100)
          .zadd("window", Date.now(), id)
          .hset("names", id, "alice")
          .rpush("queue", "job")
          .sadd("all", id)
          .exec();
        return add(db);
      },
    });
    const visit = async (db: Redis) => db.set("visits", Number(await db.get("visits")) + 1);
    const nothing = await explore({ ...program(visit), run: (db) => db.exists("visits") });
    expect(nothing.proof).toBe(false);
    expect(nothing.text).toContain("there was no table, key or item");
    await expect(explore(program(visit))).rejects.toThrow("keys, key = visits: value = 1, there 2");
    expect((await explore(program((db) => db.incr("visits")))).proof).toBe(true);
  },
);
