import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Results } from "../reports/summary.ts";
import { BadUsage } from "./bad-usage.ts";

/** Makes the folder for histories and results. @throws BadUsage when nothing can be written there */
export async function prepareOut(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, "results.json"), "");
  } catch (error) {
    throw cannotWrite(folder, error);
  }
}

/** Answers the path of the file. @throws BadUsage when it cannot be written */
export async function writeResults(folder: string, results: Results): Promise<string> {
  const path = join(folder, "results.json");
  try {
    await writeFile(path, `${JSON.stringify(results, null, 2)}\n`);
  } catch (error) {
    throw cannotWrite(folder, error);
  }
  return path;
}

function cannotWrite(folder: string, error: unknown): BadUsage {
  const why = error instanceof Error ? error.message.replace(/,.*/, "") : String(error);
  return new BadUsage(`cannot write to ${folder} (${why}); name another folder with --out.`);
}
