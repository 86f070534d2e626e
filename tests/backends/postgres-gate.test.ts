import type pg from "pg";
import { Client, Query } from "pg";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { type Backend, open_gate } from "../../backends/backend.ts";
import { connectPostgres, connectPostgresPool } from "../../backends/postgres/backend.ts";
import { Doorkeeper } from "../doorkeeper.ts";

const url = (): string => inject("servers").postgres.url;

/** A callback API as a promise. */
function called(
  call: (done: (error: Error | null, result: unknown) => void) => unknown,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    call((error, result) => (error ? reject(error) : resolve(result)));
  });
}

/** A Query that reports by events, as a promise. */
function heard(client: Client, query: Query): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const rows: unknown[] = [];
    query.on("row", (row) => rows.push(row));
    query.on("error", reject);
    query.on("end", () => resolve(rows));
    client.query(query);
  });
}

interface Form {
  readonly call: (client: Client) => Promise<unknown>;
  readonly statements: readonly string[];
}

/** How people call `pg`, and the steps that must result. */
const forms: Readonly<Record<string, Form>> = {
  "text, promise": { call: (c) => c.query("SELECT 1 AS v"), statements: ["SELECT 1 AS v"] },
  "text and values": {
    call: (c) => c.query("SELECT $1::int AS v, $2::text AS t", [7, "it's"]),
    statements: ["SELECT 7::int AS v, 'it''s'::text AS t"],
  },
  "config object": {
    call: (c) => c.query({ text: "SELECT $1::int AS v", values: [7] }),
    statements: ["SELECT 7::int AS v"],
  },
  "rows as arrays": {
    call: (c) => c.query({ text: "SELECT 1, 2", rowMode: "array" }),
    statements: ["SELECT 1, 2"],
  },
  "prepared statement, twice": {
    async call(c) {
      const named = { name: "add", text: "SELECT $1::int + 1 AS v" };
      return [await c.query({ ...named, values: [1] }), await c.query({ ...named, values: [2] })];
    },
    statements: ["SELECT 1::int + 1 AS v", "SELECT 2::int + 1 AS v"],
  },
  "callback after text": {
    call: (c) => called((done) => c.query("SELECT 1 AS v", done)),
    statements: ["SELECT 1 AS v"],
  },
  "callback after values": {
    call: (c) => called((done) => c.query("SELECT $1::int AS v", [3], done)),
    statements: ["SELECT 3::int AS v"],
  },
  "callback in the config": {
    call: (c) =>
      called((callback) => c.query({ text: "SELECT 1 AS v", callback } as pg.QueryConfig)),
    statements: ["SELECT 1 AS v"],
  },
  "Query object with events": {
    call: (c) => heard(c, new Query("SELECT generate_series(1, 3) AS v")),
    statements: ["SELECT generate_series(1, 3) AS v"],
  },
  "Query object with an error": {
    call: (c) => heard(c, new Query("SELECT 1/0")),
    statements: ["SELECT 1/0"],
  },
  "Query object with a callback": {
    call: (c) => called((done) => c.query(new Query("SELECT 5 AS v", done as never))),
    statements: ["SELECT 5 AS v"],
  },
  "several statements in one text": {
    call: (c) => c.query("BEGIN; SELECT 1 AS v; COMMIT"),
    statements: ["BEGIN; SELECT 1 AS v; COMMIT"],
  },
  transaction: {
    async call(c) {
      await c.query("BEGIN");
      await c.query("CREATE TEMP TABLE form (v int) ON COMMIT DROP");
      await c.query("INSERT INTO form VALUES (1), (2)");
      return c.query("COMMIT");
    },
    statements: [
      "BEGIN",
      "CREATE TEMP TABLE form (v int) ON COMMIT DROP",
      "INSERT INTO form VALUES (1), (2)",
      "COMMIT",
    ],
  },
  "without awaiting": {
    call: (c) => Promise.all([c.query("SELECT 1 AS v"), c.query("SELECT 2 AS v")]),
    statements: ["SELECT 1 AS v", "SELECT 2 AS v"],
  },
  "syntax error, promise": { call: (c) => c.query("SELEKT"), statements: ["SELEKT"] },
  "syntax error, callback": {
    call: (c) => called((done) => c.query("SELEKT", done)),
    statements: ["SELEKT"],
  },
  "values that are no array": {
    call: (c) => c.query("SELECT $1::int", 5 as unknown as number[]),
    statements: ["SELECT $1::int"],
  },
  "nothing at all": {
    call: async (c) => c.query(undefined as unknown as string),
    statements: [],
  },
};

