/** Operations that meet: raceproof makes the scenarios. */
import * as fc from "fast-check";
import pg from "pg";
import { expect, inject, test } from "vitest";
import { explore, RaceFound } from "../../library/explore.ts";
import type { ScenarioOptions } from "../../library/scenario-options.ts";

const amount = fc.integer({ min: 1, max: 100 });

const bank = (
  operations: ScenarioOptions<pg.Pool>["operations"],
): ScenarioOptions<pg.Pool, { readonly url: string }> => ({
  name: "bank",
  database: inject("servers").postgres,
  schema: `CREATE TABLE account (id text PRIMARY KEY, balance int, is_open boolean);
           CREATE TABLE note (id bigserial PRIMARY KEY, said text)`,
  client: (url: string) => new pg.Pool({ connectionString: url }),
  setup: (db) =>
    db.query("TRUNCATE account, note; INSERT INTO account VALUES ('alice', 100, true)"),
  operations,
});

const note = [
  fc.string(),
  (db: pg.Pool, said: string) => db.query("INSERT INTO note (said) VALUES ($1)", [said]),
] as const;
const deposit = [
  amount,
  (db: pg.Pool, n: number) =>
    db.query("UPDATE account SET balance = balance + $1 WHERE is_open", [n]),
] as const;

async function withdraw(db: pg.Pool, n: number): Promise<void> {
  const { rows } = await db.query("SELECT balance FROM account WHERE id = 'alice'");
  if (rows[0].balance < n) throw new Error("too little");
  await db.query("UPDATE account SET balance = $1 WHERE id = 'alice'", [rows[0].balance - n]);
}

test("a race is found, its arguments are small, and what met is told", async () => {
  const operations = { withdraw: [amount, withdraw] as const };
  const error = await explore({ ...bank(operations), runs: 1, timeLimitMs: 60_000 }).catch(
    (error: unknown) => error,
  );
  expect(error).toBeInstanceOf(RaceFound);
  const { message } = error as RaceFound;
  expect(message).toMatch(/^bank: withdraw\(1\), withdraw\(1\): unlike any serial order/);
  expect(message).toMatch(/\nbank: \d+ schedules \(seed 1\)\n {2}raced: withdraw \+ withdraw/);
});

test("what is right is proved, pair by pair, those that conflict first", async () => {
  const report = await explore({ ...bank({ note, deposit }), runs: 1, timeLimitMs: 60_000 });
  const pairs = report.meetings.filter(({ operations }) => operations.length === 2);
  expect(pairs.map(({ operations, ended }) => `${operations.join(" + ")} ${ended}`)).toEqual([
    "note + note proved",
    "deposit + deposit proved",
    "note + deposit proved",
  ]);
  expect(report.text).toContain("no race found, and no proof: note + note + note");
});

test("what is not reached is told", async () => {
  const { meetings, text } = await explore({ ...bank({ deposit }), timeLimitMs: 1 });
  expect(meetings.map(({ ended }) => ended)).toEqual(["not reached", "not reached"]);
  expect(text).toContain("not reached in time: deposit + deposit, deposit + deposit + deposit");
});

test("wrong usage", async () => {
  const operations = { wrong: [amount] } as unknown as ScenarioOptions<pg.Pool>["operations"];
  await expect(explore(bank(operations))).rejects.toThrow("operations.wrong must be a function");
  await expect(explore(bank({}))).rejects.toThrow("`operations` has none");
});
