/** `raceproof race` as people meet it: exit codes, one sentence for what is wrong, nothing left behind. */
import type { ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, inject, test, vi } from "vitest";
import type { RaceOutcome } from "../../reports/of-race.ts";
import { type Ended, ended as endedWith, start } from "../bad-days/raceproof.ts";
import { counter, put_back } from "./race.test-support.ts";

const folder = mkdtempSync(join(tmpdir(), "raceproof-race-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Other tests kill runs at the same server, and whoever comes next says what it has removed. */
const of_others = /^\S+: removed what .* had left: .*\n/gm;

async function ended(child: ChildProcess): Promise<Ended> {
  const end = await endedWith(child);
  return { ...end, stderr: end.stderr.replace(of_others, "") };
}

const flags = (): string[] => [
  ...["--database", inject("servers").postgres.url],
  ...["--schema", counter.schema[0]!, ...put_back.postgres.flatMap((text) => ["--setup", text])],
];
const node = (script: string): string[] => [
  "--",
  process.execPath,
  "--input-type=module",
  "-e",
  script,
];
const increment = `
  import pg from "pg";
  const db = new pg.Client(process.env.MY_DATABASE);
  await db.connect();
  const { rows } = await db.query("SELECT count_value FROM Counter");
  await db.query("UPDATE Counter SET count_value = $1", [rows[0].count_value + 1]);
  await db.end();`;

test("a race: the table, a sentence, exit code 1; and its token replays it", async () => {
  const evil = "-- \u001b[2J";
  const args = [
    ...flags(),
    "--check",
    `${counter.check[0]!} ${evil}`,
    "--env",
    "MY_DATABASE={url}",
  ];
  const { code, stdout } = await ended(start("race", ...args, ...node(increment)));
  expect(stdout).toMatch(
    /^node: failed check on PostgreSQL .*\n\nclient 1 and client 2 both read .*0/,
  );
  // What a repair refuses runs again, or the check would fail.
  expect(stdout).toMatch(/what was read in the +│ yes, proof: [^]*│ 40001/);
  expect(code).toBe(1);
  const [told] = stdout.split("Replay it with");
  // Here sentences are not broken, as this is no terminal; drawings fit anywhere.
  expect(told!.split("\n").filter((line) => line.length > 80 && line.includes("│"))).toEqual([]);
  const [, token] = /^ {2}raceproof replay '(\S+)' --database/m.exec(stdout) ?? [];
  const again = await ended(start("replay", token!, ...args, ...node(increment)));
  expect(again.stdout).toMatch(
    /failed check: .*answered false\nThe same happened, step by step\.\n$/,
  );
  expect(stdout + again.stdout).not.toContain("\u001b");
  expect(again.code).toBe(0);
});

test("an app that cannot be started is told, and the command comes to its end", async () => {
  const app = ["--app", "false", "--request", "POST /pay"];
  const { code, stdout } = await ended(start("race", ...flags(), ...app));
  expect(stdout).toMatch(/^false: false ended with exit code 1/);
  expect(code).toBe(2);
});

test("an app of which only one instance can be started, too", async () => {
  const lock = join(folder, "only-one");
  const app = ["--app", `mkdir ${lock} && sleep 1000`, "--request", "POST /pay"];
  const { code, stdout } = await ended(start("race", ...flags(), ...app));
  expect(stdout).toContain("File exists");
  expect(code).toBe(2);
});

test("without a check, repairs are tried; a process cannot be put into one transaction; no password is told", async () => {
  const args = [...flags(), "--env", "MY_DATABASE={url}", "--report", folder];
  const reporters = ["--json", "--reporter", "verbose,junit", "--reporter=github"];
  const ran = await ended(start("race", ...args, ...reporters, ...node(increment)));
  const { code, stdout, stderr } = ran;
  expect(stderr).toMatch(/one transaction +│ not tried: a process ends/);
  expect(stderr).toMatch(/what was read in the +│ yes, proof: [^]*│ 40001/);
  expect(code).toBe(1);
  const told = JSON.parse(stdout) as RaceOutcome;
  expect(told).toMatchObject({ name: "node", kind: "race", exploration: { operations: [1, 1] } });
  expect(told.repairs!.map(({ result }) => result.kind)).toContain("proof");
  const replay = /^ {2}raceproof replay (.*) -- /m.exec(stderr)![1]!;
  expect(replay.includes(told.token!) && !replay.includes("--reporter")).toBe(true);
  expect(stderr).toMatch(/^::error title=node%3A lost update::client 1 and client 2 both read /m);
  expect(readFileSync(join(folder, "junit.xml"), "utf8")).toContain('failures="1" errors="0"');
  const { password } = new URL(inject("servers").postgres.url);
  const written = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((one) => one.isFile())
    .map(({ parentPath, name }) => readFileSync(join(parentPath, name), "utf8"));
  for (const text of [stdout, stderr, ...written]) expect(text).not.toContain(password);
});

test("an app: a race, and its token replays it", async () => {
  const args = [
    ...["--database", inject("servers").postgres.url, "--schema", "examples/apps/account.sql"],
    ...["--setup", "DELETE FROM account; INSERT INTO account VALUES ('alice', 100)"],
    ...["--app", 'exec "$NODE" examples/apps/server.js racy', "--env", `NODE=${process.execPath}`],
    ...["--request", `POST /withdraw {"id": "alice", "amount": 30}`],
  ];
  const { code, stdout } = await ended(start("race", ...args));
  expect(stdout).toMatch(/^server\.js: unlike any serial order on PostgreSQL/);
  expect(code).toBe(1);
  const [, token] = /^ {2}raceproof replay '(\S+)' --database/m.exec(stdout) ?? [];
  const again = await ended(start("replay", token!, ...args));
  expect(again.stdout).toMatch(/The same happened, step by step\.\n$/);
  expect(again.code).toBe(0);
});

test.concurrent.each([
  ["no command", ["--database", "mysql"], /race needs the command of a client behind --/],
  ["no database", ["--", "true"], /race needs --database: postgres, mysql/],
  ["an unknown one", ["--database", "oracle", "--", "true"], /--database: there is no "oracle"/],
  [
    "a URL without doors",
    ["--database", "mongodb://localhost", "--", "true"],
    /--database: there are no doors to mongodb:\/\//,
  ],
  [
    "a schema that is not there",
    ["--database", "mysql", "--schema", "nowhere.sql", "--", "true"],
    /--schema: nowhere\.sql cannot be read \(ENOENT\)/,
  ],
  [
    "a template of nothing",
    ["--database", inject("servers").postgres.url, "--env", "X={hots}", "--", "true"],
    /--env: there is no \{hots\}; a template may have \{url\}, \{host\}/,
  ],
  [
    "a schema that fails",
    ["--database", inject("servers").postgres.url, "--schema", "CREATE TABEL t ()", "--", "true"],
    /The schema cannot be made: syntax error at or near "TABEL"/,
  ],
])("%s is told in one sentence, exit code 2", async (_, args, sentence) => {
  const { code, stdout, stderr } = await ended(start("race", ...args));
  expect(stderr).toMatch(sentence);
  expect([code, stdout, stderr.trim().split("\n").length]).toEqual([2, "", 1]);
});

test("a database that the schema has made a template is dropped all the same; the first error is told", async () => {
  const is_template = `DO $$ BEGIN
    EXECUTE format('ALTER DATABASE %I IS_TEMPLATE true', current_database());
  END $$`;
  const wrong = ["--schema", is_template, "--setup", "SELEC 1", "--", "true"];
  const database = inject("servers").postgres.url;
  const { code, stderr } = await ended(start("race", "--database", database, ...wrong));
  expect(stderr).toMatch(/^raceproof: true: set-up failed before a schedule: syntax error/);
  expect(stderr).not.toContain("template");
  expect(code).toBe(2);
});

test("after Ctrl-C nothing is left", async () => {
  const pid_file = join(folder, "pid");
  const script = `
    import { writeFileSync } from "node:fs";
    writeFileSync(${JSON.stringify(pid_file)}, String(process.pid));
    setInterval(() => {}, 1000);`;
  const raceproof = start("race", ...flags(), "--busy-limit-s", "600", ...node(script));
  const end = ended(raceproof);
  await vi.waitFor(() => expect(existsSync(pid_file)).toBe(true), { timeout: 60_000 });
  raceproof.kill("SIGINT");
  const { code, stderr } = await end;
  expect([code, stderr]).toEqual([130, "raceproof: broken off.\n"]);
  expect(isThere(Number(readFileSync(pid_file, "utf8")))).toBe(false);
});

/** A process that has ended may stay a while as a zombie, until the system takes note of it. */
function isThere(pid: number): boolean {
  return (
    existsSync(`/proc/${pid}/stat`) &&
    !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, "utf8"))
  );
}

test("which pairs of statements were seen in one order only", async () => {
  const check = ["--check", "SELECT count_value > 0 FROM Counter"];
  const one = ["--schedules", "1", "--race-coverage", ...check];
  const { code, stdout } = await ended(
    start("race", ...flags(), "--env", "MY_DATABASE={url}", ...one, ...node(increment)),
  );
  expect(stdout).toMatch(
    /Of \d+ pairs of statements [^]*, \d+ were\s+seen\s+in\s+both\s+orders\.\n {2}only client/,
  );
  expect(code).toBe(0);
});
