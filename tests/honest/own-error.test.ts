/** What the program threw is shown first, with its stack; an error that needs no race is not a race. */
import type { Client } from "pg";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { type Backend, open_gate } from "../../backends/backend.ts";
import { connectPostgres } from "../../backends/postgres/backend.ts";
import { type ExploreOptions, explore, ProgramFailed } from "../../library/explore.ts";

let postgres: Backend<Client>;
beforeAll(async () => {
  postgres = await connectPostgres(inject("servers").postgres);
  await using session = await postgres.open(open_gate);
  await session.client.query("CREATE TABLE account (id text PRIMARY KEY, v integer NOT NULL)");
});
afterAll(() => postgres?.[Symbol.asyncDispose]());

const program = (run: ExploreOptions<Client>["run"]): ExploreOptions<Client> => ({
  name: "account",
  backend: postgres,
  setup: (db, key) => db.query("DELETE FROM account WHERE id = $1", [key]),
  run,
  check: async () => {},
});

async function failed(run: ExploreOptions<Client>["run"]): Promise<ProgramFailed> {
  const error = await explore(program(run)).catch((error: unknown) => error);
  if (!(error instanceof ProgramFailed)) throw new Error("no ProgramFailed", { cause: error });
  return error;
}

test("a TypeError before the first statement", async () => {
  const { message, cause } = await failed(async (db) => {
    const config: { table?: { name: string } } = {};
    await db.query(`SELECT * FROM ${config.table!.name}`);
  });
  expect(message).toContain("client 1 threw TypeError: Cannot read properties of undefined");
  expect(message).toMatch(/\n +at .*own-error\.test\.ts/);
  expect(cause).toBeInstanceOf(TypeError);
});

test("a connection that another service refuses", async () => {
  const { message } = await failed(() => fetch("http://127.0.0.1:9/rates"));
  expect(message).toContain("threw TypeError: fetch failed");
  expect(message).toMatch(/caused by (Aggregate)?Error: .*(ECONNREFUSED|bad port)/);
});

test("a cursor, which cannot pass the gate", async () => {
  const cursor = { submit: () => undefined, text: "SELECT 1" };
  const { message } = await failed(async (db) => db.query(cursor as never));
  expect(message).toContain("threw Error: Cursors and query streams cannot pass the gate");
});

test("a statement that fails for whoever comes second, also without a race", async () => {
  const { message } = await failed((db, { key }) =>
    db.query("INSERT INTO account VALUES ($1, 1)", [key]),
  );
  expect(message).toContain("client 2 threw error: duplicate key value violates unique constraint");
  expect(message).toContain("also when the clients go one after the other");
});
