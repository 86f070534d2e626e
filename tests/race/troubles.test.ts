/** Programs that do not behave: each is told in a sentence, with what it wrote, and leaves nothing behind. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { RaceResult } from "../../race/options.ts";
import { counter, put_back, raceOn, type Wish } from "./race.test-support.ts";

const folder = mkdtempSync(join(tmpdir(), "raceproof-troubles-"));
afterAll(() => rmSync(folder, { recursive: true }));

const raceNode = (script: string, more: Partial<Wish> = {}): Promise<RaceResult> =>
  raceOn({
    ...counter,
    kind: "postgres",
    setup: put_back.postgres,
    argv: nodeWith(script),
    ...more,
  });
const nodeWith = (script: string): string[] => [
  process.execPath,
  "--input-type=module",
  "-e",
  script,
];

const connect = `
  import pg from "pg";
  const db = new pg.Client();
  await db.connect();
`;

test.each([
  [
    "never connects",
    `console.log("hello")`,
    /fewer than two clients sent a request to the database, so nothing could race\. Where its database is/,
  ],
  [
    "ends with an error",
    `console.error("no beans left\\u001b[2J"); process.exit(3)`,
    /this is not a race: .*one after the other\n\nclient 1: .* ended with exit code 3:\n {2}no beans left␛\[2J\n/,
  ],
  [
    "crashes",
    `${connect} await db.query("SELECT 1"); process.kill(process.pid, "SIGSEGV");`,
    /client 1: .* was ended by SIGSEGV\.\n[\s\S]*SELECT 1/,
  ],
  [
    "prints too much",
    `const line = "x".repeat(1e5); for (let i = 0; i < 100; i++) process.stdout.write(line);`,
    /client 1: .* was ended: it printed more than 1 MiB\./,
  ],
])("a program that %s", async (_, script, sentence) => {
  const { kind, text } = await raceNode(script);
  expect(text).toMatch(sentence);
  expect(kind).toBe("cannot");
});

test.each([
  [
    "ends with an error",
    `console.error("no beans left"); process.exit(3)`,
    "ended with exit code 3:\n  no beans left\n",
  ],
  ["crashes", `process.kill(process.pid, "SIGSEGV")`, "was ended by SIGSEGV.\n"],
  [
    "prints too much",
    `for (let i = 0; i < 100; i++) process.stdout.write("x".repeat(1e5))`,
    "was ended: it printed more than 1 MiB.\n",
  ],
])("a program that does its work and then %s, without a check", async (_, script, sentence) => {
  const work = "UPDATE Counter SET count_value = count_value + 1";
  const { kind, text } = await raceNode(
    `${connect} await db.query("${work}"); await db.end(); ${script};`,
    { check: [] },
  );
  expect(text).toContain("this is not a race: it goes wrong");
  expect(text).toContain(sentence);
  expect(text).toContain("UPDATE Counter");
  expect(kind).toBe("cannot");
});

test("a program that fails in some orders only, without a check", async () => {
  const { kind, text } = await raceNode(
    `${connect}
    const { rows } = await db.query("UPDATE Counter SET count_value = count_value + 1 RETURNING *");
    await db.end();
    process.exitCode = rows[0].count_value === 2 ? 3 : 0;`,
    { check: [] },
  );
  expect(text).toContain("proof for this size");
  expect(kind).toBe("none found");
});

test("a program that is not there", async () => {
  const { kind, text } = await raceOn({ ...counter, kind: "postgres", argv: ["./not-there", "7"] });
  expect(text).toContain("client 1: ./not-there 7 cannot be started: there is no such program.");
  expect(kind).toBe("cannot");
});

test("a program that hangs", async () => {
  const script = `${connect} await db.query("SELECT 1"); console.error("thinking"); setInterval(() => {}, 1e3);`;
  const { kind, text } = await raceNode(script, { busy_limit_ms: 3_000, patience_ms: 300 });
  expect(text).toMatch(/no verdict[\s\S]*has been busy outside the database for \d+ ms/);
  expect(text).toContain("raise --busy-limit-s");
  expect(text).toMatch(/client \d had written:\n {2}thinking/);
  expect(kind).toBe("cannot");
});

test("an error that only a race brings about is told with what the program wrote", async () => {
  const { kind, text } = await raceNode(`${connect}
    const { rows } = await db.query("SELECT count_value FROM Counter");
    const set = "UPDATE Counter SET count_value = count_value + 1 WHERE count_value = $1";
    const { rowCount } = await db.query(set, [rows[0].count_value]);
    if (rowCount === 0) console.error("somebody else was here");
    await db.end();
    process.exitCode = rowCount === 0 ? 9 : 0;`);
  expect(text).toMatch(/error exit 9 on PostgreSQL/);
  expect(text).toMatch(
    /client \d: .*\n?[\s\S]* ended with exit code 9:\n {2}somebody else was here/,
  );
  expect(kind).toBe("race");
});

test("what a program starts and leaves is gone with it", async () => {
  const pids = join(folder, "pids");
  const { kind } = await raceNode(`${connect}
    import { spawn } from "node:child_process";
    import { appendFileSync } from "node:fs";
    for (const detached of [true, false]) {
      const child = spawn("sleep", ["1000"], { detached, stdio: "inherit" });
      child.unref();
      appendFileSync(${JSON.stringify(pids)}, child.pid + "\\n");
    }
    await db.query("UPDATE Counter SET count_value = count_value + 1");
    await db.end();`);
  expect(kind).toBe("none found");
  const left = readFileSync(pids, "utf8").trim().split("\n").map(Number).filter(isThere);
  expect(left).toEqual([]);
});

describe("what a program has started goes on when it has ended", () => {
  const worker = (work: string): string => `${connect}
    const { rows } = await db.query("SELECT count_value FROM Counter");
    await db.end();
    ${work}`;
  /** Starts itself again, in a session of its own, to write. */
  const go_on = `
    import { spawn } from "node:child_process";
    const script = 'import pg from "pg"; const db = new pg.Client(); await db.connect();'
      + 'await db.query("UPDATE Counter SET count_value = ' + (rows[0].count_value + 1) + '"); await db.end();';
    const args = ["--input-type=module", "-e", script];
    spawn(process.execPath, args, { detached: true, stdio: "ignore" }).unref();`;
  const stay = `
    import { spawn } from "node:child_process";
    spawn("sleep", ["1000"], { detached: true, stdio: "ignore" }).unref();`;

  test("and writes: that is a part of it", async () => {
    const { kind, text } = await raceNode(worker(go_on), { check: [] });
    expect(text).toContain("both read count_value = 0");
    expect(kind).toBe("race");
  });

  test("and does nothing: it is ended, and there is no proof", async () => {
    const { kind, text } = await raceNode(worker(stay), { check: [] });
    expect(text).toContain("processes that it had started went on");
    expect(kind).toBe("none found");
  });

  test("and ends: there is a proof", async () => {
    const { text } = await raceNode(worker(stay.replace("1000", "0.1")), { check: [] });
    expect(text).toContain("proof for this size");
  });
});

/** A process that has ended may stay a while as a zombie, until the system takes note of it. */
function isThere(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}
