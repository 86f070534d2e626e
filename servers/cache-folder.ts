import { lstat } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";

/** To be changed when folders that older versions left can no longer be used. */
const layout = "v2";

/** Below `$XDG_CACHE_HOME/raceproof` or `~/.cache/raceproof`; it belongs to the user alone. */
export function cacheFolder(): string {
  const base = process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache");
  return join(base, "raceproof", layout);
}

/**
 * Programs run from the cache, and folders that its ledger names are removed from this machine, so nobody else may
 * write to it. The folders above it are not checked.
 * @returns what is wrong, in a sentence; undefined if nobody else can write there
 */
export async function whoElseHasIt(): Promise<string | undefined> {
  const us = process.getuid?.();
  for (const folder of [dirname(cacheFolder()), cacheFolder()]) {
    const found = await lstat(folder).catch(() => undefined);
    if (found === undefined || us === undefined) continue;
    const what = !found.isDirectory()
      ? "is not a folder"
      : found.uid !== us
        ? `belongs to somebody else (user ${found.uid})`
        : (found.mode & 0o022) !== 0
          ? "can be written by others"
          : undefined;
    if (what !== undefined)
      return (
        `${folder} ${what}, and programs would run from there: remove it, or set XDG_CACHE_HOME to a folder of ` +
        "your own."
      );
  }
  return undefined;
}
