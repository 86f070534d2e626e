/**
 * `import "raceproof/vitest"`: matchers for vitest, and a database for the tests of a file.
 *
 * @module raceproof/vitest
 */
import { afterAll, beforeAll, expect } from "vitest";
import type { Schema } from "./backends/lane-database.ts";
import { type FileDatabase, fileDatabase } from "./library/file-database.ts";
import { matchers, type RaceMatchers } from "./library/matchers.ts";
import type { ServerKind } from "./servers/server.ts";

export type { FileDatabase, RaceMatchers, ServerKind };

expect.extend(matchers);

/**
 * Starts a server before the tests of this file and ends it after them; `RACEPROOF_POSTGRES_URL` (or that of another
 * kind) names one of yours instead. Every exploration has databases of its own there, made from `schema`. The start does
 * not count against the time of a test.
 *
 * @param schema what is put into an empty database: SQL statements, or a function that is given its URL
 * @returns the part of a program that says where it runs: put it into its options, inside a test
 * @example
 * import pg from "pg";
 * import { expect, test } from "vitest";
 * import { withDatabase } from "raceproof/vitest";
 *
 * const counters = withDatabase("postgres", "CREATE TABLE counter (n int)");
 * const client = (url) => new pg.Pool({ connectionString: url });
 * const setup = (db) => db.query("DELETE FROM counter; INSERT INTO counter VALUES (0)");
 * const run = (db) => db.query("UPDATE counter SET n = n + 1");
 * test("counts", () => expect({ ...counters, client, setup, run }).toBeRaceFree(), 60_000);
 */
export function withDatabase(kind: ServerKind, schema?: Schema): FileDatabase {
  return fileDatabase({ beforeAll, afterAll }, kind, schema);
}

declare module "vitest" {
  // oxlint-disable-next-line no-unused-vars, typescript/no-explicit-any -- As vitest declares it.
  interface Assertion<T = any> extends RaceMatchers {}
}
