import { Command, CommanderError } from "commander";
import { CannotConnect } from "../backends/cannot-connect.ts";
import { firstError, refusalIn } from "../backends/refusal.ts";
import { HistoryError } from "../histories/history-error.ts";
import { visible } from "../reports/visible.ts";
import { ServerUnavailable } from "../servers/unavailable.ts";
import { BadUsage } from "./bad-usage.ts";
import { checkCommand } from "./check.ts";
import { cleanCommand } from "./clean.ts";
import { initCommand } from "./init.ts";
import { listCommand } from "./list.ts";
import { mergeCommand } from "./merge.ts";
import { installIt, missingPackage } from "./missing-package.ts";
import { ownVersion } from "./own-version.ts";
import { raceCommand } from "./race.ts";
import { replayCommand } from "./replay.ts";
import { reportCommand } from "./report.ts";
import { runCommand } from "./run.ts";
import { workCommand } from "./work.ts";

/** Nobody reads our output any more: `raceproof list | head`, or a terminal that was closed. */
const isGone = ({ code }: NodeJS.ErrnoException): boolean => code === "EPIPE" || code === "EIO";
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (!isGone(error)) throw error;
  // If there is another listener, it is that of a run, which ends in order by itself.
  if (process.stdout.listenerCount("error") === 1) process.exit(process.exitCode ?? 2);
});
// Messages on the way may be lost, but the results must still be written.
process.stderr.on("error", (error: NodeJS.ErrnoException) => {
  if (!isGone(error)) throw error;
});

/** Node's own code for "nothing is left to do, but the program has not ended". */
const waits_for_nothing = 13;
process.on("exit", (code) => {
  if (code !== waits_for_nothing) return;
  console.error(
    "raceproof: a mistake of raceproof's own: it waits for an answer that cannot come.",
  );
  process.exitCode = 2;
});

const run = runCommand();
const program = new Command("raceproof")
  .description("Does this code lose updates when two of it run at once?")
  .version(ownVersion())
  .addHelpText("after", () => `\nWithout a command it runs: ${run.helpInformation()}`)
  .exitOverride()
  .configureOutput({ outputError: () => {} })
  .showHelpAfterError(false)
  .addCommand(run)
  .addCommand(raceCommand())
  .addCommand(checkCommand())
  .addCommand(replayCommand())
  .addCommand(mergeCommand())
  .addCommand(workCommand())
  .addCommand(reportCommand())
  .addCommand(listCommand())
  .addCommand(cleanCommand())
  .addCommand(initCommand());
for (const command of program.commands)
  command.exitOverride().configureOutput({ outputError: () => {} });

try {
  await program.parseAsync(withCommand(process.argv.slice(2)), { from: "user" });
} catch (error) {
  process.exitCode = report(error);
}

/**
 * Without a command it runs. This is no default command of commander's: to that, a mistyped command is an argument, and
 * nobody hears what was meant.
 */
function withCommand(args: readonly string[]): string[] {
  const [first = ""] = args;
  const is_own = ["-h", "--help", "-V", "--version"].includes(first);
  const is_flag = first === "" || first.startsWith("-");
  return is_flag && !is_own ? ["run", ...args] : [...args];
}

/** Prints one clear sentence for what people can mend; a stack only for a mistake of ours. @returns the exit code */
function report(thrown: unknown): number {
  const error = firstError(thrown);
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 0;
    const said = error.message.replace(/^error: /, "raceproof: ").replaceAll("\n", " ");
    console.error(`${said} See raceproof --help.`);
  } else if (
    error instanceof BadUsage ||
    error instanceof CannotConnect ||
    error instanceof HistoryError ||
    error instanceof ServerUnavailable
  ) {
    console.error(`raceproof: ${visible(error.message)}`);
  } else if (missingPackage(error) !== undefined) {
    console.error(`raceproof: ${installIt(missingPackage(error)!)}`);
  } else if (refusalIn(error, "The server") !== undefined) {
    console.error(`raceproof: ${visible(refusalIn(error, "The server")!.message)}`);
  } else {
    console.error("raceproof: a mistake of raceproof's own; please report it with these lines:");
    console.error(error);
  }
  return 2;
}
