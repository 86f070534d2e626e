/**
 * The ledger of homes: one file for each home, in the user's own cache folder, written before the home is made and
 * removed when the home is gone. If a watchdog was killed together with its run (out of memory, say), a later run
 * reads here what is left, and which run left it. Only what is in the ledger is removed: the temporary folder may be
 * another one by then, and others can write to it.
 */
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Leftover } from "../backends/leftover.ts";
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
    // The disk is full or cannot be written: then only the watchdog removes this home.
  }
  return file;
}

/** All homes in the ledger, also of runs that go on. To remove one is to end the processes in it, too. */
export async function homesLeft(): Promise<Leftover[]> {
  // If somebody else can write entries, they could name any folder of ours.
  if ((await whoElseHasIt()) !== undefined) return [];
  const left: Leftover[] = [];
  for (const name of await readdir(ledger()).catch(() => [])) {
    const file = join(ledger(), name);
    const entry = await read(file);
    const mark = entry && readMark(entry.mark);
    if (mark === undefined) continue;
    const remove = async (): Promise<void> => release(await watch(entry!.folder, entry!.end, file));
    left.push({ what: `folder ${entry!.folder}`, mark, is_here: true, remove });
  }
  return left;
}

/** Ends and removes the homes of runs that are over, also of those before a reboot. @returns those */
export async function sweepHomes(): Promise<readonly Leftover[]> {
  const left = (await homesLeft()).filter(({ mark }) => mark.state.startsWith("over"));
  for (const one of left) await one.remove();
  return left;
}

/** Undefined while it is being written, or when it is no longer there. */
async function read(file: string): Promise<Entry | undefined> {
  try {
    return JSON.parse(await readFile(file, "utf8")) as Entry;
  } catch {
    return undefined;
  }
}
