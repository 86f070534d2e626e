/**
 * `--reporter`: in which forms a result is given. Several go together, and only those that are named are given:
 * `default,junit` is what people read, and a file besides.
 */
import { appendFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Command } from "commander";
import { fitted } from "../reports/fitted.ts";
import { narrow } from "../reports/interleaving.ts";
import { type Paint, paintFor } from "../reports/paint.ts";
import { BadUsage, chosen } from "./bad-usage.ts";
import { collect } from "./collect.ts";

const reporter_names = ["default", "verbose", "json", "junit", "github"] as const;
export type ReporterName = (typeof reporter_names)[number];

/** The flags, as commander gives them. */
export interface ReporterFlags {
  readonly reporter: readonly string[];
  readonly verbose?: true;
  readonly json?: true;
}

/** A result in every form. */
export interface Reports {
  /** What people read. */
  readonly text: (shown: Shown) => string;
  /** What `json` prints. */
  readonly data: () => unknown;
  /** JUnit's XML. */
  readonly junit: () => string;
  /** Commands for a GitHub workflow, and the Markdown of a job's summary. */
  readonly annotations: () => readonly string[];
  readonly jobSummary: () => string;
}

/** How text is shown. */
export interface Shown {
  /** Of the terminal, in columns. */
  readonly width: number;
  readonly verbose: boolean;
  readonly paint: Paint;
}

/** Adds `--reporter` and the short words for two of its names. */
export function withReporters(command: Command): Command {
  return command
    .option(
      "--reporter <names>",
      "default, verbose, json, junit, github; several with commas, or again",
      collect,
      [],
    )
    .option("--verbose", "--reporter verbose: default, and everything else that was measured")
    .option("--json", "--reporter json: one JSON document, alone on standard output");
}

/**
 * @param otherwise what is given when nobody asks for anything
 * @throws BadUsage for an unknown name
 */
export function reportersOf(
  { reporter, verbose, json }: ReporterFlags,
  otherwise: readonly ReporterName[] = ["default"],
): ReadonlySet<ReporterName> {
  const named = reporter.flatMap((names) => chosen("--reporter", names, reporter_names));
  const all = [...named, ...(verbose ? ["verbose"] : []), ...(json ? ["json"] : [])];
  return new Set(all.length === 0 ? otherwise : (all as ReporterName[]));
}

/**
 * Gives a result in each of these forms. JSON has standard output for itself: what people read then goes to standard
 * error, where GitHub reads annotations, too.
 * @param folder where `junit.xml` goes
 */
export async function report(
  names: ReadonlySet<ReporterName>,
  reports: Reports,
  folder: string,
): Promise<void> {
  const is_json = names.has("json");
  if (is_json) console.log(JSON.stringify(reports.data(), plain, 2));
  const verbose = names.has("verbose");
  const stream = is_json ? process.stderr : process.stdout;
  if (verbose || names.has("default")) print(stream, verbose, reports);
  if (names.has("junit")) {
    const path = join(folder, "junit.xml");
    await writing(path, mkdir(folder, { recursive: true }));
    await writing(path, writeFile(path, reports.junit()));
  }
  if (!names.has("github")) return;
  for (const line of reports.annotations()) console.error(line);
  const summary = process.env["GITHUB_STEP_SUMMARY"];
  if (summary) await writing(summary, appendFile(summary, reports.jobSummary()));
}

/** A terminal breaks prose anywhere, so we do it at words. In a file or a pipe, people search for whole sentences. */
function print(stream: NodeJS.WriteStream, verbose: boolean, reports: Reports): void {
  const width = stream.columns || Number(process.env["COLUMNS"]);
  const text = reports.text({ width: width || narrow, verbose, paint: paintFor(stream) });
  stream.write(`${width ? fitted(text, width) : text}\n`);
}

/** @throws BadUsage when it cannot be written */
async function writing(path: string, work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    throw new BadUsage(`cannot write ${path} (${(error as Error).message.replace(/,.*/, "")}).`);
  }
}

/** JSON has no large whole numbers, and knows nothing of what was thrown but its words. */
function plain(_: string, value: unknown): unknown {
  if (typeof value === "bigint") return String(value);
  return value instanceof Error ? { name: value.name, message: value.message } : value;
}
