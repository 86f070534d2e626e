/** What `race` and the replay of its tokens need: servers, databases, and the command line to show. */
import { SchemaFailed } from "../backends/lane-database.ts";
import { firstError } from "../backends/refusal.ts";
import { withoutPassword } from "../backends/without-password.ts";
import { type RaceDatabase, RaceDatabases } from "../race/database.ts";
import { BadTemplate, environmentOf } from "../race/environment.ts";
import { AppNotStarted, placeOfApp } from "../race/instance.ts";
import type { RaceOptions } from "../race/options.ts";
import { CannotRace } from "../race/race.ts";
import { Progress } from "../reports/progress.ts";
import { StatusLine } from "../reports/status-line.ts";
import { BadOptions } from "../schedules/bad-options.ts";
import { SetupFailed } from "../schedules/run/setup-failed.ts";
import type { Server } from "../servers/server.ts";
import { BadUsage } from "./bad-usage.ts";
import { interruption } from "./interruption.ts";
import type { RaceWish } from "./race-flags.ts";
import { startServers } from "./start-servers.ts";

/** Errors that say in a sentence what the user can mend. */
const own_words = [BadOptions, SetupFailed, SchemaFailed, CannotRace, AppNotStarted];

/**
 * Starts the servers, makes the databases, and calls `work` with what a race needs. Afterwards all of it is removed.
 * @throws BadUsage for what the user can mend
 */
export async function withRace(
  wish: RaceWish,
  work: (options: RaceOptions) => Promise<void>,
): Promise<void> {
  using interrupted = interruption();
  const { signal } = interrupted;
  const status = new StatusLine();
  const progress = new Progress(wish.name);
  const sources = new Map(
    wish.databases.flatMap(({ kind, url }) => (url === undefined ? [] : [[kind, url] as const])),
  );
  try {
    const kinds = wish.databases.map(({ kind }) => kind);
    await using started = startServers(kinds, sources, status, signal);
    await using databases = new RaceDatabases();
    for (const { kind, schema } of wish.databases)
      await databases.add(kind, (await started.ready.get(kind)) as Server, schema);
    mustBeFilled(wish, databases.all);
    status.clear();
    await work({
      ...wish,
      databases: databases.all,
      signal,
      progress: (schedules) => progress.show(schedules),
      replayCommand,
    });
  } catch (thrown) {
    const error = firstError(thrown);
    status.clear();
    progress.clear();
    if (signal.aborted) {
      console.error("raceproof: broken off.");
      process.exitCode = interrupted.exit_code;
    } else if (own_words.some((kind) => error instanceof kind))
      throw new BadUsage((error as Error).message);
    else throw thrown;
  } finally {
    progress.clear();
  }
}

function mustBeFilled({ templates, app }: RaceWish, databases: readonly RaceDatabase[]): void {
  const places = databases.map(({ kind, backend }) => ({ kind, address: backend.door.address() }));
  try {
    environmentOf(app ? [...places, placeOfApp(1)] : places, templates);
  } catch (error) {
    if (error instanceof BadTemplate) throw new BadUsage(`--env: ${error.message}`);
    throw error;
  }
}

/** The same command line, with `replay TOKEN` in place of `race`. */
function replayCommand(token: string): string {
  const own = process.argv.slice(2);
  const rest = withoutReporters(own[0] === "replay" ? own.slice(2) : own.slice(1));
  return ["raceproof", "replay", token, ...rest.map(withoutPassword)].map(quoted).join(" ");
}

/** A replay is printed in one way only. What comes after `--` is the program's. */
function withoutReporters(args: readonly string[]): string[] {
  const end = args.includes("--") ? args.indexOf("--") : args.length;
  const own = args.slice(0, end);
  const is_left = (arg: string, i: number): boolean =>
    !/^--(verbose|json|reporter(=.*)?)$/.test(arg) && own[i - 1] !== "--reporter";
  return [...own.filter(is_left), ...args.slice(end)];
}

const quoted = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
