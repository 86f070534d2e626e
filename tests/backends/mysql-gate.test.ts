import mysql from "mysql2";
import type { Connection } from "mysql2/promise";
import mysqlPromise from "mysql2/promise";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { type Backend, type Gate, open_gate } from "../../backends/backend.ts";
import { connectMysql } from "../../backends/mysql/backend.ts";
import { Doorkeeper } from "../doorkeeper.ts";

const url = (): string => inject("servers").mysql.url;

/** The connection under the promises, for callbacks and events. */
const core = (client: Connection): mysql.Connection =>
  (client as unknown as { connection: mysql.Connection }).connection;

/** A callback API as a promise. */
function called(
  call: (done: (error: mysql.QueryError | null, result: unknown) => void) => unknown,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    call((error, result) => (error ? reject(error) : resolve(result)));
  });
}

/** A query that reports by events, as a promise. */
function heard(query: mysql.Query): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const rows: unknown[] = [];
    query.on("result", (row: unknown) => rows.push(row));
    query.on("error", reject);
    query.on("end", () => resolve(rows));
  });
}

interface Form {
  readonly call: (client: Connection) => Promise<unknown>;
  readonly statements: readonly string[];
}

/** How people call mysql2, and the steps that must result. */
const forms: Readonly<Record<string, Form>> = {
  query: { call: (c) => c.query("SELECT 1 AS v"), statements: ["SELECT 1 AS v"] },
  "query with values": {
    call: (c) => c.query("SELECT ? AS v, ? AS t", [7, "it's"]),
    statements: ["SELECT 7 AS v, 'it\\'s' AS t"],
  },
  "config object": {
    call: (c) => c.query({ sql: "SELECT ? AS v", values: [7], rowsAsArray: true }),
    statements: ["SELECT 7 AS v"],
  },
  "execute: PREPARE and EXECUTE are one step": {
    call: (c) => c.execute("SELECT ? + 1 AS v", [7]),
    statements: ["SELECT 7 + 1 AS v"],
  },
  "execute, prepared before": {
    call: async (c) => [
      await c.execute("SELECT ? + 2 AS v", [1]),
      await c.execute("SELECT ? + 2 AS v", [2]),
    ],
    statements: ["SELECT 1 + 2 AS v", "SELECT 2 + 2 AS v"],
  },
  "a statement prepared by hand": {
    async call(c) {
      const statement = await c.prepare("SELECT ? + 3 AS v");
      const results = [await statement.execute([1]), await statement.execute([2])];
      await statement.close();
      return results;
    },
    statements: ["PREPARE SELECT ? + 3 AS v", "SELECT 1 + 3 AS v", "SELECT 2 + 3 AS v"],
  },
  "transaction helpers": {
    async call(c) {
      await c.beginTransaction();
      await c.query("SELECT 1");
      await c.commit();
      await c.beginTransaction();
      await c.rollback();
    },
    statements: ["START TRANSACTION", "SELECT 1", "COMMIT", "START TRANSACTION", "ROLLBACK"],
  },
  "query, callback": {
    call: (c) => called((done) => core(c).query("SELECT ? AS v", [1], done)),
    statements: ["SELECT 1 AS v"],
  },
  "execute, callback": {
    call: (c) => called((done) => core(c).execute("SELECT ? + 4 AS v", [1], done)),
    statements: ["SELECT 1 + 4 AS v"],
  },
  "query, events": {
    call: (c) => heard(core(c).query("SELECT 1 AS v UNION SELECT 2")),
    statements: ["SELECT 1 AS v UNION SELECT 2"],
  },
  "query, events, error": { call: (c) => heard(core(c).query("SELEKT")), statements: ["SELEKT"] },
  "query, stream": {
    call: (c) => core(c).query("SELECT 1 AS v UNION SELECT 2").stream().toArray(),
    statements: ["SELECT 1 AS v UNION SELECT 2"],
  },
  "execute, events": {
    call: (c) => heard(core(c).execute("SELECT 1 AS v UNION SELECT 3")),
    statements: ["SELECT 1 AS v UNION SELECT 3"],
  },
  "helpers with callbacks": {
    async call(c) {
      await called((done) => core(c).beginTransaction((error) => done(error, undefined)));
      await called((done) => core(c).commit((error) => done(error, undefined)));
    },
    statements: ["START TRANSACTION", "COMMIT"],
  },
  "without awaiting": {
    call: (c) =>
      Promise.all([c.query("SELECT 1 AS v"), c.execute("SELECT 5 AS v"), c.query("SELECT 3 AS v")]),
    statements: ["SELECT 1 AS v", "SELECT 5 AS v", "SELECT 3 AS v"],
  },
  ping: { call: (c) => c.ping(), statements: ["ping"] },
  reset: { call: (c) => c.reset(), statements: ["reset connection"] },
  "syntax error in query": { call: (c) => c.query("SELEKT"), statements: ["SELEKT"] },
  "syntax error in execute": { call: (c) => c.execute("SELEKT"), statements: ["SELEKT"] },
  "syntax error in execute, callback": {
    call: (c) => called((done) => core(c).execute("SELEKT", done)),
    statements: ["SELEKT"],
  },
  "syntax error in execute, events": {
    call: (c) => heard(core(c).execute("SELEKT")),
    statements: ["SELEKT"],
  },
  "errors in front of other statements": {
    call: (c) =>
      Promise.allSettled([c.execute("SELEKT"), c.query("SELEKT"), c.query("SELECT 1 AS v")]),
    statements: ["SELEKT", "SELEKT", "SELECT 1 AS v"],
  },
  "undefined as a value": {
    call: (c) => c.execute("SELECT ?", [undefined as unknown as string]),
    statements: [],
  },
};