/** What user code gets: the result without the driver's bookkeeping, or the error. */
async function gotten(work: Promise<unknown>): Promise<unknown> {
  try {
    return JSON.parse(JSON.stringify(await work));
  } catch (error) {
    const { message, code, severity } = error as Error & { code?: string; severity?: string };
    return { message, code, severity, prototype: Object.getPrototypeOf(error).constructor.name };
  }
}

describe("pg: every way of calling it is one step a statement, and answers as ever", () => {
  let backend: Backend<Client>;
  let plain: Client;
  beforeAll(async () => {
    backend = await connectPostgres({ url: url() });
    plain = new Client(url());
    await plain.connect();
  });
  afterAll(async () => {
    await plain.end();
    await backend[Symbol.asyncDispose]();
  });

  for (const [name, { call, statements }] of Object.entries(forms)) {
    it(`answers as ever: ${name}`, async () => {
      const gate = new Doorkeeper();
      const gated = await backend.open(gate);
      const free = await backend.open(open_gate);
      const expected = await gotten(call(plain));
      expect(await gotten(call(gated.client))).toEqual(expected);
      expect(await gotten(call(free.client))).toEqual(expected);
      expect(gate.steps.map((step) => step.statement)).toEqual(statements);
      for (const session of [gated, free]) await session[Symbol.asyncDispose]();
    });
  }

  it("replies keep their column names, also in array mode; statements are whole", async () => {
    const gate = new Doorkeeper();
    await using session = await backend.open(gate);
    const { client } = session;
    const text = `SELECT 7 AS v, '${"x".repeat(300)}' AS t FROM pg_class LIMIT 1`;
    await client.query({ text, rowMode: "array" });
    await client.query({ text: "SELECT 7 AS v WHERE false", rowMode: "array" });
    expect(gate.replies[0]).toMatch(/^v = 7, t = 'x+….*x'$/);
    expect(gate.replies[1]).toBe("0 rows");
    expect(gate.steps[0]?.statement).toBe(text);
  });

  it("is still a pg.Client, and takes no cursor past the gate in silence", async () => {
    const session = await backend.open(new Doorkeeper());
    expect(session.client).toBeInstanceOf(Client);
    const cursor = { submit: () => undefined, text: "SELECT 1" };
    expect(() => session.client.query(cursor as never)).toThrow(/cannot pass the gate/);
    await session[Symbol.asyncDispose]();
  });

  it("BEGIN takes the level of the session, with no statement of ours at the gate", async () => {
    for (const isolation of backend.isolations) {
      const gate = new Doorkeeper();
      const session = await backend.open(gate, { isolation });
      await session.client.query("BEGIN");
      const { rows } = await session.client.query("SHOW transaction_isolation");
      expect(rows).toEqual([{ transaction_isolation: isolation.toLowerCase() }]);
      expect(gate.steps).toHaveLength(2);
      await session[Symbol.asyncDispose]();
    }
  });

  it("loses the whole reply: a notice that comes before it, and one of many pieces", async () => {
    const outside = await backend.open(open_gate);
    await outside.client.query("CREATE TABLE noticed (v int)");
    const noticing = `DO $$ BEGIN RAISE NOTICE 'soon'; PERFORM pg_sleep(0.05);
      INSERT INTO noticed VALUES (1); END $$`;
    const long = `WITH one AS (INSERT INTO noticed VALUES (2) RETURNING v)
      SELECT repeat('x', 1000) FROM one, generate_series(1, 1000)`;
    for (const sql of [noticing, long]) {
      const session = await backend.open(new Doorkeeper());
      session.loseNextReply();
      await expect(session.client.query(sql)).rejects.toThrow("Connection terminated unexpectedly");
      await session[Symbol.asyncDispose]();
    }
    const { rows } = await outside.client.query("SELECT v FROM noticed ORDER BY v");
    expect(rows).toEqual([{ v: 1 }, { v: 2 }]);
    await outside[Symbol.asyncDispose]();
  });

  it("clean gives back what a program left, past the gate", async () => {
    const gate = new Doorkeeper();
    const session = await backend.open(gate, { isolation: "SERIALIZABLE" });
    const other = await backend.open(open_gate);
    await session.client.query("SELECT pg_advisory_lock(77)");
    await session.client.query("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY");
    await session.client.query("SET default_transaction_isolation = 'read committed'");
    await session.client.query("BEGIN");
    await session.client.query("SELECT 1/0").catch(() => undefined);
    const steps = gate.steps.length;
    await session.clean?.("something");
    expect(gate.steps).toHaveLength(steps);
    const { rows } = await other.client.query("SELECT pg_try_advisory_lock(77) AS free");
    expect(rows).toEqual([{ free: true }]);
    const level = await session.client.query("SHOW transaction_isolation");
    expect(level.rows).toEqual([{ transaction_isolation: "serializable" }]);
    for (const open of [session, other]) await open[Symbol.asyncDispose]();
  });
});

