/** Each lane has a database of its own, made from one schema. */

import { Redis } from "ioredis";
import mysql, { type RowDataPacket } from "mysql2/promise";
import pg from "pg";
import { describe, expect, inject, test } from "vitest";
import { CannotConnect } from "../../backends/cannot-connect.ts";
import { SchemaFailed, withSchema } from "../../backends/lane-database.ts";
import { openLaneDatabase } from "../../backends/open-lane-database.ts";
import { ownServer } from "../own-server.ts";

const servers = () => inject("servers");
const table = "CREATE TABLE account (id int PRIMARY KEY, balance int)";

async function tablesIn(url: string): Promise<unknown[]> {
  if (url.startsWith("postgres")) {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    const { rows } = await client.query(
      "SELECT tablename FROM pg_tables WHERE schemaname = 'public'",
    );
    await client.end();
    return rows.map(({ tablename }) => tablename);
  }
  const connection = await mysql.createConnection(url);
  const [rows] = await connection.query<RowDataPacket[]>("SHOW TABLES");
  await connection.end();
  return rows.map((row) => Object.values(row)[0]);
}

test.each(["postgres", "mysql", "mariadb"] as const)(
  "%s: statements, and a lane more",
  async (kind) => {
    await using first = await withSchema(
      await openLaneDatabase(servers()[kind]),
      `${table}; CREATE TABLE two (n int)`,
    );
    await first.door.prepare("SERIALIZABLE");
    await using second = (await first.copyForLane?.())!;
    const urls = [first, second].map(({ door }) => door.address().url);
    expect(new Set(urls).size).toBe(2);
    for (const url of urls) expect(await tablesIn(url)).toEqual(["account", "two"]);
  },
);

test("what cannot be copied is made again: a trigger", async () => {
  let made = 0;
  const schema = async (url: string): Promise<void> => {
    made++;
    const connection = await mysql.createConnection(url);
    await connection.query(table);
    await connection.query(
      "CREATE TRIGGER t BEFORE INSERT ON account FOR EACH ROW SET NEW.balance = 1",
    );
    await connection.end();
  };
  await using first = await withSchema(await openLaneDatabase(servers().mysql), schema);
  await using second = (await first.copyForLane?.())!;
  expect(await tablesIn(second.door.address().url)).toEqual(["account"]);
  expect(made).toBe(2);
});

test("what can be copied is made once", async () => {
  let made = 0;
  const schema = async (url: string): Promise<void> => {
    made++;
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query(table);
    await client.end();
  };
  await using first = await withSchema(await openLaneDatabase(servers().postgres), schema);
  await first.door.prepare(undefined);
  await using second = (await first.copyForLane?.())!;
  expect(await tablesIn(second.door.address().url)).toEqual(["account"]);
  expect(made).toBe(1);
});

// Servers of their own: at a shared one, other tests take the database that this one wants to find in use.
describe.each(["redis", "valkey"] as const)("%s", (kind) => {
  const server = ownServer(kind);

  test("numbered databases, empty and never the same", async () => {
    const url = server();
    const taken = new Redis(`${url}/1`, { replyMapping: "legacy" });
    await taken.set("somebody's", 1);
    const urls: string[] = [];
    {
      const fill = async (at: string): Promise<void> => {
        const client = new Redis(at, { replyMapping: "legacy" });
        await client.set("seed", 1);
        await client.quit();
      };
      await using first = await withSchema(await openLaneDatabase({ url }), fill);
      await using second = (await first.copyForLane?.())!;
      urls.push(...[first, second].map(({ door }) => door.address().url));
      expect(new Set([...urls, `${url}/1`]).size).toBe(3);
      expect([...(await second.contents!("")).keys()]).toEqual(["key seed"]);
    }
    for (const at of urls) {
      const client = new Redis(at, { replyMapping: "legacy" });
      expect(await client.dbsize()).toBe(0);
      await client.quit();
    }
    expect(await taken.get("somebody's")).toBe("1");
    await taken.quit();
  });
});

test("a schema that fails is told, and nothing is left", async () => {
  const database = await openLaneDatabase(servers().postgres);
  const { url } = database.door.address();
  const error = await withSchema(database, "CREATE TABEL account (id int)").catch(
    (e: unknown) => e,
  );
  expect(error).toBeInstanceOf(SchemaFailed);
  expect((error as Error).message).toContain('syntax error at or near "TABEL"');
  await expect(tablesIn(url)).rejects.toThrow("does not exist");
});

test("a URL of which nothing is known is one sentence", async () => {
  const error = await openLaneDatabase({ url: "mongodb://127.0.0.1" }).catch((e: unknown) => e);
  expect(error).toBeInstanceOf(CannotConnect);
});
