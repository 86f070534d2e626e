import { stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { Command } from "commander";
import { compared } from "../reports/page/compared.ts";
import { pageOfResults } from "../reports/page/page-of-results.ts";
import { writePage } from "../reports/page/write-page.ts";
import { resultsIn } from "./read-results.ts";

/** `raceproof report FOLDER`: makes the page of a run again; with another folder, what changed since that run. */
export function reportCommand(): Command {
  return new Command("report")
    .description("make the page of a run again; of two runs, say what changed")
    .argument("[folder]", "where results.json and the histories are", "raceproof-out")
    .argument("[later]", "a later run, to be compared with it")
    .action(async (folder: string, later: string | undefined) => {
      const page = await pageOf(folder);
      const shown =
        later === undefined ? page : compared(await pageOf(later), page, nameOf(folder));
      console.log(`Open ${await writePage(later ?? folder, shown)}`);
    });
}

const nameOf = (folder: string): string => basename(resolve(folder));

/** @throws BadUsage when there are no results */
async function pageOf(folder: string) {
  const results = await resultsIn(folder);
  return pageOfResults(results, folder, (await stat(join(folder, "results.json"))).mtime);
}
