/** A test file that puts fake timers in place of the real ones: schedules go on, also where somebody waits for a lock. */
import type pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, test, vi } from "vitest";
import { type Backend, open_gate } from "../../backends/backend.ts";
import { connectPostgres } from "../../backends/postgres/backend.ts";
import { explore, RaceFound, type Report } from "../../library/explore.ts";

let postgres: Backend<pg.Client>;
beforeAll(async () => {
  postgres = await connectPostgres(inject("servers").postgres);
  await using session = await postgres.open(open_gate);
  await session.client.query("CREATE TABLE visits (id text PRIMARY KEY, n int, at timestamptz)");
});
afterAll(() => postgres[Symbol.asyncDispose]());
beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Counts a visit, at the time that the program's clock shows. */
const counting = (lock: string): Promise<Report> =>
  explore({
    name: `visits ${lock}`,
    backend: postgres,
    setup: (db, key) =>
      db.query("INSERT INTO visits VALUES ($1, 0) ON CONFLICT (id) DO UPDATE SET n = 0", [key]),
    async run(db, { key }) {
      await db.query("BEGIN");
      const { rows } = await db.query(`SELECT n FROM visits WHERE id = $1 ${lock}`, [key]);
      await db.query("UPDATE visits SET n = $2, at = $3 WHERE id = $1", [
        key,
        rows[0].n + 1,
        new Date(),
      ]);
      await db.query("COMMIT");
    },
    async check(db, { key }) {
      const { rows } = await db.query("SELECT n FROM visits WHERE id = $1", [key]);
      if (rows[0].n !== 2) throw new Error(`${rows[0].n} visits, not 2`);
    },
  });

test("the second one waits for the lock: proof", async () => {
  vi.setSystemTime(new Date("2031-01-01"));
  const report = await counting("FOR UPDATE");
  expect(report.text).toContain("proof");
  expect(vi.isFakeTimers()).toBe(true);
});

test("without the lock: a race", async () => {
  await expect(counting("")).rejects.toThrow(RaceFound);
});
