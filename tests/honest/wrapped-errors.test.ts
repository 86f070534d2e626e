/** An error that an ORM wrapped is still recognised: its code, what became of it, whether to try again. */
import type { Connection } from "mysql2/promise";
import type { Client } from "pg";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { type Backend, open_gate } from "../../backends/backend.ts";
import { connectMysql } from "../../backends/mysql/backend.ts";
import { connectPostgres } from "../../backends/postgres/backend.ts";
import { isRetryable } from "../../backends/retryable.ts";
import { type ExploreOptions, explore, RaceFound } from "../../library/explore.ts";

/** As Drizzle does it. */
class QueryError extends Error {
  constructor(query: string, cause: unknown) {
    super(`Failed query: ${query}`, { cause });
  }
}

/** Any of the two drivers: a statement in, its rows out. */
type Send = (sql: string) => Promise<readonly { v: number }[]>;

const wrapping =
  (send: Send): Send =>
  (sql) =>
    send(sql).catch((error: unknown) => {
      throw new QueryError(sql, error);
    });

async function addOne(send: Send): Promise<void> {
  await send("BEGIN");
  try {
    const [row] = await send("SELECT v FROM account");
    await send(`UPDATE account SET v = ${row!.v + 1}`);
    await send("COMMIT");
  } catch (error) {
    await send("ROLLBACK");
    throw error;
  }
}

async function retried(send: Send): Promise<void> {
  for (;;) {
    try {
      return await addOne(send);
    } catch (error) {
      if (!isRetryable(error)) throw error;
    }
  }
}

const databases: Readonly<Record<string, { code: string; open: () => Promise<Backend<unknown>> }>> =
  {
    postgres: { code: "40001", open: () => connectPostgres(inject("servers").postgres) },
    mysql: { code: "1213", open: () => connectMysql(inject("servers").mysql) },
  };

/** The same program for both drivers. */
function sendOver(db: unknown): Send {
  const send = async (sql: string): Promise<unknown> => {
    const answer: unknown = await (db as Client & Connection).query(sql);
    return Array.isArray(answer) ? (answer[0] as unknown) : (answer as { rows: unknown }).rows;
  };
  return wrapping(send as Send);
}

describe.each(Object.entries(databases))("%s at SERIALIZABLE", (_name, { code, open }) => {
  let backend: Backend<unknown>;
  beforeAll(async () => {
    backend = await open();
    await using session = await backend.open(open_gate);
    await sendOver(session.client)("CREATE TABLE account (v integer NOT NULL)");
  });
  afterAll(() => backend?.[Symbol.asyncDispose]());

  const program = (run: (send: Send) => Promise<void>): ExploreOptions<unknown> => ({
    name: "wrapped",
    backend,
    isolation: "SERIALIZABLE",
    // One row for all.
    lanes: 1,
    async setup(db) {
      await sendOver(db)("DELETE FROM account");
      await sendOver(db)("INSERT INTO account VALUES (0)");
    },
    run: (db) => run(sendOver(db)),
    async check(db, { trace }) {
      const done = trace.results.filter(({ status }) => status === "ok").length;
      const [row] = await sendOver(db)("SELECT v FROM account");
      expect(row!.v).toBe(done);
    },
  });

  test("without a retry its error is named by the server's own code", async () => {
    const error = await explore(program(addOne)).catch((error: unknown) => error);
    if (!(error instanceof RaceFound)) throw error;
    expect(error.exploration.failure?.kind).toBe(`error ${code}`);
    expect(error.message).toContain("threw Error: Failed query:");
  });

  test("declared as expected it is no failure, and it certainly did not happen", async () => {
    const report = await explore({ ...program(addOne), expectedError: isRetryable });
    expect(Object.keys(report.failed)).toEqual([code]);
    expect(report.unknown).toEqual({});
  });

  test("a program that tries again is right", async () => {
    const report = await explore({ ...program(retried), schedules: 100 });
    expect(Object.keys(report.outcomes)).toEqual(["correct"]);
  });
});
