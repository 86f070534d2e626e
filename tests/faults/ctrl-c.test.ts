/** Ctrl-C, or another polite signal, in the middle of a fault: the exit code of a shell, and neither a process nor a folder stays. */
import { spawn } from "node:child_process";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test, vi } from "vitest";
import { command } from "../../command.test-support.ts";

const place = mkdtempSync(join(tmpdir(), "raceproof-ctrl-c-"));
// PostgreSQL may run as another user, which must find its home in there.
chmodSync(place, 0o755);
afterAll(() => rmSync(place, { recursive: true }));

test.for([
  ["pause", "postgres", "in-place", "SIGINT", 130],
  ["kill", "mysql", "in-place", "SIGTERM", 143],
  ["restart", "redis", "incr,lua", "SIGHUP", 129],
] as const)("%s %s, %s %s", async ([fault, backend, strategy, signal, code]) => {
  const out = join(place, `${fault}-out`);
  const what = [
    "--backend",
    backend,
    "--workload",
    "counter",
    "--strategy",
    strategy,
    "--server",
    `${backend}=local`,
  ];
  const child = spawn(process.execPath, [command, "run", "--fault", fault, ...what, "--out", out], {
    env: { ...process.env, TMPDIR: place, NO_COLOR: "1" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  child.stdout.on("data", (data) => (said += data));
  child.stderr.on("data", (data) => (said += data));
  const ended = new Promise((resolve) => child.once("close", resolve));
  await vi.waitFor(() => expect(faultsBegunIn(out)).toBeGreaterThan(0), {
    timeout: 60_000,
    interval: 5,
  });
  child.kill(signal);
  expect([await ended, said]).toEqual([code, expect.stringContaining("Interrupted")]);
  expect(said).not.toMatch(/^ +at /m);
  // The cell that was broken off is not as declared, nor are those that did not begin.
  expect(said).toContain("1 cell: 0 as declared, 0 different, 0 without a verdict, 1 broken off.");
  expect(said.includes("1 cell more did not begin.")).toBe(strategy.includes(","));
  expect(foldersLeft()).toEqual([]);
  expect(processesLeft()).toEqual([]);
});

function faultsBegunIn(folder: string): number {
  const histories = readdirSync(folder).filter((name) => name.endsWith(".jsonl"));
  const text = histories.map((name) => readFileSync(join(folder, name), "utf8")).join("");
  return text.split('"process":"nemesis","type":"invoke"').length - 1;
}

const foldersLeft = (): string[] =>
  readdirSync(place).filter((name) => name.startsWith("raceproof_"));

/** The processes whose working folder is in our place, stopped ones too. */
function processesLeft(): string[] {
  return readdirSync("/proc").filter((pid) => {
    try {
      return readlinkSync(`/proc/${pid}/cwd`).startsWith(place);
    } catch {
      return false;
    }
  });
}
