/**
 * Somebody who is none of the clients has a part in it that they wait: that is no mutual waiting of theirs. What they do
 * to each other is still found.
 */
import { type Connection, createConnection, type RowDataPacket } from "mysql2/promise";
import pg from "pg";
import { describe, expect, onTestFinished, test } from "vitest";
import { connectMysql } from "../../backends/mysql/backend.ts";
import { connectPostgres, connectPostgresPool } from "../../backends/postgres/backend.ts";
import { explore, NoVerdict } from "../../index.ts";
import type { Program } from "../../schedules/program.ts";
import { Lane, type Played } from "../../schedules/run/lane.ts";
import { pickFrom } from "../../schedules/search/search.ts";
import type { Ending } from "../../schedules/trace.ts";
import { ownServer } from "../own-server.ts";

const table = "CREATE TABLE IF NOT EXISTS account (id int PRIMARY KEY, balance int)";
const rows = "INSERT INTO account VALUES (1, 0), (2, 0)";
const locks = (id: number): string => `SELECT balance FROM account WHERE id = ${id} FOR UPDATE`;
const adds = (id: number): string => `UPDATE account SET balance = balance + 1 WHERE id = ${id}`;

const reasonOf = (ending: Ending): string => ("reason" in ending ? ending.reason : ending.kind);

describe.each(["mysql", "mariadb"] as const)("%s", (kind) => {
  const url = ownServer(kind);

  async function connected(): Promise<Connection> {
    const connection = await createConnection(url());
    onTestFinished(() => connection.destroy());
    return connection;
  }

  /** @param outsider it already uses the clients' database when the schedule begins */
  async function play(
    clients: number,
    choices: readonly number[],
    run: (client: Connection, number: number) => Promise<unknown>,
    outsider?: Connection,
    holds: readonly string[] = [],
  ): Promise<Played> {
    await using backend = await connectMysql({ url: url() });
    const program: Program<Connection> = {
      async setup(client) {
        for (const statement of [table, "DELETE FROM account", rows]) await client.query(statement);
        const [[found]] = await client.query<RowDataPacket[]>("SELECT DATABASE() AS name");
        await outsider?.query(`USE ${found!["name"]}`);
        for (const statement of holds) await outsider!.query(statement);
      },
      run: (client, around) => run(client, around.client),
      check: async () => undefined,
    };
    const lane = new Lane(backend, program, { key: "outsiders" });
    const operations = Array.from({ length: clients }, () => 1);
    const played = await lane.play({ operations, pick: pickFrom(choices), faults: [] });
    // Before the lane closes: a lock on all tables would hold up its end, too.
    outsider?.destroy();
    await lane[Symbol.asyncDispose]();
    return played;
  }

  const says =
    (...statements: string[]) =>
    async (client: Connection): Promise<void> => {
      for (const statement of statements) await client.query(statement);
    };
  const named = "SELECT GET_LOCK('outsiders', 10)";

  test("a row and a named lock: the clients wait for each other, which no server sees", async () => {
    const bystander = await connected();
    const one = says("BEGIN", locks(1), named);
    const two = says("BEGIN", named, locks(1));
    const { failure } = await play(
      2,
      [0, 0, 1, 0],
      (client, number) => (number === 1 ? one : two)(client),
      bystander,
      ["BEGIN", locks(2)],
    );
    expect(failure).toMatchObject({ kind: "mutual waiting" });
  });

  test.each([
    ["a row", [adds(1)], ["BEGIN", locks(1)]],
    ["a named lock", [named], [named]],
    ["a table", [adds(1)], ["LOCK TABLES account WRITE"]],
    ["all tables", [adds(1)], ["FLUSH TABLES WITH READ LOCK"]],
  ])("somebody else holds %s", async (_, statements, holds) => {
    const { failure, trace } = await play(2, [], says(...statements), await connected(), holds);
    expect(failure).toBeUndefined();
    expect(trace.ending.kind).toBe("held up");
    expect(reasonOf(trace.ending)).toMatch(
      /^client 1 and client 2 were held up by somebody else at the server: (connection \d+ of user|somebody holds a lock on all its tables)/,
    );
  });
});

