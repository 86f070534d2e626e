import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { ZodError, z } from "zod";
import { readResults } from "../campaign/result-schema.ts";
import type { Results } from "../reports/summary.ts";
import { BadUsage } from "./bad-usage.ts";

/** The results of a run, checked. @throws BadUsage when there are none */
export async function resultsIn(folder: string): Promise<Results> {
  const path = join(folder, "results.json");
  try {
    return readResults(JSON.parse(await readFile(path, "utf8")));
  } catch (error) {
    throw new BadUsage(`${path} holds no results of a run (${whyNot(error)}).`);
  }
}

function whyNot(error: unknown): string {
  if (error instanceof ZodError) {
    const [first] = error.issues;
    return first === undefined
      ? "no results"
      : z.prettifyError(error).split("\n").slice(0, 2).join(" ");
  }
  const { code, message } = error as NodeJS.ErrnoException;
  return code === "ENOENT" ? "it is not there" : (code ?? message);
}
