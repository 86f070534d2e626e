/** The matchers for vitest, and the database of a file. */
import pg from "pg";
import { expect, inject, test, vi } from "vitest";
import { BadOptions } from "../schedules/bad-options.ts";
import { withDatabase } from "../with-vitest.ts";

vi.stubEnv("RACEPROOF_POSTGRES_URL", inject("servers").postgres.url);
const bank = withDatabase("postgres", "CREATE TABLE account (id text PRIMARY KEY, balance int)");

const parts = {
  client: (url: string) => new pg.Pool({ connectionString: url }),
  setup: (db: pg.Pool) =>
    db.query("DELETE FROM account; INSERT INTO account VALUES ('alice', 100)"),
};

async function withdraw(db: pg.Pool): Promise<void> {
  const { rows } = await db.query("SELECT balance FROM account WHERE id = 'alice'");
  await db.query("UPDATE account SET balance = $1", [rows[0].balance - 30]);
}
const withdrawSafely = (db: pg.Pool): Promise<unknown> =>
  db.query("UPDATE account SET balance = balance - 30");

const racy = () => ({ ...bank, ...parts, name: "racy", run: withdraw });
const safe = () => ({ ...bank, ...parts, name: "safe", run: withdrawSafely });

test("toHaveRace passes where there is a race, by its name, its kind or its report", async () => {
  await expect(racy()).toHaveRace();
  await expect(racy()).toHaveRace("lost update");
  await expect(racy()).toHaveRace("unlike any serial order");
  await expect(racy()).toHaveRace(/both read balance = 100/);
  await expect(safe()).not.toHaveRace();
});

test("and fails where there is none, or another", async () => {
  await expect(expect(safe()).toHaveRace()).rejects.toThrow(
    /^expected a race, but: safe: proof for this size/,
  );
  await expect(expect(racy()).toHaveRace("unseen insert")).rejects.toThrow(
    /^expected the race unseen insert, but there is this one \(lost update\):\n\nracy: /,
  );
  await expect(expect(racy()).not.toHaveRace()).rejects.toThrow(
    /^expected no race, but there is this one \(lost update\):\n\nracy: /,
  );
});

test("toBeRaceFree passes with a proof", async () => {
  await expect(safe()).toBeRaceFree();
  await expect(racy()).not.toBeRaceFree();
  await expect(expect(safe()).not.toBeRaceFree()).rejects.toThrow(/^expected a race, but: safe: /);
});

test("without one it throws the race itself, whose stack begins with the line to blame", async () => {
  const exploring: Promise<unknown> = expect(racy()).toBeRaceFree();
  const found = (await exploring.catch((error: unknown) => error)) as Error;
  expect(found.name).toBe("RaceFound");
  expect(found.message).toMatch(/matchers\.test\.ts:\d+:\d+ client 1 reads balance\n/);
  const [first] = found.stack!.slice(found.stack!.indexOf(found.message)).match(/^ {4}at .+/m)!;
  expect(first).toMatch(/at client 1 \(.*matchers\.test\.ts:\d+:\d+\)/);
  // What runners print of it besides its message and stack.
  expect(Object.keys(found)).toEqual(["name"]);
  expect(found.cause).toBeUndefined();
});

test("no proof is no race, and does not pass either", async () => {
  await expect(expect({ ...safe(), timeLimitMs: 1 }).toBeRaceFree()).rejects.toMatchObject({
    name: "NoProof",
  });
});

test("what is wrong with the program is said, whatever was expected", async () => {
  await expect(expect({ ...racy(), run: undefined }).toHaveRace()).rejects.toThrow(BadOptions);
  await expect(expect({}).not.toBeRaceFree()).rejects.toThrow(BadOptions);
});
