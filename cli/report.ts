import { stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { Command } from "commander";
import { compared } from "../reports/page/compared.ts";
import { pageOfResults } from "../reports/page/page-of-results.ts";
import { writePage } from "../reports/page/write-page.ts";
import { reportsOf as reportsOfRun } from "./give-results.ts";
import { resultsIn } from "./read-results.ts";
import { type ReporterFlags, report, reportersOf, withReporters } from "./reporters.ts";

/** `raceproof report FOLDER`: makes the page of a run again; with another folder, what changed since that run. */
export function reportCommand(): Command {
  const command = new Command("report")
    .description("make the page of a run again; of two runs, say what changed")
    .argument("[folder]", "where results.json and the histories are", "raceproof-out")
    .argument("[later]", "a later run, to be compared with it");
  return withReporters(command).action(
    async (earlier: string, later: string | undefined, flags: ReporterFlags) => {
      const reporters = reportersOf(flags, []);
      const folder = later ?? earlier;
      const results = await resultsIn(folder);
      const page = await pageOf(folder);
      const shown =
        later === undefined ? page : compared(page, await pageOf(earlier), nameOf(earlier));
      const open = `Open ${await writePage(folder, shown)}`;
      if (reporters.size === 0) console.log(open);
      else await report(reporters, reportsOfRun(results, open), folder);
    },
  );
}

const nameOf = (folder: string): string => basename(resolve(folder));

/** @throws BadUsage when there are no results */
async function pageOf(folder: string) {
  const results = await resultsIn(folder);
  return pageOfResults(results, folder, (await stat(join(folder, "results.json"))).mtime);
}
