/** A machine that gives little: few processes (`ulimit -u`), little memory (a cgroup). */

import { spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { command } from "../../command.test-support.ts";
import { type Ended, ended } from "./raceproof.ts";

const folder = mkdtempSync(join(tmpdir(), "raceproof-limits-"));
chmodSync(folder, 0o755);
afterAll(() => rmSync(folder, { recursive: true }));
const stack = /^ +at /m;

/** Runs a line of the shell in which `raceproof` is the command. @param before words that start the shell */
function shell(
  line: string,
  before: readonly string[] = [],
  env: Record<string, string> = {},
): Promise<Ended> {
  const raceproof = `raceproof() { "${process.execPath}" "${command}" "$@"; }`;
  const [program, ...args] = [...before, "bash", "-c", `${raceproof}; ${line}`];
  const child = spawn(program, args, {
    env: { ...process.env, NO_COLOR: "1", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  return ended(child);
}

test("too few processes", async ({ skip }) => {
  // They are counted for a user, and root may have any number: so root becomes one who has none.
  const is_root = process.getuid?.() === 0;
  const other = ["setpriv", "--reuid=54321", "--regid=54321", "--clear-groups"];
  const home = join(folder, "home");
  mkdirSync(home);
  chmodSync(home, 0o777);
  if (is_root) {
    chmodSync(dirname(dirname(command)), 0o755);
    const [program, ...args] = [...other, "test", "-r", command];
    if (spawnSync(program, args).status !== 0) skip("another user cannot read our folder");
  }
  const run = "run --backend postgres --workload counter --strategy in-place --isolation RC";
  const { code, stdout, stderr } = await shell(
    `ulimit -u 12; raceproof ${run} --server postgres=local --out ${join(home, "out")}`,
    is_root ? other : [],
    { HOME: home, TMPDIR: home },
  );
  expect(stdout).toMatch(
    /^postgres: not run\. .*The system starts no more processes or threads for this user: end some, or raise the limit \(ulimit -u\)\.$/m,
  );
  expect([code, stack.test(stderr)]).toEqual([2, false]);
});

describe("little memory", () => {
  test("in 500 MB, three servers run beside each other", async ({ skip }) => {
    const into = groupOf(500) ?? skip("this machine lets us make no cgroup with a limit on memory");
    const cells = "--workload counter --strategy in-place,incr,add --isolation RC";
    const kinds = ["postgres", "redis", "dynamodb"];
    const servers = kinds.map((kind) => `--server ${kind}=local`).join(" ");
    const { code, stdout, stderr } = await shell(
      `${into} && raceproof run --backend ${kinds.join()} ${cells} ${servers} --out ${join(folder, "out")}`,
    );
    expect(stdout, stderr).toContain("3 cells: 3 as declared");
    expect(code).toBe(0);
  });

  test("in 250 MB, MySQL is killed at its start: that is said, and who takes its place", async ({
    skip,
  }) => {
    const into = groupOf(250) ?? skip("this machine lets us make no cgroup with a limit on memory");
    const cell = "--backend mysql --workload counter --strategy in-place --isolation RC";
    const { code, stdout, stderr } = await shell(
      `${into} && raceproof run ${cell} --server mysql=local --out ${join(folder, "mysql")}`,
    );
    expect(stderr).toMatch(
      /^MariaDB takes the place of MySQL: .* was ended by SIGKILL, as when memory is short \(this group of processes has 250 MB\) at its start/m,
    );
    expect(stdout, stderr).toContain("1 cell: 1 as declared");
    expect([code, stack.test(stderr)]).toEqual([0, false]);
  });

  test("in 300 MB, a history that takes more has no verdict, and says how far it got", async ({
    skip,
  }) => {
    const into = groupOf(300) ?? skip("this machine lets us make no cgroup with a limit on memory");
    const path = join(folder, "long.jsonl");
    writeFileSync(path, longHistory(700_000));
    const { code, stdout, stderr } = await shell(
      `${into} && raceproof check ${path} --model counter`,
    );
    expect(stdout, stderr).toMatch(/: unknown\. Not decided within \d+ MB: /);
    expect([code, stack.test(stderr)]).toEqual([2, false]);
  });
});

/** One client counts up. */
function longHistory(increments: number): string {
  const lines: string[] = [];
  for (let n = 0; n < increments; n++)
    lines.push(
      `{"index":${2 * n},"process":0,"type":"invoke","f":"add","key":"a","input":1}`,
      `{"index":${2 * n + 1},"process":0,"type":"ok","output":${n + 1}}`,
    );
  return `${lines.join("\n")}\n`;
}

/**
 * A group of processes that together may have so much memory, for this test.
 * @returns the command of a shell that joins it; undefined where this machine lets us make none
 */
function groupOf(mb: number): string | undefined {
  const name = `raceproof-test-${process.pid}-${mb}`;
  const kinds = [
    ["/sys/fs/cgroup/memory", "memory.limit_in_bytes"],
    ["/sys/fs/cgroup", "memory.max"],
  ] as const;
  for (const [root, limit] of kinds) {
    const group = join(root, name);
    try {
      mkdirSync(group);
    } catch {
      continue;
    }
    // Processes that have just ended may still be in it.
    onTestFinished(() => vi.waitFor(() => rmdirSync(group), { timeout: 10_000 }));
    try {
      // It exists only where memory is limited by groups of this kind.
      readFileSync(join(group, limit));
      writeFileSync(join(group, limit), `${mb * 2 ** 20}`);
    } catch {
      continue;
    }
    return `echo $$ > ${join(group, "cgroup.procs")}`;
  }
  return undefined;
}
