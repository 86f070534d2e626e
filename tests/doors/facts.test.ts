/** A driver's gate and a door tell the same facts of the same statements. */
import { Redis } from "ioredis";
import mysql from "mysql2/promise";
import pg from "pg";
import { expect, inject, test } from "vitest";
import type { Backend, Gate } from "../../backends/backend.ts";
import { connectMysql } from "../../backends/mysql/backend.ts";
import { connectPostgres } from "../../backends/postgres/backend.ts";
import { connectRedis } from "../../backends/redis/backend.ts";
import type { Fact } from "../../backends/step-facts.ts";
import { throughDoors } from "../../schedules/doors/door-backend.ts";

/** What the steps of a program say that they did. */
async function factsOf<Client>(
  backend: Backend<Client>,
  run: (client: Client) => Promise<unknown>,
): Promise<(readonly Fact[] | undefined)[]> {
  const told: (readonly Fact[] | undefined)[] = [];
  const gate: Gate = {
    async pass(step, send) {
      const reply = await send();
      // A door takes a commit for a step of its own.
      if (step.kind !== "commit") told.push(step.facts?.(reply));
      return reply;
    },
  };
  await using session = await backend.open(gate);
  await run(session.client);
  return told;
}

const columns =
  "id varchar(20) PRIMARY KEY, n integer, big bigint, price numeric(10, 2), note text";
const values = ["a", 1, 2 ** 40, "1.50", "it's; --"];
const plain = [
  "UPDATE thing SET n = n + 1, note = 'x''y' WHERE id = 'a' AND n = 1",
  "SELECT id, n AS number, big, price, note FROM thing WHERE id = 'a' FOR UPDATE",
  "SELECT count(*) AS count FROM thing WHERE n > 7",
  "UPDATE thing SET n = NULL WHERE id = 'nobody'",
  "DELETE FROM thing WHERE id = 'a'",
];
const select = "SELECT n, price FROM thing WHERE id = ";

test("PostgreSQL", async () => {
  await using backend = await connectPostgres(inject("servers").postgres);
  const run = async (client: pg.Client): Promise<void> => {
    await client.query(`CREATE TEMP TABLE thing (${columns})`);
    await client.query(
      "INSERT INTO thing (id, n, big, price, note) VALUES ($1, $2, $3, $4, $5)",
      values,
    );
    await client.query(`${select}$1`, ["a"]);
    await client.query("UPDATE thing SET n = n + 0 WHERE id = $1 RETURNING n, note", ["a"]);
    await client.query({ name: "by id", text: `${select}$1`, values: ["a"], rowMode: "array" });
    for (const sql of plain) await client.query(sql);
  };
  const make = {
    async open({ url }: { url: string }) {
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      return client;
    },
    close: (client: pg.Client) => client.end(),
  };
  const driver = await factsOf(backend, run);
  expect(await factsOf(throughDoors(backend, make), run)).toEqual(driver);
  expect(driver[2]).toMatchObject([{ found: [{ columns: { n: "1", price: "1.50" } }] }]);
  expect(driver[3]).toMatchObject([{ rows: 1, became: { n: "1" } }]);
  expect(driver[5]).toMatchObject([{ where: { id: "a", n: "1" }, rows: 1, isAll: true }]);
});

test.each(["mysql", "mariadb"] as const)("%s", async (kind) => {
  await using backend = await connectMysql(inject("servers")[kind]);
  const run = async (client: mysql.Connection): Promise<void> => {
    await client.query(`CREATE TEMPORARY TABLE thing (${columns})`);
    await client.execute(
      "INSERT INTO thing (id, n, big, price, note) VALUES (?, ?, ?, ?, ?)",
      values,
    );
    await client.query(`${select}?`, ["a"]);
    await client.execute({ sql: `${select}?`, values: ["a"], rowsAsArray: true });
    for (const sql of plain) await client.query(sql);
  };
  const make = {
    open: ({ url }: { url: string }) => mysql.createConnection(url),
    close: (client: mysql.Connection) => client.end(),
  };
  const driver = await factsOf(backend, run);
  const door = await factsOf(throughDoors(backend, make), run);
  expect(door).toEqual(driver);
  expect(driver[2]).toMatchObject([{ found: [{ columns: { n: "1", price: "1.50" } }] }]);
});

test("Redis", async () => {
  await using backend = await connectRedis(inject("servers").redis);
  const run = async (client: Redis): Promise<void> => {
    await client.set("facts:a", "5", "PX", 10_000);
    await client.get("facts:a");
    await client.get("facts:nothing");
    await client.multi().incr("facts:a").hset("facts:h", "x", 1).exec();
    await client.pipeline().get("facts:a").set("facts:a", "1", "NX").exec();
    await client.hgetall("facts:h");
    await client.del("facts:a", "facts:h");
  };
  const make = {
    open: ({ url }: { url: string }) => new Redis(url),
    close: (client: Redis) => client.disconnect(),
  };
  const driver = await factsOf(backend, run);
  // Through a door, the commands of a pipeline are steps of their own.
  const door = await factsOf(throughDoors(backend, make), run);
  expect(door.flat()).toEqual(driver.flat());
  expect(door).toHaveLength(driver.length + 1);
  expect(driver[3]).toMatchObject([{ became: { "": "6" } }, { assigned: { x: "1" } }]);
});
