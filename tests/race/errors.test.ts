/** A program in a process meets the errors of its server, too. */
import { expect, test } from "vitest";
import { put_back, raceOn } from "./race.test-support.ts";

/** Adds one to the counter, and tries again so often after an error. */
const program = (retries: number): string => `
  import pg from "pg";
  for (let left = ${retries}; ; left--) {
    const client = new pg.Client({ connectionString: process.env.DATABASE_URL });
    client.on("error", () => undefined);
    try {
      await client.connect();
      await client.query("UPDATE Counter SET count_value = count_value + 1 WHERE id = 1");
      await client.end();
      break;
    } catch (error) {
      client.end().catch(() => undefined);
      if (left === 0) throw error;
    }
  }`;

const race = (retries: number, schedules: number, check: readonly string[] = []) =>
  raceOn({
    check,
    kind: "postgres",
    schema: ["CREATE TABLE Counter (id INT PRIMARY KEY, count_value INT NOT NULL)"],
    setup: put_back.postgres,
    argv: [process.execPath, "--input-type=module", "-e", program(retries)],
    faults: ["errors"],
    schedules,
  });

test("what is tried again after a lost connection is done twice", async () => {
  const { kind, text } = await race(1, 40);
  expect(text).toContain("the connection was lost after client 1's `COMMIT` was done");
  expect(kind).toBe("race");
});

test("what ends with the error is right", async () => {
  const { kind, exploration } = await race(0, 9, [
    "SELECT count_value BETWEEN 1 AND 2 FROM Counter",
  ]);
  expect([kind, exploration?.outcomes]).toEqual(["none found", { correct: 9 }]);
});
