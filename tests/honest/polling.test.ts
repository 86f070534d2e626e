/** Loops that poll for a lock, on real servers: right ones are not reported, racy ones are found. */
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Redis } from "ioredis";
import type { Connection } from "mysql2/promise";
import type { Client } from "pg";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { type Backend, open_gate } from "../../backends/backend.ts";
import { connectMysql } from "../../backends/mysql/backend.ts";
import { connectPostgres } from "../../backends/postgres/backend.ts";
import { connectRedis } from "../../backends/redis/backend.ts";
import {
  type ExploreOptions,
  explore,
  RaceFound,
  type Report,
  replay_variable,
} from "../../library/explore.ts";

/** A report, or the message of the race that was found. */
async function explored<Client>(options: ExploreOptions<Client>): Promise<Report | string> {
  const found = await explore(options).catch((error: unknown) => error);
  if (found instanceof RaceFound) return found.message;
  if (found instanceof Error) throw found;
  return found as Report;
}

/** `right`, also when it is explored again, or what was found. */
async function twice<Client>(options: ExploreOptions<Client>): Promise<string> {
  const [one, two] = [await explored(options), await explored(options)];
  if (typeof one === "string") return one;
  if (typeof two === "string") return two;
  // Nobody can say how often a loop goes round, so it is not a proof.
  if (one.complete || one.proof) return `called a proof: ${one.text}`;
  const [first, second] = [one, two].map((report) => JSON.stringify(report.endings));
  return first === second ? "right" : `${first} and then ${second}`;
}

/** The message of the race that was found. */
async function raceIn<Client>(options: ExploreOptions<Client>): Promise<string> {
  const found = await explored(options);
  if (typeof found !== "string") throw new Error(`no race was found: ${found.text}`);
  expect(found.length).toBeLessThan(20_000);
  // A new lane, which has learned nothing yet, does the same again.
  process.env[replay_variable] = /RACEPROOF_REPLAY='([^']*)'/.exec(found)?.[1];
  const again = await explored(options);
  delete process.env[replay_variable];
  expect(again).toContain("Replayed: the same thing happened");
  return found;
}

describe("Redis", () => {
  let redis: Backend<Redis>;
  beforeAll(async () => {
    redis = await connectRedis(inject("servers").redis);
  });
  afterAll(() => redis?.[Symbol.asyncDispose]());

  type Guard = (redis: Redis, lock: string, work: () => Promise<void>) => Promise<void>;

  const counter = (name: string, guard: Guard): ExploreOptions<Redis> => ({
    name,
    backend: redis,
    async setup(db, key) {
      await db.set(key, 0);
      await db.del(`${key}:lock`);
    },
    run: (db, { key }) =>
      guard(db, `${key}:lock`, async () => {
        const value = Number(await db.get(key));
        await db.set(key, value + 1);
      }),
    async check(db, { key }) {
      if ((await db.get(key)) !== "2") throw Object.assign(new Error("1"), { kind: "lost update" });
    },
  });

  const spinning =
    (pause: () => Promise<unknown>): Guard =>
    async (db, lock, work) => {
      while ((await db.set(lock, "taken", "PX", 30_000, "NX")) !== "OK") await pause();
      await work();
      await db.del(lock);
    };

  test("SET NX in a loop with a short sleep", async () =>
    expect(
      await twice(
        counter(
          "sleeps",
          spinning(() => sleep(20)),
        ),
      ),
    ).toBe("right"));

  test("SET NX in a loop without one", async () =>
    expect(
      await twice(
        counter(
          "spins",
          spinning(async () => {}),
        ),
      ),
    ).toBe("right"));

  const unlock = `if redis.call("get", KEYS[1]) == ARGV[1] then return redis.call("del", KEYS[1]) end return 0`;

  /** As Redlock does it: a token, a few tries with a random delay, a script that releases. */
  const redlock: Guard = async (db, lock, work) => {
    const token = randomUUID();
    for (let attempt = 0; (await db.set(lock, token, "PX", 10_000, "NX")) !== "OK"; attempt++) {
      if (attempt === 10) throw new Error("exceeded 10 attempts to lock the resource");
      await sleep(200 + 100 * Math.random());
    }
    try {
      await work();
    } finally {
      await db.eval(unlock, 1, lock, token);
    }
  };

  test("Redlock", async () => expect(await twice(counter("redlock", redlock))).toBe("right"));

  test("Redlock with three clients", async () =>
    expect(
      await twice({
        ...counter("redlock-3", redlock),
        clients: 3,
        schedules: 30,
        check: async (db, { key }) => (await db.get(key)) === "3",
      }),
    ).toBe("right"));

  /** Looks first, and takes the lock in a second step. */
  const looking: Guard = async (db, lock, work) => {
    while (await db.exists(lock)) await sleep(20);
    await db.set(lock, "taken", "PX", 30_000);
    await work();
    await db.del(lock);
  };

  test("a loop that looks first and takes then", async () => {
    expect(await raceIn(counter("looks", looking))).toContain("lost update");
  });

  /** Releases a lock that is no longer its own. */
  const early: Guard = async (db, lock, work) => {
    while ((await db.set(lock, "taken", "PX", 30_000, "NX")) !== "OK") {
      await sleep(20);
      await db.del(lock);
    }
    await work();
    await db.del(lock);
  };

  test("a loop that takes the lock from its holder", async () => {
    expect(await raceIn(counter("takes", early))).toContain("lost update");
  });

  test("a queue that is waited for with BLPOP", async () => {
    const queue: ExploreOptions<Redis> = {
      name: "queue",
      backend: redis,
      setup: (db, key) => db.del(key, `${key}:done`),
      async run(db, { client, key }) {
        if (client === 1) await db.rpush(key, "work");
        else {
          await db.blpop(key, 0);
          await db.incr(`${key}:done`);
        }
      },
      check: async (db, { key }) => (await db.get(`${key}:done`)) === "1",
    };
    const report = await explored(queue);
    expect(report).toMatchObject({ outcomes: { correct: expect.any(Number) } });
  });
});

