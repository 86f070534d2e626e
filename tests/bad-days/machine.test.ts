/** What the machine does not give: files, room, short names, readers. Each ends in a sentence, never in a stack. */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, inject, test, vi } from "vitest";
import { command } from "../../command.test-support.ts";
import { type Ended, ended } from "./raceproof.ts";

const folder = mkdtempSync(join(tmpdir(), "raceproof-machine-"));
afterAll(() => rmSync(folder, { recursive: true }));
const out = join(folder, "out");
const { redis } = inject("servers");
const stack = /^ +at /m;

/** Runs a line of the shell in which `raceproof` is the command. */
function shell(line: string, env: Record<string, string> = {}): Promise<Ended> {
  const raceproof = `raceproof() { "${process.execPath}" "${command}" "$@"; }`;
  const child = spawn("bash", ["-c", `set -o pipefail; ${raceproof}; ${line}`], {
    env: { ...process.env, NO_COLOR: "1", RACEPROOF_REDIS_URL: redis.url, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  return ended(child);
}

const incr = `run --backend redis --workload counter --strategy incr --out ${out}`;

test("too few open files", async () => {
  const { code, stderr } = await shell(`ulimit -n 64; raceproof ${incr}`);
  expect(stderr).toBe("raceproof: too many open files: raise their limit (ulimit -n 1024).\n");
  expect(code).toBe(2);
});

test("servers start below a temporary folder with a long name", async () => {
  const long = join(folder, "long".repeat(30));
  mkdirSync(long);
  const local = ["postgres", "mysql", "redis"].map((kind) => `--server ${kind}=local`).join(" ");
  const every = "--backend postgres,mysql,redis --workload unique-ids --isolation RC";
  const ways = "--strategy sequence,auto-increment,incr";
  const { code, stdout } = await shell(`raceproof run ${every} ${ways} ${local} --out ${out}`, {
    TMPDIR: long,
  });
  expect(stdout).toContain("3 cells: 3 as declared");
  expect(code).toBe(0);
}, 120_000);

test("what the environment says about other servers and programs does not reach ours", async () => {
  const odd = {
    ...{ LANG: "de_DE.UTF-8", LC_ALL: "de_DE.UTF-8", JAVA_TOOL_OPTIONS: "-Xmx1m" },
    ...{ PGSSLMODE: "require", PGOPTIONS: "-c statement_timeout=1", PGHOST: "nowhere.invalid" },
    ...{ AWS_USE_FIPS_ENDPOINT: "true", AWS_PROFILE: "nobody" },
  };
  const kinds = ["postgres", "redis", "dynamodb"];
  const local = kinds.map((kind) => `--server ${kind}=local`).join(" ");
  const every = `--backend ${kinds.join()} --workload counter --isolation RC`;
  const { code, stdout, stderr } = await shell(
    `raceproof run ${every} --strategy in-place,incr,add ${local} --out ${out}`,
    odd,
  );
  expect(stdout, stderr).toContain("3 cells: 3 as declared");
  expect(code).toBe(0);
}, 120_000);

test("a full temporary folder: the next program is not tried, and nothing is fetched", async () => {
  // A mount of our own, which ends with the process. Without root, in a name space of our own.
  const apart = `unshare ${process.getuid?.() === 0 ? "" : "--user --map-root-user"} --mount`;
  const small = join(folder, "small");
  mkdirSync(small);
  const mysql = `run --backend mysql --strategy in-place --server mysql=local --out ${out}`;
  const within = `mount -t tmpfs -o size=12m none ${small} && "$@"`;
  const { code, stdout, stderr } = await shell(
    `${apart} sh -c '${within}' sh "${process.execPath}" "${command}" ${mysql}`,
    { TMPDIR: small },
  );
  expect(stdout).toMatch(/^mysql: not run\. .*The disk of \S+small is full: make room there, or/m);
  expect(stdout).not.toContain("mariadb");
  expect([code, stack.test(stderr)]).toEqual([2, false]);
}, 120_000);

test("the folder of the results is removed in the middle", async () => {
  const gone = join(folder, "gone");
  const load = `run --backend redis --strategy incr --workload counter --clients 20`;
  const run = shell(`raceproof ${load} --operations 5000 --out ${gone}`);
  const history = join(gone, "redis.counter.incr.jsonl");
  await vi.waitUntil(() => existsSync(history), { timeout: 60_000 });
  rmSync(gone, { recursive: true });
  const { code, stderr } = await run;
  expect(stderr).toMatch(/^raceproof: Cannot (read|write) .*gone.*\.$/m);
  expect([code, stack.test(stderr)]).toEqual([2, false]);
}, 120_000);

describe("a reader that has seen enough, or is gone before there is anything", () => {
  const history = join(out, "redis.counter.incr.jsonl");
  const project = join(folder, "project");
  test.for([
    ["head -n 1", "list", "list"],
    ["head -n 1", "run", incr],
    ["head -n 1", "race", `race --database redis --setup "SET n 0" -- true`],
    ["head -n 1", "init", "init"],
    ["true", "list", "list"],
    ["true", "run", incr],
    ["true", "run --list", `${incr} --list`],
    ["true", "merge", `merge ${out}-shard --out ${out}-merged`],
    ["true", "report", `report ${out} --verbose`],
    ["true", "clean", "clean"],
    ["true", "--help", "--help"],
  ])("%s: %s", async ([reader, name, args]) => {
    if (!existsSync(history)) await shell(`raceproof ${incr}`);
    if (name === "merge") await shell(`raceproof ${incr} --shard 1/1 --out ${out}-shard`);
    mkdirSync(project, { recursive: true });
    writeFileSync(join(project, "package.json"), `{ "dependencies": { "pg": "8" } }`);
    const { stdout, stderr } = await shell(`cd ${project}; raceproof ${args} | ${reader}`);
    expect(stdout.split("\n")).toHaveLength(reader === "true" ? 1 : 2);
    expect(stderr).not.toMatch(/EPIPE|a mistake of|^ +at /m);
  });
});
