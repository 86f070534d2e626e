/** Programs in any language say in the comments of their statements where these come from. */
import { expect, test } from "vitest";
import { counter, put_back, raceOn } from "./race.test-support.ts";

const program = `import("pg").then(async ({ default: pg }) => {
  const db = new pg.Client({ connectionString: process.env.DATABASE_URL });
  await db.connect();
  const { rows } = await db.query(
    "SELECT count_value FROM Counter WHERE id = 1 /*file='examples%2Fwithdraw.test.js',line='7'*/");
  const next = rows[0].count_value + 1;
  await db.query("UPDATE Counter SET count_value = " + next +
    " WHERE id = 1 /*controller='counter',action='add',traceparent='00-5bd6-01'*/");
  await db.end();
});`;

test("a file is shown with its code, a controller by its name", async () => {
  const { kind, text } = await raceOn({
    ...counter,
    // What the trace calls `a` is in the name of the file, too.
    name: "withdraw.test.js",
    kind: "postgres",
    setup: put_back.postgres,
    argv: [process.execPath, "-e", program],
  });
  expect(kind).toBe("race");
  // In a drawing of 80 columns the two may be in two lines.
  expect(text).toMatch(/→ count_value = 0 ·[\s│]+withdraw\.test\.js:7/);
  expect(text).toContain("→ 1 row changed · controller counter");
  expect(text).toMatch(/\nexamples\/withdraw\.test\.js:7:1 client \d reads count_value\n/);
  expect(text).toMatch(/\n> 7 \| +const \{ rows \} = await db\.query\("SELECT balance/);
  expect(text).not.toContain("traceparent");
});
