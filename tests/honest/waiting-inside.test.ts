/** Clients that wait for each other inside the process, on a real server: no race where there is none. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type pg from "pg";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { type Backend, open_gate } from "../../backends/backend.ts";
import { connectPostgres, connectPostgresPool } from "../../backends/postgres/backend.ts";
import { type ExploreOptions, explore, RaceFound } from "../../library/explore.ts";

const table = "CREATE TABLE account (id text PRIMARY KEY, v integer NOT NULL)";
const reset = "INSERT INTO account VALUES ($1, 0) ON CONFLICT (id) DO UPDATE SET v = 0";
const read = "SELECT v FROM account WHERE id = $1";

type Db = Pick<pg.Client, "query">;

async function addOne(db: Db, key: string, lock = ""): Promise<void> {
  const { rows } = await db.query(`${read}${lock}`, [key]);
  await db.query("UPDATE account SET v = $2 WHERE id = $1", [key, rows[0].v + 1]);
}

async function opened<Client extends Db>(backend: Backend<Client>): Promise<Backend<Client>> {
  await using session = await backend.open(open_gate);
  await session.client.query(table);
  return backend;
}

/** What all programs here have in common; lanes would share the locks of the process. */
function counter<Client extends Db>(
  name: string,
  backend: Backend<Client>,
  run: ExploreOptions<Client>["run"],
): ExploreOptions<Client> {
  return {
    name,
    backend,
    lanes: 1,
    isolation: "READ COMMITTED",
    setup: (db, key) => db.query(reset, [key]),
    run,
    async check(db, { key }) {
      const { rows } = await db.query(read, [key]);
      if (rows[0].v !== 2) throw new Error(`${rows[0].v} instead of 2`);
    },
  };
}

async function outcomeOf<Client>(options: ExploreOptions<Client>): Promise<string> {
  const found = await explore(options).catch((error: unknown) => error);
  if (found instanceof RaceFound) return found.message;
  if (found instanceof Error) throw found;
  return "right";
}

/** Another service, which takes its time. */
let server: Server;
beforeAll(async () => {
  server = createServer((_request, reply) => void setTimeout(() => reply.end("done"), 150));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(() => void server.close());
const elsewhere = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

/** A lock of the process, as `async-mutex` and its like make it. */
class Mutex {
  #last: Promise<unknown> = Promise.resolve();
  run<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => undefined);
    return done;
  }
}

describe("a client of its own for each", () => {
  let postgres: Backend<pg.Client>;
  beforeAll(async () => {
    postgres = await opened(await connectPostgres(inject("servers").postgres));
  });
  afterAll(() => postgres?.[Symbol.asyncDispose]());

  test("a lock of the process around read and write", async () => {
    const mutex = new Mutex();
    const run: ExploreOptions<pg.Client>["run"] = (db, { key }) => mutex.run(() => addOne(db, key));
    expect(await outcomeOf(counter("mutex", postgres, run))).toBe("right");
  });

  test("a lock of the process around the write alone", async () => {
    const mutex = new Mutex();
    const run: ExploreOptions<pg.Client>["run"] = async (db, { key }) => {
      const { rows } = await db.query(read, [key]);
      await mutex.run(() =>
        db.query("UPDATE account SET v = $2 WHERE id = $1", [key, rows[0].v + 1]),
      );
    };
    expect(await outcomeOf(counter("late-mutex", postgres, run))).toContain("1 instead of 2");
  });

  test("an initialisation that one does for all", async () => {
    let ready: Promise<unknown> | undefined;
    const run: ExploreOptions<pg.Client>["run"] = async (db, { key }) => {
      ready ??= db.query("SELECT count(*) FROM account").finally(() => {
        ready = undefined;
      });
      await ready;
      await db.query("UPDATE account SET v = v + 1 WHERE id = $1", [key]);
    };
    expect(await outcomeOf(counter("lazy", postgres, run))).toBe("right");
  });

  const slowly =
    (lock: string): ExploreOptions<pg.Client>["run"] =>
    async (db, { key }) => {
      await db.query("BEGIN");
      const { rows } = await db.query(`${read}${lock}`, [key]);
      // Another process does the work: nothing of it is seen in this one.
      await fetch(elsewhere());
      await db.query("UPDATE account SET v = $2 WHERE id = $1", [key, rows[0].v + 1]);
      await db.query("COMMIT");
    };

  test.each([
    ["right", " FOR UPDATE", "right"],
    ["racy", "", "1 instead of 2"],
  ])("a slow call between read and write: the %s program", async (name, lock, expected) => {
    const outcome = await outcomeOf(counter(`slow-${name}`, postgres, slowly(lock)));
    expect(outcome).toContain(expected);
  });
});

describe("one pool for all", () => {
  const inPool =
    (lock: string, connections: number): ExploreOptions<pg.Pool>["run"] =>
    async (pool, { key }) => {
      const lent = await Promise.all(Array.from({ length: connections }, () => pool.connect()));
      try {
        await lent[0]!.query("BEGIN");
        await addOne(lent[0]!, key, lock);
        await lent[0]!.query("COMMIT");
      } finally {
        for (const connection of lent) connection.release();
      }
    };

  async function explored(
    max: number,
    run: ExploreOptions<pg.Pool>["run"],
    more: Partial<ExploreOptions<pg.Pool>> = {},
  ): Promise<string> {
    await using pool = await opened(await connectPostgresPool(inject("servers").postgres, { max }));
    return await outcomeOf({ ...counter("pool", pool, run), sharedConnection: true, ...more });
  }

  test("a pool of one makes one wait for the other, whatever the statements are", async () => {
    expect(await explored(1, inPool("", 1))).toBe("right");
    expect(await explored(1, inPool(" FOR UPDATE", 1))).toBe("right");
  });

  test("with two connections the same program loses an update", async () => {
    expect(await explored(2, inPool("", 1))).toContain("1 instead of 2");
    expect(await explored(2, inPool(" FOR UPDATE", 1))).toBe("right");
  });

  test("statements on the pool itself, more clients than connections", async () => {
    const run: ExploreOptions<pg.Pool>["run"] = (pool, { key }) =>
      pool.query("UPDATE account SET v = v + 1 WHERE id = $1", [key]);
    const check = async (pool: pg.Pool, { key }: { key: string }): Promise<boolean> =>
      (await pool.query(read, [key])).rows[0].v === 3;
    expect(await explored(1, run, { clients: 3, schedules: 20, check })).toBe("right");
  });

  test("everyone holds a connection and wants another: the pool says so", async () => {
    const nested: ExploreOptions<pg.Pool>["run"] = async (pool, { key }) => {
      const outer = await pool.connect();
      try {
        await outer.query("SELECT 1");
        await pool.query("UPDATE account SET v = v + 1 WHERE id = $1", [key]);
      } finally {
        outer.release();
      }
    };
    const found = await explored(2, nested);
    expect(found).toContain("client 1 and client 2 wait for a connection; ");
    expect(found).toContain("client 1 holds 1 of 2, client 2 holds 1 of 2");
    expect(await explored(3, nested)).toBe("right");
  });

  test("a connection that is never given back", async () => {
    const leaks: ExploreOptions<pg.Pool>["run"] = async (pool, { key }) => {
      const lent = await pool.connect();
      await lent.query("UPDATE account SET v = v + 1 WHERE id = $1", [key]);
    };
    const found = await explored(1, leaks);
    expect(found).toMatch(/waits for a connection; client \d holds 1 of 1 and is done/);
  });
});
