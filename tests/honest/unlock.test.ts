/**
 * A client that waits for a session's lock goes on with the step that releases it, wherever in its text that happens.
 */
import type { Connection } from "mysql2/promise";
import type pg from "pg";
import { expect, inject, test } from "vitest";
import type { Backend } from "../../backends/backend.ts";
import { connectMysql } from "../../backends/mysql/backend.ts";
import { connectPostgres } from "../../backends/postgres/backend.ts";
import { Lane } from "../../schedules/run/lane.ts";
import { pickFrom } from "../../schedules/search/search.ts";

const list = Array.from({ length: 60 }, (_, i) => `${i} AS column_${i}`).join(", ");

/** Both lock, then client 1 unlocks within its transaction, and takes one more step before it ends. */
async function playTwo<Client extends { query(sql: string): Promise<unknown> }>(
  backend: Backend<Client>,
  statements: readonly string[],
) {
  const program = {
    setup: async () => undefined,
    async run(db: Client) {
      for (const sql of statements) await db.query(sql);
    },
    check: async () => undefined,
  };
  await using lane = new Lane(backend, program, { key: "k-1" });
  const { trace } = await lane.play({
    operations: [1, 1],
    pick: pickFrom([0, 0, 1, 0]),
    faults: [],
  });
  expect(trace.ending.kind).toBe("ended");
  const waiter = trace.steps.find((step) => step.waited);
  expect(waiter?.client).toBe(2);
  return trace.steps[waiter?.releasedBy ?? -1];
}

test("PostgreSQL: an advisory lock", async () => {
  await using backend: Backend<pg.Client> = await connectPostgres(inject("servers").postgres);
  const unlock = `SELECT ${list}, pg_advisory_unlock(1)`;
  const lock = "SELECT pg_advisory_lock(1)";
  const by = await playTwo(backend, ["BEGIN", lock, unlock, "SELECT 1", "COMMIT"]);
  expect(by).toMatchObject({ client: 1, statement: unlock });
});

test("MySQL: a lock with a name", async () => {
  await using backend: Backend<Connection> = await connectMysql(inject("servers").mysql);
  const unlock = `SELECT ${list}, RELEASE_LOCK('${backend.prefix}x')`;
  const lock = `SELECT GET_LOCK('${backend.prefix}x', 5)`;
  const by = await playTwo(backend, ["BEGIN", lock, unlock, "SELECT 1", "COMMIT"]);
  expect(by).toMatchObject({ client: 1, statement: unlock });
});
