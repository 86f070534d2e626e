/** Apps that do not behave: each is told in a sentence, with what it wrote, and leaves nothing behind. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { RaceResult } from "../../race/options.ts";
import { readRequest } from "../../race/requests.ts";
import { counter, put_back, raceOn, type Wish } from "./race.test-support.ts";

const folder = mkdtempSync(join(process.cwd(), "node_modules/.raceproof-app-"));
afterAll(() => rmSync(folder, { recursive: true }));
const pids = join(folder, "pids");
let apps = 0;

/** @param script its `serve(handler)` listens; a handler may use `db`, a pool of pg */
function raceScript(script: string, more: Partial<Wish> = {}): Promise<RaceResult> {
  const file = join(folder, `app-${++apps}.mjs`);
  writeFileSync(
    file,
    `import { appendFileSync } from "node:fs";
     import { createServer } from "node:http";
     import pg from "pg";
     appendFileSync(${JSON.stringify(pids)}, process.pid + "\\n");
     const db = new pg.Pool({ connectionString: process.env.DATABASE_URL });
     const serve = (handler) => createServer(handler).listen(process.env.PORT);
     ${script}`,
  );
  return raceCommand(`${process.execPath} ${file}`, more);
}

const raceCommand = (command: string, more: Partial<Wish>): Promise<RaceResult> =>
  raceOn({
    ...counter,
    kind: "postgres",
    setup: put_back.postgres,
    argv: [],
    app: { command, requests: [readRequest("POST /add")] },
    ...more,
  });

test.each([
  [
    "cannot be started",
    `console.error("no beans left"); process.exit(3)`,
    /app-\d+\.mjs ended with exit code 3:\n {2}no beans left\nIt must go on and listen on the port in PORT\.$/,
  ],
  [
    "answers with an error",
    `serve(async (_, answer) => {
       await db.query("SELECT 1");
       console.error("no beans left");
       answer.writeHead(500).end("sorry");
     })`,
    /this is not a race: [\s\S]*client 1: POST \/add was answered with 500 sorry; it wrote:\n {2}no beans left\n\n[\s\S]*SELECT 1/,
  ],
  [
    "refuses everything",
    `serve((_, answer) => answer.writeHead(404).end("no such page"))`,
    /fewer than two clients sent a request[\s\S]*client 2: POST \/add was answered with 404 no such page\.$/,
  ],
  [
    "crashes",
    `serve(async () => {
       await db.query("SELECT 1");
       console.error("the roof!");
       process.exit(7);
     })`,
    /client 1: POST \/add had no answer: .*app-\d+\.mjs ended with exit code 7:\n {2}the roof!\n/,
  ],
  [
    "hangs up",
    `serve(async (request) => void request.socket.destroy())`,
    /client 1: POST \/add had no answer: socket hang up\./,
  ],
])("an app that %s", async (_, script, sentence) => {
  const { kind, text } = await raceScript(script);
  expect(text).toMatch(sentence);
  expect(kind).toBe("cannot");
});

test("an app that does not listen where it should", async () => {
  const more = { start_limit_ms: 2_000 };
  const { kind, text } = await raceCommand("echo here I am; sleep 1000", more);
  expect(text).toMatch(
    /sleep 1000 does not listen on port \d+ after 2 s; the port is in PORT, .* It wrote:\n {2}here I am$/,
  );
  expect(kind).toBe("cannot");
});

test("an app that hangs", async () => {
  const { kind, text } = await raceScript(
    `serve(async () => {
       await db.query("SELECT 1");
       console.error("thinking");
     })`,
    { busy_limit_ms: 1_000, patience_ms: 300 },
  );
  expect(text).toMatch(/no verdict[\s\S]*client 1 has been busy outside the database for \d+ ms/);
  expect(text).toMatch(/client 1 had written:\n {2}thinking/);
  expect(kind).toBe("cannot");
});

test("an app that crashes only in a race is started again", async () => {
  const { kind, text } = await raceScript(
    `serve(async (_, answer) => {
       const { rows } = await db.query("SELECT count_value FROM Counter");
       const set = "UPDATE Counter SET count_value = count_value + 1 WHERE count_value = $1";
       const { rowCount } = await db.query(set, [rows[0].count_value]);
       if (rowCount === 0) {
         console.error("somebody else was here");
         process.exit(9);
       }
       answer.end();
     })`,
  );
  expect(text).toMatch(/error exit 9 on PostgreSQL/);
  expect(text).toMatch(/POST \/add had no answer: .* exit code 9:\n {2}somebody else was here/);
  expect(kind).toBe("race");
});

test("an app that commits after it has answered has done its work only then", async () => {
  const { text, exploration } = await raceScript(
    `serve(async (_, answer) => {
       const client = await db.connect();
       await client.query("BEGIN");
       await client.query("UPDATE Counter SET count_value = count_value + 1");
       answer.end();
       await client.query("COMMIT");
       client.release();
     })`,
  );
  expect(exploration?.proof, text).toBe(true);
});

test("none of them is left", () => {
  const left = readFileSync(pids, "utf8").trim().split("\n").map(Number).filter(isThere);
  expect(left).toEqual([]);
});

/** A process that has ended may stay a while as a zombie, until the system takes note of it. */
function isThere(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}
