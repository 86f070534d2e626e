/** A token is of one program at one time: after an edit its schedule says little, so all is explored. */
import type pg from "pg";
import { afterEach, expect, inject, test } from "vitest";
import { connectPostgres } from "../../backends/postgres/backend.ts";
import { type ExploreOptions, explore, replay_variable } from "../../library/explore.ts";
import { raceIn } from "./programs.test-support.ts";

afterEach(() => {
  delete process.env[replay_variable];
});

test("PostgreSQL: one more SELECT before the race, and the repair", async () => {
  await using backend = await connectPostgres(inject("servers").postgres);
  await using session = await backend.open();
  await session.client.query("CREATE TABLE account (id int PRIMARY KEY, balance int NOT NULL)");
  const racy: ExploreOptions<pg.Client> = {
    name: "edited",
    backend,
    async setup(db) {
      await db.query("DELETE FROM account");
      await db.query("INSERT INTO account VALUES (1, 100)");
    },
    async run(db) {
      const { rows } = await db.query("SELECT balance FROM account WHERE id = 1");
      await db.query("UPDATE account SET balance = $1 WHERE id = 1", [rows[0].balance - 30]);
    },
    async check(db) {
      const { rows } = await db.query("SELECT balance FROM account WHERE id = 1");
      if (rows[0].balance !== 40) throw new Error(`balance ${rows[0].balance}, not 40`);
    },
  };
  process.env[replay_variable] = (await raceIn(racy)).token;

  const edited = await raceIn({
    ...racy,
    async run(db, around) {
      await db.query("SELECT 1");
      await racy.run(db, around);
    },
  });
  expect(edited.message).toMatch(/Replayed: .* step \d was another one, now client \d sends/);
  expect(edited.message).toContain("balance 70, not 40");

  const repaired = await explore({
    ...racy,
    run: (db) => db.query("UPDATE account SET balance = balance - 30 WHERE id = 1"),
  });
  expect(repaired).toMatchObject({ proof: true });
  expect(repaired.text).toContain("step 1 was another one, now client 1 sends `UPDATE account");
});
