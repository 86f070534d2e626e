/**
 * The ledger of homes: a file each, under the user's own cache folder, from before the home is there until it is
 * gone. Where a watchdog was killed together with its run (out of memory, say), a later run reads there what
 * has been left, with the mark of who left it. Whatever the temporary folder is then, and whoever else
 * may write there: only what stands in the ledger is touched.
 */
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { own_mark, readMark } from "../owners/run-mark.ts";
import { cacheFolder, whoElseHasIt } from "./cache-folder.ts";
import { type LastSignal, release, watch } from "./watchdog.ts";

interface Entry {
  readonly folder: string;
  readonly end: LastSignal;
  readonly mark: string;
}

const ledger = (): string => join(cacheFolder(), "homes");

/** Enters a home that is about to be made. @returns the file, for its watchdog to remove */
export async function enter(name: string, folder: string, end: LastSignal): Promise<string> {
  const file = join(ledger(), name);
  const entry: Entry = { folder, end, mark: own_mark };
  try {
    await mkdir(ledger(), { recursive: true, mode: 0o700 });
    await writeFile(file, JSON.stringify(entry));
  } catch {
    // A full or closed disk: then there is the watchdog alone.
  }
  return file;
}

/** Ends and removes the homes of runs that are over, also from before a restart. @returns their folders */
export async function sweepHomes(): Promise<string[]> {
  const swept: string[] = [];
  // Somebody else's entries could name any folder of ours.
  if ((await whoElseHasIt()) !== undefined) return swept;
  for (const name of await readdir(ledger()).catch(() => [])) {
    const file = join(ledger(), name);
    const entry = await read(file);
    if (entry === undefined || !readMark(entry.mark)?.state.startsWith("over")) continue;
    await release(await watch(entry.folder, entry.end, file));
    swept.push(entry.folder);
  }
  return swept;
}

/** Undefined while it is being written, or when it is no longer there. */
async function read(file: string): Promise<Entry | undefined> {
  try {
    return JSON.parse(await readFile(file, "utf8")) as Entry;
  } catch {
    return undefined;
  }
}
