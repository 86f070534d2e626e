/** What killed runs have left at a server given by URL, as the command tells it: list, clean, and the next run. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterAll, expect, test } from "vitest";
import { own_mark } from "../../owners/run-mark.ts";
import { raceproof } from "../bad-days/raceproof.ts";
import { ownServer } from "../own-server.ts";

const out = mkdtempSync(join(tmpdir(), "raceproof-leftovers-"));
afterAll(() => rmSync(out, { recursive: true }));

const own = ownServer("postgres");
// The same process number, begun at another time.
const over = `raceproof_${own_mark.replace(/_[^_]+(?=_[^_]+$)/, "_1")}_0000000`;
const lives = `raceproof_${own_mark}_0000000`;

async function make(...names: string[]): Promise<void> {
  const client = new pg.Client(own());
  await client.connect();
  for (const name of names) await client.query(`CREATE DATABASE ${name}`);
  await client.end();
}

test("it is listed and cleaned away; the next run removes it, too", async () => {
  await make(over, lives);
  const server = ["--server", `postgres=${own()}`];
  const { password } = new URL(own());
  const at = `postgres://${new URL(own()).host}/postgres`;
  const listed = await raceproof("list", ...server);
  expect(listed.stdout).toContain(`${at}: database ${over}, of a run that is over (process`);
  expect(listed.stdout).toContain(`${at}: database ${lives}, of a run that goes on (process`);
  const cleaned = await raceproof("clean", ...server);
  expect(cleaned.stdout).toContain(`${at}: removed database ${over}, of a run that is over`);
  expect(cleaned.stdout).toContain(`${at}: stays: database ${lives}, of a run that goes on`);
  expect(cleaned.code).toBe(0);

  await make(over);
  const cell = ["--backend", "postgres", "--workload", "counter", "--strategy", "in-place"];
  const next = await raceproof(
    ...["run", ...cell, "--isolation", "RC", "--schedules", "0", ...server, "--out", out],
  );
  expect(next.stderr).toContain(`${at}: removed what a run had left: database ${over}.`);
  expect(next.code, next.stdout).toBe(0);
  const again = await raceproof("list", ...server);
  expect(again.stdout).not.toContain(over);
  expect(again.stdout).toContain(lives);
  for (const { stdout, stderr } of [listed, cleaned, next, again])
    expect(stdout + stderr).not.toContain(password);
});