describe("pg.Pool", () => {
  it("passes the gate with all its connections, one step at a time", async () => {
    const backend = await connectPostgresPool({ url: url() });
    const gate = new Doorkeeper();
    const session = await backend.open(gate);
    const pool = session.client;
    await pool.query("CREATE TABLE stock (left_over int)");
    await pool.query("INSERT INTO stock VALUES ($1)", [5]);
    const take = "UPDATE stock SET left_over = left_over - 1";
    await Promise.all([pool.query(take), pool.query(take), pool.query(take)]);
    const client = await pool.connect();
    const { rows } = await client.query("SELECT left_over FROM stock");
    client.release();
    expect(rows).toEqual([{ left_over: 2 }]);
    expect(gate.replies).toEqual([
      "OK",
      "1 row changed",
      "1 row changed",
      "1 row changed",
      "1 row changed",
      "left_over = 2",
    ]);
    expect(gate.seen.filter((line) => line.startsWith("done"))).toHaveLength(6);
    // Even a pool that still lends a connection is disposed of.
    await pool.connect();
    await session[Symbol.asyncDispose]();
    await backend[Symbol.asyncDispose]();
  });

  it("shows who waits, whichever of its connections it is, and replaces a lost one", async () => {
    const backend = await connectPostgresPool({ url: url() });
    const [one, two] = [await backend.open(new Doorkeeper()), await backend.open(new Doorkeeper())];
    await one.client.query("SELECT 1");
    const holder = await one.client.connect();
    await holder.query("SELECT pg_advisory_lock(5)");
    const waits = two.client.query("SELECT pg_advisory_xact_lock(5)");
    while ((await backend.waiting([one, two])).size === 0);
    expect(await backend.waiting([one, two])).toEqual(new Set([two]));
    await holder.query("SELECT pg_advisory_unlock(5)");
    holder.release();
    await waits;
    two.loseNextReply();
    await expect(two.client.query("SELECT 1")).rejects.toThrow(
      "Connection terminated unexpectedly",
    );
    expect(two.alive).toBe(true);
    expect((await two.client.query("SELECT 2 AS v")).rows).toEqual([{ v: 2 }]);
    await backend[Symbol.asyncDispose]();
  });
});