describe("PostgreSQL", () => {
  let postgres: Backend<Client>;
  beforeAll(async () => {
    postgres = await connectPostgres(inject("servers").postgres);
    await using session = await postgres.open(open_gate);
    await session.client.query("CREATE TABLE account (id text PRIMARY KEY, v integer NOT NULL)");
  });
  afterAll(() => postgres?.[Symbol.asyncDispose]());

  const counter = (name: string, run: ExploreOptions<Client>["run"]): ExploreOptions<Client> => ({
    name,
    backend: postgres,
    lanes: 1,
    isolation: "READ COMMITTED",
    setup: (db, key) =>
      db.query("INSERT INTO account VALUES ($1, 0) ON CONFLICT (id) DO UPDATE SET v = 0", [key]),
    run,
    async check(db, { key }) {
      const { rows } = await db.query("SELECT v FROM account WHERE id = $1", [key]);
      if (rows[0].v !== 2) throw Object.assign(new Error("1"), { kind: "lost update" });
    },
  });

  async function addOne(db: Client, key: string, lock = ""): Promise<void> {
    const { rows } = await db.query(`SELECT v FROM account WHERE id = $1${lock}`, [key]);
    await db.query("UPDATE account SET v = $2 WHERE id = $1", [key, rows[0].v + 1]);
  }

  test("an advisory lock that is tried again and again", async () =>
    expect(
      await twice(
        counter("tries", async (db, { key }) => {
          const tries = "SELECT pg_try_advisory_lock(7) AS has";
          while (!(await db.query(tries)).rows[0].has) await sleep(50);
          await addOne(db, key);
          await db.query("SELECT pg_advisory_unlock(7)");
        }),
      ),
    ).toBe("right"));

  test("NOWAIT, rolled back and tried again after a sleep", async () =>
    expect(
      await twice(
        counter("nowait", async (db, { key }) => {
          for (;;) {
            await db.query("BEGIN");
            try {
              await addOne(db, key, " FOR UPDATE NOWAIT");
              await db.query("COMMIT");
              return;
            } catch {
              await db.query("ROLLBACK");
              await sleep(100);
            }
          }
        }),
      ),
    ).toBe("right"));

  test("a loop whose lock holds nothing", async () => {
    expect(
      await raceIn(
        counter("holds-nothing", async (db, { key }) => {
          // Every client has a lock of its own.
          const tries = "SELECT pg_try_advisory_lock(pg_backend_pid()) AS has";
          while (!(await db.query(tries)).rows[0].has) await sleep(50);
          await addOne(db, key);
          await db.query("SELECT pg_advisory_unlock_all()");
        }),
      ),
    ).toContain("lost update");
  });
});

describe("MySQL", () => {
  let mysql: Backend<Connection>;
  beforeAll(async () => {
    mysql = await connectMysql(inject("servers").mysql);
    await using session = await mysql.open(open_gate);
    await session.client.query("CREATE TABLE account (v integer NOT NULL)");
  });
  afterAll(() => mysql?.[Symbol.asyncDispose]());

  test("GET_LOCK that does not wait, in a loop with a sleep", async () =>
    expect(
      await twice<Connection>({
        name: "get-lock",
        backend: mysql,
        lanes: 1,
        async setup(db) {
          await db.query("DELETE FROM account");
          await db.query("INSERT INTO account VALUES (0)");
        },
        async run(db, { key }) {
          const has = async (): Promise<boolean> => {
            const [rows] = await db.query("SELECT GET_LOCK(?, 0) AS has", [key]);
            return (rows as { has: number }[])[0]?.has === 1;
          };
          while (!(await has())) await sleep(50);
          const [rows] = await db.query("SELECT v FROM account");
          await db.query("UPDATE account SET v = ?", [(rows as { v: number }[])[0]!.v + 1]);
          await db.query("SELECT RELEASE_LOCK(?)", [key]);
        },
        async check(db) {
          const [rows] = await db.query("SELECT v FROM account");
          return (rows as { v: number }[])[0]?.v === 2;
        },
      }),
    ).toBe("right"));
});
