import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { type Command, Option } from "commander";
import type { Isolation } from "../backends/backend.ts";
import { race_kinds, type Statement } from "../race/database.ts";
import type { Template } from "../race/environment.ts";
import type { RacePlan } from "../race/options.ts";
import { short_level } from "../reports/matrix.ts";
import type { ServerKind } from "../servers/server.ts";
import { BadUsage, wholeNumber } from "./bad-usage.ts";
import { collect } from "./collect.ts";
import { didYouMean } from "./did-you-mean.ts";
import { type RacerFlags, readRacers } from "./race-app.ts";

/** The flags, as commander gives them. */
export interface RaceFlags extends RacerFlags {
  readonly database: readonly string[];
  readonly schema: readonly string[];
  readonly setup: readonly string[];
  readonly check: readonly string[];
  readonly ignore: readonly string[];
  readonly env: readonly string[];
  readonly operations: string;
  readonly isolation?: string;
  readonly fault?: "errors";
  readonly schedules?: string;
  readonly seed?: string;
  readonly busyLimitS: string;
  readonly timeLimitS?: string;
  readonly raceCoverage?: boolean;
  readonly repairs: boolean;
  readonly report?: string;
}

/** A database that the program uses. */
export interface WishedDatabase {
  readonly kind: ServerKind;
  /** The server to use; undefined = one is started. */
  readonly url: string | undefined;
  readonly schema: readonly string[];
}

/** What is to be explored, as it was read from the command line. */
export interface RaceWish extends RacePlan {
  readonly databases: readonly WishedDatabase[];
}

/** Adds the flags of `race`, which `replay` takes, too. */
export function withRaceFlags(command: Command): Command {
  return command
    .option(
      "--database <kind or URL>",
      `${race_kinds.join(", ")}, or a server of yours; again for more`,
      collect,
      [],
    )
    .option(
      "--schema <file or text>",
      "run once, before all schedules; again for more",
      collect,
      [],
    )
    .option("--setup <statement>", "run before every schedule; again for more", collect, [])
    .option("--check <query>", "its first column must be true at the end", collect, [])
    .option(
      "--ignore <column>",
      "without --check: what may differ, as account.updated_at",
      collect,
      [],
    )
    .option("--env <name=template>", "another variable for the clients", collect, [])
    .option("--app <command>", "instead of a command: starts an app that stays alive")
    .option("--request <text>", 'to the app, as POST /pay {"n": 1}; again for more', collect, [])
    .option("--instances <n>", "of the app; default one for each client")
    .option("--clients <n>", "at once; default 2, or one for each request")
    .option("--operations <n>", "processes of each client, one after the other", "1")
    .option("--isolation <level>", "default of the clients' transactions: RU, RC, RR, SER")
    .addOption(
      new Option("--fault <kind>", "every step meets each error of its server").choices(["errors"]),
    )
    .option("--schedules <n>", "at most so many")
    .option("--seed <n>", "of random schedules")
    .option("--time-limit-s <seconds>", "no schedule begins later")
    .option("--race-coverage", "also list the pairs of statements that were seen in one order only")
    .option("--no-repairs", "after a race, do not try what would mend it")
    .option("--report <folder>", "where a page to look at goes")
    .addOption(
      new Option("--busy-limit-s <seconds>", "how long a client may be busy elsewhere").default(
        "10",
      ),
    );
}

