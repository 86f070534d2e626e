/** The command, as people start it. */
import { type ChildProcess, spawn } from "node:child_process";
import { command } from "../../command.test-support.ts";

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export const raceproof = (...args: readonly string[]): Promise<Ended> => ended(start(...args));

export function start(...args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [command, ...args], {
    env: { ...process.env, NO_COLOR: "1" },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

export function ended(child: ChildProcess): Promise<Ended> {
  let stdout = "";
  let stderr = "";
  child.stdout?.on("data", (data) => (stdout += data));
  child.stderr?.on("data", (data) => (stderr += data));
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, stdout, stderr })));
}
