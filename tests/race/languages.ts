/** Which languages can be run here. What RACEPROOF_LANGUAGES names has to be there: there its absence is a failure. */
import { execFileSync } from "node:child_process";

export interface Language {
  /** As RACEPROOF_LANGUAGES calls it. */
  readonly name: string;
  /** The first of these commands that works, with these words behind it. */
  readonly commands: readonly string[];
  readonly probe: readonly string[];
}

/** @returns the command that works, undefined = the tests of this language do not run, which is said loudly */
export function commandOf({ name, commands, probe }: Language): string | undefined {
  const reasons: string[] = [];
  for (const command of commands) {
    try {
      execFileSync(command, probe, { stdio: ["ignore", "ignore", "pipe"], encoding: "utf8" });
      return command;
    } catch (error) {
      const { stderr = "", message } = error as { stderr?: string; message: string };
      reasons.push(stderr.trim().split("\n").at(-1) || message);
    }
  }
  const why = `${name} cannot be run here: ${reasons.join("; ")}`;
  if (process.env["RACEPROOF_LANGUAGES"]?.split(",").includes(name)) throw new Error(why);
  console.warn(`\n*** NOT RUN: ${why} ***\n`);
  return undefined;
}
