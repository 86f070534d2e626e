/** `raceproof check` as people meet it: its lines, its exit codes, its limits. */
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, test } from "vitest";
import { command } from "../command.test-support.ts";

const folder = mkdtempSync(join(tmpdir(), "raceproof-check-cli-"));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly spent_ms: number;
}

const check = (...args: string[]): Promise<Ended> =>
  ended([process.execPath, command, "check", ...args]);

function ended([program, ...args]: [string, ...string[]], env = process.env): Promise<Ended> {
  const start = performance.now();
  const child = spawn(program, args, { env });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (data) => (stdout += data));
  child.stderr.on("data", (data) => (stderr += data));
  return new Promise((resolve) =>
    child.on("close", (code) =>
      resolve({ code, stdout, stderr, spent_ms: performance.now() - start }),
    ),
  );
}

const event = (process: number, type: string, f: string, value: string): string =>
  `{:process ${process}, :type :${type}, :f :${f}, :value ${value}}\n`;
const done = (process: number, f: string, value: string, answer = value): string =>
  event(process, "invoke", f, value) + event(process, "ok", f, answer);

const valid = file("valid.edn", done(0, "write", "1") + done(1, "read", "nil", "1"));
const stale = file("stale.edn", done(0, "write", "1") + done(1, "read", "nil", "0"));
/**
 * All these enqueues overlap, and one of their values is dequeued before the 50 that was there first: factorially many
 * orders must be excluded. Each value is enqueued twice, one call inside the other, which rules out the quick checks.
 */
const numbers = Array.from({ length: 14 }, (_, process) => process);
const hopeless = file(
  "hopeless.edn",
  done(0, "enqueue", "50") +
    numbers.map((number) => event(number, "invoke", "enqueue", String(number >> 1))).join("") +
    numbers
      .toReversed()
      .map((number) => event(number, "ok", "enqueue", String(number >> 1)))
      .join("") +
    done(0, "dequeue", "nil", "0"),
);

test("valid: one line, exit code 0, also of a packed file; on request with the order that shows it", async () => {
  const plain = await check(valid, "--model", "register");
  expect(plain).toMatchObject({
    code: 0,
    stderr: "",
    stdout: `${valid}: valid. All 2 operations fit into one order.\n`,
  });
  const packed = `${valid}.gz`;
  writeFileSync(packed, gzipSync(readFileSync(valid)));
  const unpacked = await check(packed, "--model", "register");
  expect(unpacked.stdout).toBe(plain.stdout.replace(valid, packed));
  const { stdout } = await check(valid, "--model", "register", "--witness");
  expect(stdout).toBe(`${plain.stdout}   process 0: write 1\n   process 1: read → 1\n`);
});

test("invalid: the reason and a drawing, exit code 1, also beside a valid and an unknown one", async () => {
  const empty = file("empty.edn", "");
  const told = await check(valid, empty, stale, "--model", "register", "--initial", "0");
  expect(told.code).toBe(1);
  expect(told.stdout.split("\n")).toEqual([
    expect.stringMatching(/valid\.edn: valid\. /),
    expect.stringMatching(/empty\.edn: unknown\. .* is empty/),
    `${stale}: invalid. process 1's read → 0 (line 3) is impossible after process 0's write 1 (line 1) had returned: the state can only have been 1.`,
    "  process 0  |--|           write 1   lines 1, 2",
    "  process 1        |--|     read → 0   lines 3, 4   ← cannot be placed",
    "",
  ]);
});

test("--json", async () => {
  const { code, stdout } = await check(valid, stale, "--model", "register", "--json");
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject([
    { file: valid, checker: "register", verdict: "valid", operations: 2, events: 4, notes: [] },
    { file: stale, verdict: "invalid", evidence: [{ f: "read", output: 0 }] },
  ]);
});

test("--independent: keys are the first of [key value]", async () => {
  const path = file(
    "keys.edn",
    done(0, "write", "[1 5]") + done(0, "write", "[2 6]") + done(1, "read", "[1 nil]", "[1 5]"),
  );
  expect((await check(path, "--model", "register", "--independent")).code).toBe(0);
  expect((await check(path, "--model", "register", "--no-independent")).code).toBe(1);
  expect(await check(path, "--model", "register")).toMatchObject({
    code: 2,
    stdout: expect.stringContaining("say --independent, or --no-independent if they are not"),
  });
});

