/** The command as people meet it: exit codes, one clear sentence for what is wrong, nothing left behind. */
import { type ChildProcess, spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, inject, test, vi } from "vitest";
import { command } from "../command.test-support.ts";
import { own_mark } from "../owners/run-mark.ts";
import type { Results } from "../reports/summary.ts";

const out = mkdtempSync(join(tmpdir(), "raceproof-cli-"));
afterAll(() => rmSync(out, { recursive: true }));
const servers = inject("servers");
const urls = {
  RACEPROOF_MYSQL_URL: servers.mysql.url,
  RACEPROOF_POSTGRES_URL: servers.postgres.url,
  RACEPROOF_REDIS_URL: servers.redis.url,
  RACEPROOF_DYNAMODB_ENDPOINT: servers.dynamodb.url,
};

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function start(args: readonly string[], env: Record<string, string> = urls): ChildProcess {
  return spawn(process.execPath, [command, ...args], {
    env: { ...process.env, NO_COLOR: "1", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

function ended(child: ChildProcess): Promise<Ended> {
  let stdout = "";
  let stderr = "";
  child.stdout?.on("data", (data) => (stdout += data));
  child.stderr?.on("data", (data) => (stderr += data));
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, stdout, stderr })));
}

const raceproof = (...args: string[]): Promise<Ended> => ended(start(["--out", out, ...args]));

describe("what is wrong with the command line is said in one sentence, exit code 2", () => {
  test.for([
    ["an unknown backend", ["--backend", "oracle"], /there is no "oracle"; choose from .*mysql/],
    ["an unknown workload", ["--workload", "hope"], /there is no "hope"; choose from counter, /],
    ["an unknown strategy", ["--strategy", "hope"], /there is no "hope"; choose from .*in-place/],
    [
      "an unknown level",
      ["--isolation", "chaos"],
      /there is no "chaos"; choose from .*SERIALIZABLE/,
    ],
    [
      "an unknown reporter",
      ["--reporter", "default", "--reporter", "github,jnuit"],
      /there is no "jnuit" \(Did you mean junit\?\); choose from default, verbose, json, junit, github\./,
    ],
    ["an unknown flag", ["--fast"], /unknown option '--fast'/],
    ["a number that is none", ["--clients", "many"], /--clients takes a whole number from 1 on/],
    ["no client", ["--clients", "0"], /--clients takes a whole number from 1 on/],
    ["no operation", ["--operations", "0"], /--operations takes a whole number from 1 on/],
    ["no increment", ["--increments", "0"], /--increments takes a whole number from 1 on/],
    ["a server of no kind", ["--server", "oracle=local"], /--server takes KIND=local/],
    [
      "a folder where there can be none",
      ["--out", "/proc/raceproof/x"],
      /cannot write to \/proc\//,
    ],
    ["a folder that is none", ["--out", "package.json/x"], /cannot write to package.json\/x/],
  ] as const)("%s", async ([, args, sentence]) => {
    const { code, stderr, stdout } = await raceproof(...args);
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect(stderr).toMatch(sentence);
    expect([code, stdout]).toEqual([2, ""]);
  });
});

test("a mistyped command or flag is told what was probably meant", async () => {
  const [command, flag] = await Promise.all([
    ended(start(["chek", "x.edn"])),
    ended(start(["--bakend", "redis"])),
  ]);
  expect(command.stderr).toMatch(/^raceproof: unknown command 'chek' \(Did you mean check\?\)/);
  expect(flag.stderr).toMatch(/^raceproof: unknown option '--bakend' \(Did you mean --backend\?\)/);
  expect([command.code, flag.code]).toEqual([2, 2]);
});

