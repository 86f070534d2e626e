/**
 * Which languages can be run here. A language that RACEPROOF_LANGUAGES names has to be there: its absence is a failure.
 */
import { execFileSync } from "node:child_process";

export interface Language {
  /** As RACEPROOF_LANGUAGES calls it. */
  readonly name: string;
  /** The first of these commands that works with the arguments in `probe` is used. */
  readonly commands: readonly string[];
  readonly probe: readonly string[];
  readonly environment?: NodeJS.ProcessEnv;
  /** Starts so slowly that its tests run only where RACEPROOF_LANGUAGES names it. */
  readonly is_slow?: boolean;
}

/** @returns the command that works, undefined = the tests of this language do not run, which is said loudly */
export function commandOf(language: Language): string | undefined {
  const { name, commands, probe, environment, is_slow = false } = language;
  const is_named = process.env["RACEPROOF_LANGUAGES"]?.split(",").includes(name) ?? false;
  const reasons =
    is_slow && !is_named ? ["it is slow, and RACEPROOF_LANGUAGES does not name it"] : [];
  for (const command of reasons.length > 0 ? [] : commands) {
    try {
      execFileSync(command, probe, {
        stdio: ["ignore", "ignore", "pipe"],
        encoding: "utf8",
        ...(environment ? { env: environment } : {}),
      });
      return command;
    } catch (error) {
      // If there is no such command, it wrote nothing, and stderr is null.
      const { stderr, message } = error as { stderr?: string | null; message: string };
      reasons.push(stderr?.trim().split("\n").at(-1) || message);
    }
  }
  const why = `the tests of ${name}: ${reasons.join("; ") || "a library of it is not there"}`;
  if (is_named) throw new Error(`Not run: ${why}`);
  console.warn(`\n*** NOT RUN: ${why} ***\n`);
  return undefined;
}