test("--model ./mine.ts, and one that is no model", async () => {
  const mine = file(
    "mine.ts",
    `interface Call { f: string; input: unknown; output: unknown }
     export default { name: "anything", init: 0, step: (state: number, call: Call): number => state };`,
  );
  const told = await check(stale, "--model", mine);
  expect([told.code, told.stdout]).toEqual([0, expect.stringMatching(/stale\.edn: valid\. /)]);
  const none = await check(stale, "--model", file("none.mjs", "export default 5;"));
  expect([none.code, none.stdout]).toEqual([
    2,
    expect.stringMatching(
      /unknown\. The default export of .* must be a model, \{ name, init, step \}/,
    ),
  ]);
});

test("no TypeScript is kept, nor run, where somebody else could have put it", async () => {
  const shared = join(folder, "shared");
  mkdirSync(shared);
  const mine = file("own.ts", `export default { name: "own", init: 0 as number, step: () => 0 };`);
  const args = ["check", valid, "--model", mine];
  const env = { ...process.env, TMPDIR: shared };
  for (const start of [
    [process.execPath, command],
    ["npm", "start", "-s", "--"],
  ] as const) {
    const { stdout } = await ended([...start, ...args], env);
    expect(stdout).toMatch(/: valid\. /);
    expect(readdirSync(shared)).toEqual([]);
  }
});

describe("no verdict: one sentence that says where, exit code 2", () => {
  test.each([
    ["a file that is not there", join(folder, "nowhere"), /it is not there\./],
    [
      "no completed operation",
      file("info.edn", event(0, "invoke", "write", "1")),
      /No operation completed/,
    ],
    [
      "EDN that is none",
      file("map.edn", `${done(0, "write", "1")}{:process}\n`),
      /map\.edn, line 3, column 1: a map has a key without a value\./,
    ],
    ["JSONL that is none", file("bad.jsonl", '{"index":0,\n'), /bad\.jsonl, line 1 is not JSON/],
  ])("%s", async (_, path, sentence) => {
    const { code, stdout, stderr } = await check(path, "--model", "register");
    expect(code).toBe(2);
    expect(stdout).toMatch(sentence);
    expect([stdout.trim().split("\n").length, stderr]).toEqual([1, ""]);
  });

  test.each([
    [["--model", "nope"], /^raceproof: --model: there is no "nope"; choose from register, /],
    [
      ["--model", "register", "--format", "xml"],
      /^raceproof: --format: there is no "xml"; choose from jsonl/,
    ],
    [["--model", "register", "--initial", "{"], /^raceproof: --initial takes JSON/],
    [
      ["--model", "register", "--timeout-s", "soon"],
      /^raceproof: --timeout-s takes a whole number/,
    ],
    [
      ["--model", "register", "--memory-mb", "1"],
      /^raceproof: --memory-mb takes a whole number from 16 on/,
    ],
    [[], /^raceproof: required option '--model/],
  ])("%s", async (args, sentence) => {
    const { code, stdout, stderr } = await check(valid, ...args);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(sentence);
    expect(stderr.trim().split("\n")).toHaveLength(1);
  });
});

/** What would go on for ever: in the search, and in a step of a model that does not return. */
describe("limits (bench/check-file.bench.ts says how exactly they are kept)", () => {
  const step = (name: string, body: string): string =>
    file(`${name}.mjs`, `export default { name: "${name}", init: 0, step() { ${body} } };`);
  const endless = step("endless", "for (;;);");
  const heap = step("heap", "for (const kept = []; ; ) kept.push(new Array(1000).fill({}));");
  const buffers = step("buffers", "for (const kept = []; ; ) kept.push(Buffer.alloc(1 << 20, 1));");

  test.each([
    ["a search", "queue"],
    ["a step", endless],
  ])("--timeout-s: %s", async (_, model) => {
    const { code, stdout, spent_ms } = await check(hopeless, "--model", model, "--timeout-s", "2");
    expect(stdout).toMatch(/: unknown\. Not decided within 2 s: .* reached\.\n$/);
    expect(code).toBe(2);
    expect(spent_ms).toBeGreaterThan(2_000);
  });

  test.each([
    ["a search", "queue"],
    ["a step that fills the heap", heap],
    ["a step that fills buffers", buffers],
  ])("--memory-mb: %s", async (_, model) => {
    const { code, stdout } = await check(hopeless, "--model", model, "--memory-mb", "64");
    expect(stdout).toMatch(/: unknown\. Not decided within 64 MB: .* reached\.\n$/);
    expect(code).toBe(2);
  });
});