/** @throws BadUsage */
export async function readRaceFlags(flags: RaceFlags, argv: readonly string[]): Promise<RaceWish> {
  const racers = readRacers(flags, argv);
  if (flags.database.length === 0)
    throw new BadUsage(`race needs --database: ${race_kinds.join(", ")}, or a URL.`);
  const number = (flag: string, text: string | undefined, least: number): number | undefined =>
    text === undefined ? undefined : wholeNumber(flag, text, least);
  const databases = flags.database.map(databaseOf);
  const kinds = databases.map(({ kind }) => kind);
  if (new Set(kinds).size < kinds.length)
    throw new BadUsage("--database: two of one kind cannot be told apart.");
  const said = (text: string): Statement => statementFor(text, kinds);
  const schema = await Promise.all(flags.schema.map((text) => schemaOf(text, kinds)));
  const time_limit_s = number("--time-limit-s", flags.timeLimitS, 1);
  return {
    ...racers,
    name: nameOf(racers.app?.command.trim().split(/\s+/) ?? argv),
    databases: databases.map(({ kind, url }) => ({
      kind,
      url,
      schema: schema.filter((one) => one.kind === kind).map(({ text }) => text),
    })),
    setup: flags.setup.map(said),
    check: flags.check.map(said),
    ignore: flags.ignore,
    templates: flags.env.map(templateOf),
    operations: wholeNumber("--operations", flags.operations, 1),
    isolation: levelOf(flags.isolation),
    faults: flags.fault === undefined ? [] : [flags.fault],
    schedules: number("--schedules", flags.schedules, 1),
    seed: number("--seed", flags.seed, 0),
    busy_limit_ms: 1000 * wholeNumber("--busy-limit-s", flags.busyLimitS, 1),
    race_coverage: flags.raceCoverage ?? false,
    repairs: flags.repairs,
    report: flags.report,
    time_limit_ms: time_limit_s === undefined ? undefined : 1000 * time_limit_s,
  };
}

function databaseOf(text: string): { readonly kind: ServerKind; readonly url: string | undefined } {
  const kinds = race_kinds.join(", ");
  if (!text.includes("://")) {
    const kind = race_kinds.find((kind) => kind === text);
    if (kind === undefined)
      throw new BadUsage(
        `--database: there is no "${text}"${didYouMean(text, race_kinds)}; choose from ${kinds}, or give a URL.`,
      );
    return { kind, url: undefined };
  }
  const scheme = text.slice(0, text.indexOf(":"));
  const [kind] = Object.entries(schemes).find(([, known]) => known.includes(scheme)) ?? [];
  if (kind === undefined || !race_kinds.includes(kind as ServerKind))
    throw new BadUsage(`--database: there are no doors to ${scheme}://; choose from ${kinds}.`);
  return { kind: kind as ServerKind, url: text };
}

const schemes: Readonly<Partial<Record<ServerKind, readonly string[]>>> = {
  mysql: ["mysql"],
  mariadb: ["mariadb"],
  postgres: ["postgres", "postgresql"],
  redis: ["redis", "rediss"],
  dynamodb: ["http", "https"],
  zookeeper: ["zookeeper"],
};

/** Of several databases, `redis: DEL lock` goes to Redis; a text that names none of them goes to the first. */
function statementFor(text: string, kinds: readonly ServerKind[]): Statement {
  const [, word, rest = ""] = /^(\w+):\s*([\s\S]*)$/.exec(text) ?? [];
  const kind = kinds.find((kind) => kind === word);
  return kind === undefined ? { kind: kinds[0]!, text } : { kind, text: rest };
}

async function schemaOf(text: string, kinds: readonly ServerKind[]): Promise<Statement> {
  const { kind, text: said } = statementFor(text, kinds);
  return { kind, text: await textOrFile(said) };
}

/** The content of the file that a text names. If there is no such file and the text has spaces, the text itself. */
async function textOrFile(text: string): Promise<string> {
  try {
    return await readFile(text, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (/\s/.test(text) && code !== "EACCES") return text;
    throw new BadUsage(`--schema: ${text} cannot be read (${code}).`);
  }
}

function templateOf(text: string): Template {
  const at = text.indexOf("=");
  if (at < 1) throw new BadUsage(`--env takes NAME=TEMPLATE, like DB_PORT={port}, not "${text}".`);
  return { name: text.slice(0, at), text: text.slice(at + 1) };
}

function levelOf(text: string | undefined): Isolation | undefined {
  if (text === undefined) return undefined;
  const wanted = text.replaceAll("-", " ").toUpperCase();
  const levels = Object.entries(short_level) as [Isolation, string][];
  const found = levels.find(([level, short]) => [level, short.toUpperCase()].includes(wanted));
  if (found === undefined)
    throw new BadUsage(
      `--isolation: there is no "${text}"${didYouMean(text, levels.flat())}; choose from ${levels.flat().join(", ")}.`,
    );
  return found[0];
}

/** The name of the script that is run, rather than of the program that runs it. */
function nameOf(argv: readonly string[]): string {
  const script = argv.slice(1).find((word) => /^[^-].*\.\w+$/.test(word));
  return basename(script ?? argv[0]!);
}