test("--version, and the options of a run in --help", async () => {
  const [version, help] = await Promise.all([ended(start(["--version"])), ended(start(["-h"]))]);
  expect(version.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  expect(help.stdout).toContain("--isolation <levels>");
  expect([version.code, help.code]).toEqual([0, 0]);
});

test("--list says what would be run, and runs nothing", async () => {
  const options = ["--workload", "bank", "--backend", "redis", "--strategy", "lua"];
  const { code, stdout } = await ended(start(["--list", "--out", "package.json/x", ...options]));
  expect(stdout).toMatch(/^redis bank lua\n1 cell$/m);
  expect(code).toBe(0);
});

test("what a killed run has left on this machine is listed, and removed once it is over", async () => {
  const cache = mkdtempSync(join(out, "cache-"));
  const homes = join(cache, "raceproof", "v2", "homes");
  mkdirSync(homes, { recursive: true, mode: 0o700 });
  const leave = (name: string, mark: string): string => {
    const folder = mkdtempSync(join(out, `${name}-`));
    writeFileSync(join(homes, name), JSON.stringify({ folder, end: "KILL", mark }));
    return folder;
  };
  // The same process number, begun at another time.
  const over = leave("over", own_mark.replace(/_[^_]+(?=_[^_]+$)/, "_1"));
  const lives = leave("lives", own_mark);
  const env = { XDG_CACHE_HOME: cache, DOCKER_HOST: `unix://${cache}/nobody` };
  const listed = await ended(start(["list"], env));
  expect(listed.stdout).toContain(`this machine: folder ${over}, of a run that is over`);
  const { code, stdout } = await ended(start(["clean"], env));
  expect(stdout).toContain(`this machine: removed folder ${over}, of a run that is over (process`);
  expect(stdout).toContain(`this machine: stays: folder ${lives}, of a run that goes on (process`);
  expect([code, existsSync(over), existsSync(lives)]).toEqual([0, false, true]);
  rmSync(join(homes, "lives"));
  const again = await ended(start(["clean"], env));
  expect([again.code, again.stdout]).toEqual([0, "this machine: nothing is left there.\n"]);
});

describe("a URL that leads to no such server", () => {
  test("another kind of server answers", async () => {
    const there = ["--backend", "postgres", "--server", `postgres=${wrongKind("postgres")}`];
    const { code, stdout, stderr } = await raceproof(...there);
    expect(code).toBe(2);
    expect(stdout).toMatch(/postgres: not run\. .*/);
    expect(stdout + stderr).not.toMatch(/^ +at /m);
  });

  test("nobody listens", async () => {
    const port = await freePort();
    const url = `mysql://root@127.0.0.1:${port}/`;
    const { code, stdout, stderr } = await raceproof(
      "--backend",
      "mysql",
      "--server",
      `mysql=${url}`,
    );
    expect(code).toBe(2);
    expect(stdout).toMatch(/mysql: not run\. .*127\.0\.0\.1/);
    expect(stdout + stderr).not.toMatch(/^ +at /m);
  });

  test("it wants another password, which is not repeated", async () => {
    const { host } = new URL(servers.mysql.url);
    const there = ["--backend", "mysql", "--server", `mysql=mysql://someone:tell-tale@${host}/`];
    const { code, stdout, stderr } = await raceproof(...there);
    expect(code).toBe(2);
    expect(stdout).toMatch(/mysql: not run\. .*refuses user "someone"/);
    expect(stdout + stderr).not.toMatch(/tell-tale|^ +at /m);
  });
});

describe("surroundings", () => {
  const incr = ["--backend", "redis", "--workload", "counter", "--strategy", "incr", "--out"];
  const onFullDisk = (file: string): string => {
    const folder = mkdtempSync(join(out, "full-"));
    symlinkSync("/dev/full", join(folder, file));
    return folder;
  };

  test.for([
    ["the results", "results.json.new", {}],
    ["JUnit's report", "junit.xml", {}],
    ["the summary of a job", "nothing", { GITHUB_STEP_SUMMARY: "/dev/full" }],
  ] as const)("a disk that is full when %s is written: it is printed", async ([, file, env]) => {
    const reporters = ["--reporter", "default,junit,github"];
    const run = start([...incr, onFullDisk(file), ...reporters], { ...urls, ...env });
    const { code, stdout, stderr } = await ended(run);
    expect(stderr).toMatch(/^raceproof: cannot write .*no space left on device/m);
    expect(stdout).toContain("1 cell: 1 as declared");
    expect([code, /^ +at /m.test(stderr)]).toEqual([2, false]);
  });

  test("a disk that gets full while a history is recorded", async () => {
    const { code, stderr } = await ended(start([...incr, onFullDisk("redis.counter.incr.jsonl")]));
    expect(stderr).toMatch(
      /^raceproof: Cannot write the history .*redis\.counter\.incr\.jsonl: the disk is full\./m,
    );
    expect([code, /^ +at /m.test(stderr)]).toEqual([2, false]);
  });

  test("no network on the first run", async () => {
    const nowhere = `http://127.0.0.1:${await freePort()}`;
    const cut_off = { ...urls, XDG_CACHE_HOME: join(out, "no-cache"), http_proxy: nowhere };
    // Only the archive has ZooKeeper.
    const first = ["--backend", "postgres+zookeeper", "--server", "zookeeper=local", "--out", out];
    const { code, stdout } = await ended(start(first, cut_off));
    expect(stdout).toMatch(/zookeeper: not run\. .*network is needed the first time/);
    expect(code).toBe(2);
  });
});

describe("the main job", () => {
  test("one strategy, as declared: exit code 0, history and results written", async () => {
    const names = ["--workload", "counter", "--strategy", "incr,get-set"];
    const { code, stdout, stderr } = await raceproof("--backend", "redis", ...names, "--seed", "7");
    expect(code, stdout + stderr).toBe(0);
    expect(stdout).toContain("✗ get-set: lost update (as declared)");
    expect(stdout).toContain("✓ incr: correct (as declared)");
    expect(readFileSync(join(out, "index.html"), "utf8")).toMatch(/^<!doctype html>/);
    const results = JSON.parse(readFileSync(join(out, "results.json"), "utf8")) as Results;
    expect(results.seed).toBe(7);
    for (const { load } of results.cells) expect(existsSync(load!.history)).toBe(true);
  });

  test("one client never races: no verdict, exit code 2; every reporter at once, none with the password", async () => {
    const cell = [
      ...["--backend", "postgres", "--server", `postgres=${servers.postgres.url}`],
      ...["--workload", "counter", "--strategy", "read-write", "--isolation", "RC"],
    ];
    const folder = mkdtempSync(join(out, "reporters-"));
    const size = ["--clients", "1", "--operations", "200", "--out", folder];
    const reporters = ["--json", "--reporter", "default,junit", "--reporter", "github"];
    const { code, stdout, stderr } = await ended(
      start([...cell, ...size, ...reporters], {
        ...urls,
        GITHUB_STEP_SUMMARY: join(folder, "summary.md"),
      }),
    );
    const results = JSON.parse(stdout) as Results;
    expect(results.cells[0]!.load).toMatchObject({ acknowledged: 200, final: 200, overlapping: 0 });
    expect(code).toBe(2);
    expect(stderr).toContain("1 cell: 0 as declared, 0 different, 1 without a verdict.");
    expect(stderr).toMatch(/^::warning title=counter read-write at RC on PostgreSQL /m);
    expect(readFileSync(join(folder, "junit.xml"), "utf8")).toContain('skipped="1"');
    expect(readFileSync(join(folder, "summary.md"), "utf8")).toContain("1 not as declared:");
    const { password } = new URL(servers.postgres.url);
    const written = readdirSync(folder).map((name) => readFileSync(join(folder, name), "utf8"));
    expect(written).toHaveLength(5);
    for (const text of [stdout, stderr, ...written]) expect(text).not.toContain(password);
  });

  test("Ctrl-C: what was recorded can be judged, exit code 130, nothing left behind", async () => {
    // A temporary folder of its own: other tests run at the same time.
    const temporary = mkdtempSync(join(out, "tmp-"));
    const child = start(
      [
        "--backend",
        "redis",
        "--workload",
        "counter",
        "--strategy",
        "incr,lua,lock",
        "--increments",
        "1000000",
        "--out",
        out,
      ],
      { TMPDIR: temporary },
    );
    const end = ended(child);
    const history = join(out, "redis.counter.incr.jsonl");
    rmSync(history, { force: true });
    const lines = () => readFileSync(history, "utf8").split("\n").length;
    await vi.waitFor(() => expect(lines()).toBeGreaterThan(1000), { timeout: 60_000 });
    child.kill("SIGINT");
    const { code, stdout, stderr } = await end;
    expect(code, stdout + stderr).toBe(130);
    expect(stdout).toMatch(/Interrupted/);
    // One was in its load, and the others had none: that is not as declared.
    expect(stdout).toContain(
      "3 cells: 0 as declared, 0 different, 0 without a verdict, 3 broken off (2 before their load).",
    );
    const { cells, not_begun } = JSON.parse(
      readFileSync(join(out, "results.json"), "utf8"),
    ) as Results;
    expect(cells.map(({ conclusion }) => conclusion)).toEqual(Array(3).fill("no verdict"));
    expect(not_begun).toBe(0);
    const check = await ended(start(["check", history, "--model", "counter"]));
    expect(check.code, check.stdout + check.stderr).toBe(0);
    await vi.waitFor(() => expect(leftovers(temporary)).toEqual([]), { timeout: 10_000 });
  });
});

test("a killed run goes on with --resume: what it had finished is kept, and not run again", async () => {
  const folder = mkdtempSync(join(out, "resumed-"));
  const cells = ["--backend", "redis", "--workload", "counter", "--strategy", "incr,lua"];
  const args = [...cells, "--operations", "3000", "--out", folder];
  const killed = start(args);
  const finished = join(folder, ".finished");
  const lines = () => readFileSync(finished, "utf8").trim().split("\n");
  await vi.waitFor(() => expect(lines()).toHaveLength(2), { timeout: 60_000, interval: 5 });
  killed.kill("SIGKILL");
  await ended(killed);
  const before = JSON.parse(lines()[1]!) as { cell: Results["cells"][0] };
  const history = readFileSync(before.cell.load!.history);
  const { code, stdout, stderr } = await ended(start([...args, "--resume"]));
  expect(stdout, stderr).toContain("2 cells: 2 as declared");
  const results = JSON.parse(readFileSync(join(folder, "results.json"), "utf8")) as Results;
  expect(results.cells[0]).toEqual(before.cell);
  expect(readFileSync(before.cell.load!.history).equals(history)).toBe(true);
  expect(results.cells[1]!.load).toMatchObject({ acknowledged: 15_000 });
  expect([code, existsSync(finished)]).toEqual([0, false]);
});

describe("check", () => {
  const file = (name: string, text: string | Buffer): string => {
    const path = join(out, name);
    writeFileSync(path, text);
    return path;
  };
  test.for([
    ["an empty file", ""],
    ["a binary file", Buffer.from([0, 255, 1, 254, 0, 0])],
  ] as const)("%s has no verdict: exit code 2", async ([name, text]) => {
    const path = file(name, text);
    const { code, stdout, stderr } = await ended(start(["check", path, "--model", "counter"]));
    expect(code).toBe(2);
    expect(stdout + stderr).toContain(path);
    expect(stdout + stderr).not.toMatch(/^ +at /m);
  });

  const operation =
    '{"index":0,"process":0,"time_ns":1,"type":"invoke","f":"add","key":"a","input":1}\n' +
    '{"index":1,"process":0,"time_ns":2,"type":"ok"}\n';

  test("a file that was cut off in a line is judged up to there", async () => {
    const cut = file("cut", `${operation}{"index":2,"process":0,"ti`);
    const { code, stdout } = await ended(start(["check", cut, "--model", "counter"]));
    expect([code, stdout]).toEqual([0, expect.stringMatching(/cut: valid/)]);
  });

  test("a broken line in the middle is named: exit code 2", async () => {
    const broken = file("broken", `${operation}{"index":2,"pro\n${operation}`);
    const { code, stdout, stderr } = await ended(start(["check", broken, "--model", "counter"]));
    expect(stdout + stderr).toMatch(/broken, line 3 /);
    expect(code).toBe(2);
  });
});

/** The URL of a server of another kind, dressed up as one of this kind. */
function wrongKind(scheme: string): string {
  const { host } = new URL(servers.redis.url);
  return `${scheme}://postgres@${host}/postgres`;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

/** What we have left in a temporary folder. */
const leftovers = (folder: string): string[] =>
  readdirSync(folder).filter((name) => name.startsWith("raceproof-"));
