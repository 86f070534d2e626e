/**
 * The cache: finished folders under the user's cache folder. A folder is there whole or not at all,
 * whatever becomes of the run that made it, and two runs at once make it once.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { access, mkdir, rename } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { Home } from "./home.ts";
import type { Progress } from "./progress.ts";
import { ServerUnavailable } from "./unavailable.ts";

/** Changes when folders that older versions left can no longer be used. */
const layout = "v1";

/** `$XDG_CACHE_HOME/raceproof` or `~/.cache/raceproof`. */
export function cacheFolder(): string {
  const base = process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache");
  return join(base, "raceproof", layout);
}

/** Where the finished folder is, or would be. */
export function cachedFolder(name: string): string {
  return join(cacheFolder(), name);
}

export async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/**
 * The finished folder `name`; if it is not there, `fill` makes it in the home it is given: it answers
 * which folder of that home is the finished one.
 * @throws ServerUnavailable when the cache cannot be written.
 */
export async function cached(
  name: string,
  progress: Progress,
  fill: (home: Home) => Promise<string>,
): Promise<string> {
  const folder = cachedFolder(name);
  if (await isThere(folder)) return folder;
  try {
    await mkdir(dirname(folder), { recursive: true, mode: 0o700 });
    await using _lock = await lock(`${folder}.lock`, name, progress);
    if (await isThere(folder)) return folder;
    await using home = await Home.make("cache", { parent: join(cacheFolder(), "unfinished") });
    await rename(await fill(home), folder);
    return folder;
  } catch (error) {
    throw inWords(error, folder);
  }
}

/** Held by a shell process of its own until node lets go of it or is gone. */
async function lock(file: string, name: string, progress: Progress): Promise<AsyncDisposable> {
  const script = "echo locked; while read -r line; do :; done";
  const holder = spawn("flock", [file, "sh", "-c", script], {
    cwd: "/",
    detached: true,
    stdio: ["pipe", "pipe", "ignore"],
  });
  const waits = setTimeout(
    () => progress({ what: `waiting for another run to finish ${name}` }),
    1000,
  );
  try {
    await once(holder.stdout, "data");
  } finally {
    clearTimeout(waits);
  }
  return {
    async [Symbol.asyncDispose]() {
      const ended = once(holder, "exit");
      holder.stdin.end();
      await ended;
    },
  };
}

function inWords(error: unknown, folder: string): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  const text = String(message);
  if (code === "ENOSPC" || text.includes("No space left on device")) {
    return new ServerUnavailable(
      `The disk of ${folder} is full: make room there or set XDG_CACHE_HOME.`,
    );
  }
  if (code === "EACCES" || code === "EROFS" || code === "EPERM" || code === "ENOTDIR") {
    return new ServerUnavailable(
      `Cannot write ${folder} (${code}): set XDG_CACHE_HOME to a writable folder.`,
    );
  }
  return error;
}
