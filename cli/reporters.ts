/** `--reporter`: what a run writes for other programs, besides what people read. */
import { appendFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { annotations, jobSummary } from "../reports/github.ts";
import { junit } from "../reports/junit.ts";
import type { Results } from "../reports/summary.ts";
import { chosen } from "./bad-usage.ts";

const reporters = {
  /** `junit.xml` beside the results. */
  async junit(results: Results, folder: string): Promise<void> {
    await writeFile(join(folder, "junit.xml"), junit(results));
  },
  /** On standard error, where GitHub reads them as well, so that they do not mix with the output of `--json`. */
  async github(results: Results): Promise<void> {
    for (const line of annotations(results)) console.error(line);
    const summary = process.env["GITHUB_STEP_SUMMARY"];
    if (summary) await appendFile(summary, jobSummary(results));
  },
};

export type ReporterName = keyof typeof reporters;

/** @throws BadUsage for an unknown name */
export const reportersOf = (flag: string | undefined): ReporterName[] =>
  flag === undefined ? [] : (chosen("--reporter", flag, Object.keys(reporters)) as ReporterName[]);

export async function report(
  names: readonly ReporterName[],
  results: Results,
  folder: string,
): Promise<void> {
  for (const name of names) await reporters[name](results, folder);
}
