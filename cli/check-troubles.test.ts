/** What must not crash or hang `raceproof check`, nor end it without a word. */
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { command } from "../command.test-support.ts";

const folder = mkdtempSync(join(tmpdir(), "raceproof-troubles-"));
afterAll(() => rmSync(folder, { recursive: true }));

const path = (name: string): string => join(folder, name);
function file(name: string, content: string): string {
  writeFileSync(path(name), content);
  return path(name);
}

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run(command: string, ...args: string[]): Promise<Ended> {
  const child = spawn(command, args);
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (data) => (stdout += data));
  child.stderr.on("data", (data) => (stderr += data));
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, stdout, stderr })));
}
const raceproof = [command, "check"];
const check = (...args: string[]): Promise<Ended> => run(process.execPath, ...raceproof, ...args);

const write = (value: string): string =>
  `{:process 0, :type :invoke, :f :write, :value ${value}}\n{:process 0, :type :ok, :f :write, :value ${value}}\n`;
const valid = file("valid.edn", write("1"));

test("a reader that has seen enough", async () => {
  const files = Array.from({ length: 3 }, () => valid).join(" ");
  const command = `${process.execPath} ${raceproof.join(" ")} ${files} --model register | head -n 1`;
  const { stdout, stderr } = await run("sh", "-c", command);
  expect([stdout.split("\n").length, stderr]).toEqual([2, ""]);
});

test("a pipe that nobody writes to ends with the time limit", async () => {
  execFileSync("mkfifo", [path("pipe")]);
  const told = await check(path("pipe"), "--model", "register", "--timeout-s", "1");
  expect(told).toMatchObject({ code: 2, stderr: "" });
  expect(told.stdout).toMatch(/: unknown\. Not decided within 1 s: 0 events were reached\.\n$/);
});

test("a pipe that somebody writes to is read to its end", async () => {
  execFileSync("mkfifo", [path("written")]);
  const command = `(sleep 1; cat ${valid}; sleep 1; cat ${valid}) > ${path("written")} & ${process.execPath} ${raceproof.join(" ")} ${path("written")} --model register`;
  const { code, stdout } = await run("sh", "-c", command);
  expect(code).toBe(0);
  expect(stdout).toMatch(/: valid\. All 2 operations/);
});

test("a pipe that the shell has made, and that is empty", async () => {
  const command = `: | ${process.execPath} ${raceproof.join(" ")} /dev/stdin --model register`;
  const { code, stdout } = await run("sh", "-c", command);
  expect([code, stdout]).toEqual([
    2,
    "/dev/stdin: unknown. /dev/stdin is empty: there is no history in it.\n",
  ]);
});

test("a line that is longer than the memory", async () => {
  const long = file(
    "long.jsonl",
    `{"process":0,"type":"invoke","f":"write","input":"${"x".repeat(1e8)}"}\n`,
  );
  for (const format of ["jsonl", "json"]) {
    const told = await check(long, "--model", "register", "--memory-mb", "64", "--format", format);
    expect(told).toMatchObject({ code: 2, stderr: "" });
    expect(told.stdout).toMatch(/line 1 is longer than 8 MB, more than fits into the memory/);
  }
});

test("a value that is nested too deep", async () => {
  const deep = file("deep.edn", write(`${"[".repeat(5_000)}${"]".repeat(5_000)}`));
  const told = await check(deep, "--model", "register");
  expect(told).toMatchObject({ code: 2, stderr: "" });
  expect(told.stdout).toMatch(/line 1, column 1: values are nested more than 1000 deep\.\n$/);
});

test("a model that ends the process", async () => {
  const model = file(
    "exit.mjs",
    'export default { name: "exit", init: 0, step() { process.exit(0); } };',
  );
  const told = await check(valid, "--model", model);
  expect(told).toMatchObject({ code: 2, stderr: "" });
  expect(told.stdout).toMatch(
    /: unknown\. The model has ended the check \(process\.exit\), .*: 0 events/,
  );
});

test("numbers that JSON has not, in --json", async () => {
  const read =
    "{:process 0, :type :invoke, :f :read}\n{:process 0, :type :ok, :f :read, :value 1e999}\n";
  const told = await check(
    file("large.edn", write("9007199254740993") + read),
    "--model",
    "register",
    "--json",
  );
  expect(told.code).toBe(1);
  expect(JSON.parse(told.stdout)).toMatchObject([
    {
      verdict: "invalid",
      evidence: expect.arrayContaining([expect.objectContaining({ output: "Infinity" })]),
    },
  ]);
});

test("control characters in names, keys and values", async () => {
  const evil = "\u001b[2J\u0007";
  const events = (f: string): string =>
    [
      { index: 0, process: 0, type: "invoke", f, key: `key${evil}`, input: `value${evil}` },
      { index: 1, process: 0, type: "ok", output: null },
    ]
      .map((event) => `${JSON.stringify(event)}\n`)
      .join("");
  const written = file(`written${evil}.jsonl`, events("write"));
  const strange = file("strange.jsonl", events(`write${evil}`));
  const seen = await check(written, strange, "--model", "register", "--witness");
  expect(seen).toMatchObject({ code: 2, stderr: "" });
  expect(seen.stdout).toMatch(
    /written␛\[2J␇\.jsonl: valid\. [^]*key\\u001b\[2J\\u0007 process 0: write/,
  );
  expect(seen.stdout).toContain('register has no operation "write\\u001b[2J\\u0007"');
  expect(seen.stdout).not.toContain("\u001b");
});

test("--rename", async () => {
  const lock = file("lock.edn", write("nil").replaceAll(":write", ":lock"));
  const renamed = await check(lock, "--model", "mutex", "--rename", "lock=acquire,unlock=release");
  expect(renamed.stdout).toMatch(
    /: valid\. .*\n {2}There is no operation "unlock" to be renamed\.\n$/,
  );
  const wrong = await check(lock, "--model", "mutex", "--rename", "lock");
  expect(wrong).toMatchObject({ code: 2, stdout: "" });
  expect(wrong.stderr).toBe('raceproof: --rename takes names like lock=acquire, not "lock".\n');
  const twice = await check(lock, "--model", "mutex", "--rename", "lock=acquire,lock=release");
  expect(twice.stderr).toBe('raceproof: --rename has "lock" twice.\n');
});

test("names in a file do not move the cursor, nor fill the screen", async () => {
  const odd = JSON.stringify(`a\u001b[2Jb\nc${"x".repeat(10_000)}`);
  const lines = (process: string, f: string): string =>
    `{"process":${process},"type":"invoke","f":${f},"key":${odd},"input":1}\n{"process":${process},"type":"ok","output":1}\n`;
  const [invoke] = lines(odd, '"write"').split("\n");
  const told = [
    await check(file("names.jsonl", lines(odd, '"write"')), "--model", "register", "--witness"),
    await check(file("unknown.jsonl", lines("0", odd)), "--model", "register"),
    await check(file("open.jsonl", `${invoke}\n${invoke}\n`), "--model", "register"),
  ];
  expect(told.map(({ code }) => code)).toEqual([0, 2, 2]);
  for (const { stdout } of told) {
    // oxlint-disable-next-line no-control-regex
    expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
    expect(Math.max(...stdout.split("\n").map(({ length }) => length))).toBeLessThan(3_000);
  }
  expect(told.map(({ stdout }) => stdout.trim().split("\n").length)).toEqual([2, 1, 1]);
});