/** What user code gets: the result, or the error. */
async function gotten(work: Promise<unknown>): Promise<unknown> {
  try {
    return JSON.parse(JSON.stringify((await work) ?? null));
  } catch (error) {
    const { message, code, errno, sqlState } = error as mysql.QueryError & { sqlState?: string };
    return { message, code, errno, sqlState };
  }
}

/** Lets every step go, but not in the same turn in which it came. */
class Hesitant extends Doorkeeper {
  override async pass<T>(...rest: Parameters<Gate["pass"]>): Promise<T> {
    await new Promise((resolve) => setImmediate(resolve));
    return (await super.pass(...rest)) as T;
  }
}

describe("mysql2: every way of calling it is one step a statement, and answers as ever", () => {
  let backend: Backend<Connection>;
  let plain: Connection;
  beforeAll(async () => {
    backend = await connectMysql({ url: url() });
    plain = await mysqlPromise.createConnection(url());
  });
  afterAll(async () => {
    await plain.end();
    await backend[Symbol.asyncDispose]();
  });

  for (const [name, { call, statements }] of Object.entries(forms)) {
    it(`answers as ever: ${name}`, async () => {
      const expected = await gotten(call(plain));
      for (const gate of [new Doorkeeper(), new Hesitant()]) {
        const gated = await backend.open(gate);
        expect(await gotten(call(gated.client))).toEqual(expected);
        expect(gate.steps.map((step) => step.statement)).toEqual(statements);
        await gated[Symbol.asyncDispose]();
      }
      const free = await backend.open(open_gate);
      expect(await gotten(call(free.client))).toEqual(expected);
      await free[Symbol.asyncDispose]();
    });
  }

  it("BEGIN takes the level of the session, with no statement of ours at the gate", async () => {
    for (const isolation of backend.isolations) {
      const gate = new Doorkeeper();
      const session = await backend.open(gate, { isolation });
      const level = backend.name === "mariadb" ? "@@tx_isolation" : "@@transaction_isolation";
      const [rows] = await session.client.query(`SELECT ${level} AS level`);
      expect(rows).toEqual([{ level: isolation.replace(" ", "-") }]);
      expect(gate.steps).toHaveLength(1);
      await session[Symbol.asyncDispose]();
    }
  });

  it("clean gives back what a program left, past the gate", async () => {
    const gate = new Doorkeeper();
    const session = await backend.open(gate, { isolation: "SERIALIZABLE" });
    await session.client.query("SELECT GET_LOCK('left', 1)");
    await session.client.query("SET SESSION innodb_lock_wait_timeout = 40");
    await session.client.beginTransaction();
    const steps = gate.steps.length;
    await session.clean?.("something");
    expect(gate.steps).toHaveLength(steps);
    const [rows] = await session.client.query(
      "SELECT IS_FREE_LOCK('left') AS free, @@innodb_lock_wait_timeout AS wait_s, @@tx_isolation AS level".replace(
        "@@tx_isolation",
        backend.name === "mariadb" ? "@@tx_isolation" : "@@transaction_isolation",
      ),
    );
    expect(rows).toEqual([{ free: 1, wait_s: 5, level: "SERIALIZABLE" }]);
    await session[Symbol.asyncDispose]();
  });

  it("execute: the reply that is lost answers EXECUTE, not PREPARE", async () => {
    const outside = await backend.open(open_gate);
    await outside.client.query("CREATE TABLE lose (v int)");
    for (const gate of [open_gate, new Doorkeeper(), new Hesitant()]) {
      const session = await backend.open(gate);
      session.loseNextReply();
      const insert = session.client.execute("INSERT INTO lose VALUES (?)", [1]);
      await expect(insert).rejects.toMatchObject({ code: "PROTOCOL_CONNECTION_LOST" });
      await session[Symbol.asyncDispose]();
    }
    const [rows] = await outside.client.query("SELECT count(*) AS n FROM lose");
    expect(rows).toEqual([{ n: 3 }]);
    await outside[Symbol.asyncDispose]();
  });

  it("replies keep their column names, also in array mode; statements are whole", async () => {
    const gate = new Doorkeeper();
    await using session = await backend.open(gate);
    const sql = `SELECT 7 AS v, '${"x".repeat(300)}' AS t FOR UPDATE`;
    await session.client.query({ sql, rowsAsArray: true });
    await session.client.execute({ sql: "SELECT 8 AS v", rowsAsArray: true });
    await session.client.query({ sql: "SELECT 7 AS v LIMIT 0", rowsAsArray: true });
    expect(gate.replies[0]).toMatch(/^v = 7, t = 'x+….*x'$/);
    expect(gate.replies.slice(1)).toEqual(["v = 8", "0 rows"]);
    expect(gate.steps[0]?.statement).toBe(sql);
  });

  it("BEGIN in an open transaction commits it, so it does not commute", async () => {
    const gate = new Doorkeeper();
    const session = await backend.open(gate);
    for (const sql of ["BEGIN", "BEGIN", "COMMIT", "BEGIN"]) await session.client.query(sql);
    expect(gate.steps.map((step) => step.kind)).toEqual(["begin", "write", "commit", "begin"]);
    await session[Symbol.asyncDispose]();
  });

  it("a connection lost while its statement stands at the gate: not sent", async () => {
    const gate = new Doorkeeper();
    const session = await backend.open(gate);
    gate.shut = true;
    const heard = gotten(session.client.query("SELECT 1"));
    const outside = await backend.open(open_gate);
    await outside.client.query(`KILL ${session.client.threadId}`);
    while (session.alive) await new Promise((resolve) => setImmediate(resolve));
    gate.release();
    expect(await heard).toMatchObject({ code: "PROTOCOL_CONNECTION_LOST" });
    await outside[Symbol.asyncDispose]();
    await session[Symbol.asyncDispose]();
  });

  it("a gate that refuses: nothing is sent, and the connection goes on", async () => {
    let refuses = true;
    const gate: Gate = {
      pass: (_step, send) => (refuses ? Promise.reject(new Error("refused")) : send()),
    };
    const session = await backend.open(gate);
    const refused = [
      session.client.query("SELECT 1"),
      session.client.execute("SELECT 2"),
      session.client.commit(),
    ];
    for (const call of refused) await expect(call).rejects.toThrow("refused");
    refuses = false;
    expect((await session.client.execute("SELECT 3 AS v"))[0]).toEqual([{ v: 3 }]);
    await session[Symbol.asyncDispose]();
  });
});
