/** The folder that a run writes its histories and results to. */
import { existsSync } from "node:fs";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { type Mark, own_mark, readMark } from "../owners/run-mark.ts";
import { pageOfResults } from "../reports/page/page-of-results.ts";
import { writePage } from "../reports/page/write-page.ts";
import type { Results } from "../reports/summary.ts";
import { told } from "../reports/told.ts";
import { BadUsage } from "./bad-usage.ts";

/** A file with the mark of the run that writes to the folder. */
const lock = ".lock";

/**
 * Makes the folder, and keeps other runs out of it until it is given back: two runs would overwrite each other's
 * histories. A folder that a killed run has not given back is taken over.
 * @throws BadUsage when another run writes there, or the folder cannot be written
 */
export async function claimOut(folder: string): Promise<AsyncDisposable> {
  const path = join(folder, lock);
  try {
    await makeFolder(resolve(folder));
    await writeFile(path, own_mark, { flag: "wx" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw cannotWrite(folder, error);
    const owner = readMark(await readFile(path, "utf8").catch(() => ""));
    if (owner && mayLive(owner))
      throw new BadUsage(
        `another run (process ${owner.pid}) writes to ${folder}; name another folder with --out. ` +
          `If that is no run of raceproof, remove ${path}.`,
      );
    await rm(path, { force: true });
    return claimOut(folder);
  }
  return { [Symbol.asyncDispose]: () => rm(path, { force: true }) };
}

/** Node's own `recursive` never comes back where a file system takes no folders, as /proc. */
async function makeFolder(folder: string): Promise<void> {
  if (existsSync(folder)) return;
  const parent = dirname(folder);
  if (parent !== folder) await makeFolder(parent);
  await mkdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
  });
}

/** Where the mark cannot tell (the folder is shared, or there is no /proc), the process's number has to do. */
function mayLive({ state, pid }: Mark): boolean {
  if (state !== "not ours") return state === "lives";
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/**
 * Writes the results. Those of the run before stay until these are complete.
 * @returns the path of the file
 * @throws BadUsage when it cannot be written
 */
export async function writeResults(folder: string, results: Results): Promise<string> {
  const path = join(folder, "results.json");
  try {
    await writeFile(`${path}.new`, `${JSON.stringify(told(results), null, 2)}\n`);
    await rename(`${path}.new`, path);
  } catch (error) {
    throw cannotWrite(folder, error);
  }
  return path;
}

/**
 * Draws the page of a run. It does not throw: the results are there even without a page.
 * @returns a sentence for the user: where the page is, or why there is none
 */
export async function drawPage(folder: string, results: Results): Promise<string> {
  try {
    return `Histories, results and a page to look at: ${await writePage(folder, await pageOfResults(results, folder, new Date()))}`;
  } catch (error) {
    return `The page could not be drawn (${error instanceof Error ? error.message : String(error)}).`;
  }
}

function cannotWrite(folder: string, error: unknown): BadUsage {
  const why = error instanceof Error ? error.message.replace(/,.*/, "") : String(error);
  return new BadUsage(`cannot write to ${folder} (${why}); name another folder with --out.`);
}