describe("MySQL's tables are flushed while a client waits for another", () => {
  const url = ownServer("mysql");

  /** Client 1 locks a row, client 2 waits for it, and then the table is to be opened once more. */
  async function flushed(flush: (at: Connection) => Promise<unknown>, by: "client" | "outsider") {
    const at = await createConnection(url());
    onTestFinished(() => at.destroy());
    await using backend = await connectMysql({ url: url() });
    const waitsForFlush = async (): Promise<void> => {
      const waiting = "SELECT 1 FROM information_schema.processlist WHERE state LIKE ?";
      while (
        (await at.query<RowDataPacket[]>(waiting, ["Waiting for table flush"]))[0].length === 0
      );
    };
    const program: Program<Connection> = {
      async setup(client) {
        for (const statement of [table, "DELETE FROM account", rows]) await client.query(statement);
      },
      async run(client, { client: number }) {
        if (number === 2) return client.query(adds(1));
        if (number === 3) return client.query("FLUSH TABLES");
        await client.query("BEGIN");
        await client.query(locks(1));
        await client.query("DO 1");
        if (by === "outsider") {
          const other = await createConnection(url());
          onTestFinished(() => other.destroy());
          flush(other).catch(() => undefined);
          await waitsForFlush();
        }
        return client.query(adds(2));
      },
      check: async () => undefined,
    };
    await using lane = new Lane(backend, program, { key: "flushed" });
    const operations = by === "client" ? [1, 1, 1] : [1, 1];
    // Client 1 up to its lock, client 2, and where there is one, client 3; the rest follows.
    const pick = pickFrom(by === "client" ? [0, 0, 1, 2] : [0, 0, 1]);
    return await lane.play({ operations, pick, faults: [] });
  }

  test("by somebody else: they were held up", async () => {
    const { failure, trace } = await flushed((at) => at.query("FLUSH TABLES"), "outsider");
    expect([failure, reasonOf(trace.ending)]).toEqual([
      undefined,
      expect.stringMatching(/held up by somebody else at the server: its tables were flushed/),
    ]);
  });

  test("by a client: that is mutual waiting", async () => {
    const { failure } = await flushed((at) => at.query("DO 1"), "client");
    expect(failure?.kind).toBe("mutual waiting");
  });
});

describe("PostgreSQL", () => {
  const url = ownServer("postgres");

  async function outsider(database: string): Promise<pg.Client> {
    const at = new URL(url());
    at.pathname = database;
    const client = new pg.Client({ connectionString: at.href, application_name: "somebody" });
    await client.connect();
    client.on("error", () => undefined);
    return client;
  }

  const nameOf = async (client: pg.ClientBase): Promise<string> => {
    const { rows } = await client.query<{ name: string }>("SELECT current_database() AS name");
    return rows[0]!.name;
  };

  test("somebody else holds a row: they were held up", async () => {
    await using backend = await connectPostgres({ url: url() });
    let other: pg.Client | undefined;
    const program: Program<pg.Client> = {
      async setup(client) {
        await client.query(`${table}; DELETE FROM account; ${rows}`);
        other = await outsider(await nameOf(client));
        await other.query(`BEGIN; ${locks(1)}`);
      },
      run: async (client) => void (await client.query(adds(1))),
      check: async () => undefined,
    };
    await using lane = new Lane(backend, program, { key: "outsiders" });
    const { failure, trace } = await lane.play({
      operations: [1, 1],
      pick: pickFrom([]),
      faults: [],
    });
    await other!.end();
    expect(failure).toBeUndefined();
    expect(reasonOf(trace.ending)).toMatch(
      /^client 1 and client 2 were held up by somebody else at the server: process \d+ \(client backend, user \w+, somebody\)$/,
    );
  });

  test("a client waits for its own other connection: that is its own doing", async () => {
    await using backend = await connectPostgresPool({ url: url() });
    const program: Program<pg.Pool> = {
      setup: async (pool) => void (await pool.query(`${table}; DELETE FROM account; ${rows}`)),
      async run(pool, { client }) {
        if (client === 2) return;
        const one = await pool.connect();
        await one.query("BEGIN");
        await one.query(locks(1));
        await pool.query(adds(1));
      },
      check: async () => undefined,
    };
    await using lane = new Lane(backend, program, { key: "pool" });
    const { failure } = await lane.play({ operations: [1, 1], pick: pickFrom([]), faults: [] });
    expect(failure?.kind).toBe("mutual waiting");
  });

  /** @param schedules in how many of them somebody is in the way */
  const exploring = async (schedules: number) => {
    let other: pg.Client | undefined;
    let set_ups = 0;
    let held = 0;
    const explored = explore({
      database: url(),
      schema: table,
      client: (at) => new pg.Pool({ connectionString: at }),
      async setup(pool) {
        await other?.end();
        other = undefined;
        await pool.query(`DELETE FROM account; ${rows}`);
        set_ups++;
      },
      check: () => true,
      async run(pool) {
        const { rows } = await pool.query("SELECT current_database() AS name");
        // The first one only warms up.
        if (other === undefined && set_ups > 2 && held < schedules) {
          held++;
          other = await outsider(rows[0].name as string);
          await other.query(`BEGIN; ${locks(1)}`);
        }
        await pool.query(adds(1));
      },
    });
    try {
      return await explored;
    } finally {
      await other?.end();
    }
  };

  test("through doors: what somebody held up is tried again, and proved", async () => {
    const { text } = await exploring(1);
    expect(text).toContain("proof for this size");
  });

  test("through doors: who is always in the way leaves no verdict", async () => {
    const error = await exploring(Infinity).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(NoVerdict);
    expect(String(error)).toMatch(
      /held up by somebody else at the server: process .*Run it again when nobody else is in the way/s,
    );
  });
});
