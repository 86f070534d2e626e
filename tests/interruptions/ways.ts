/** The ways in which a run is interrupted: who starts it, and what is done to which process. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

export interface Way {
  readonly name: string;
  /** Who starts the run: its own process, npm, or a terminal (`script` is one) with the process or npm in it. */
  readonly by: "itself" | "npm" | "terminal" | "terminal with npm";
  interrupt(started: Started): Promise<unknown>;
  /** The exit code of the run, if it had time to choose one; undefined: it is killed. */
  readonly code: number | undefined;
}

export interface Started {
  /** What was started: the run, npm, or the terminal. */
  readonly outer: ChildProcess;
  /** The run's own process. */
  readonly pid: number;
}

const outer =
  (...signals: NodeJS.Signals[]) =>
  async ({ outer }: Started): Promise<void> => {
    for (const [i, signal] of signals.entries()) {
      if (i > 0) await sleep(600);
      outer.kill(signal);
    }
  };
const typed = async ({ outer }: Started): Promise<void> => void outer.stdin!.write("\x03");

export const ways: readonly Way[] = [
  { name: "INT", by: "itself", interrupt: outer("SIGINT"), code: 130 },
  { name: "TERM", by: "itself", interrupt: outer("SIGTERM"), code: 143 },
  { name: "HUP", by: "itself", interrupt: outer("SIGHUP"), code: 129 },
  { name: "KILL", by: "itself", interrupt: outer("SIGKILL"), code: undefined },
  { name: "INT, INT", by: "itself", interrupt: outer("SIGINT", "SIGINT"), code: 130 },
  { name: "INT, KILL", by: "itself", interrupt: outer("SIGINT", "SIGKILL"), code: undefined },
  { name: "INT of npm", by: "npm", interrupt: outer("SIGINT"), code: 130 },
  { name: "TERM of npm", by: "npm", interrupt: outer("SIGTERM"), code: 143 },
  { name: "KILL of npm", by: "npm", interrupt: outer("SIGKILL"), code: 129 },
  { name: "INT, KILL of npm", by: "npm", interrupt: outer("SIGINT", "SIGKILL"), code: 130 },
  { name: "Ctrl-C typed", by: "terminal", interrupt: typed, code: 130 },
  { name: "Ctrl-C typed, npm", by: "terminal with npm", interrupt: typed, code: 130 },
  { name: "terminal closed", by: "terminal", interrupt: outer("SIGKILL"), code: 129 },
  { name: "terminal closed, npm", by: "terminal with npm", interrupt: outer("SIGKILL"), code: 129 },
];

/** A package with `npm start` as in this repository, but compiled. */
const packageOf = (command: string): string =>
  JSON.stringify({ name: "started-by-npm", scripts: { start: `exec node ${command}` } });

/**
 * Starts the command in this way.
 * @param command the file of the command, compiled
 * @param place a folder for this run alone; `out`, in it, is where its results go: no other process has it among its
 * arguments
 */
export async function start(
  { by }: Way,
  command: string,
  args: readonly string[],
  place: string,
  out: string,
): Promise<Started> {
  const env = { ...process.env, TMPDIR: place, NO_COLOR: "1" };
  const cwd = join(place, "package");
  mkdirSync(cwd);
  writeFileSync(join(cwd, "package.json"), packageOf(command));
  const own = [process.execPath, command, ...args];
  const through_npm = ["npm", "start", "--", ...args];
  const words = by === "npm" || by === "terminal with npm" ? through_npm : own;
  const quoted = words.map((word) => `'${word}'`).join(" ");
  const argv = by.startsWith("terminal") ? ["script", "-qefc", quoted, "/dev/null"] : words;
  const outer = spawn(argv[0]!, argv.slice(1), { cwd, env, stdio: ["pipe", "pipe", "pipe"] });
  if (by === "itself") return { outer, pid: outer.pid! };
  for (;;) {
    const pid = runWith(out);
    if (pid !== undefined) return { outer, pid };
    if (outer.exitCode !== null) throw new Error(`${argv[0]} ended with ${outer.exitCode}`);
    await sleep(20);
  }
}

/** The node that has this folder among its arguments; npm and shells have it in a longer one, or are not node. */
function runWith(out: string): number | undefined {
  const found = readdirSync("/proc").find((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      const words = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
      return words.includes(out) && words.some((word) => word.endsWith("cli/main.js"));
    } catch {
      return false;
    }
  });
  return found === undefined ? undefined : Number(found);
}
