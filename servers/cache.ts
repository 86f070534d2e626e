/**
 * The cache: finished folders under the user's cache folder. A folder is there whole or not at all,
 * whatever becomes of the run that made it, and two runs at once make it once.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { access, mkdir, rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import { cacheFolder } from "./cache-folder.ts";
import { Home } from "./home.ts";
import type { Errand } from "./progress.ts";
import { diskInWords } from "./unavailable.ts";

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
  errand: Errand,
  fill: (home: Home) => Promise<string>,
): Promise<string> {
  const folder = cachedFolder(name);
  if (await isThere(folder)) return folder;
  try {
    await mkdir(dirname(folder), { recursive: true, mode: 0o700 });
    await using _lock = await lock(`${folder}.lock`, name, errand);
    if (await isThere(folder)) return folder;
    await using home = await Home.make("cache", {
      parent: join(cacheFolder(), "unfinished"),
      signal: errand.signal,
    });
    await rename(await fill(home), folder);
    return folder;
  } catch (error) {
    throw diskInWords(error, folder, "set XDG_CACHE_HOME to a folder with room for it");
  }
}

/** Held by a process of its own, which ends when node lets go of it or is gone. */
async function lock(file: string, name: string, errand: Errand): Promise<AsyncDisposable> {
  const holder = spawn("flock", [file, "sh", "-c", "echo locked; while read -r line; do :; done"], {
    cwd: "/",
    detached: true,
    stdio: ["pipe", "pipe", "pipe"],
    ...(errand.signal === undefined ? {} : { signal: errand.signal }),
  });
  const ended = once(holder, "close");
  ended.catch(() => {});
  const refused = ended.then(async () => {
    throw new Error(`flock: ${String(holder.stderr.read() ?? "no lock was given")}`);
  });
  const say = (): void => errand.progress({ what: `waiting for another run to finish ${name}` });
  const waits = setTimeout(say, 1000);
  try {
    await Promise.race([once(holder.stdout, "data"), refused]);
  } finally {
    clearTimeout(waits);
  }
  refused.catch(() => {});
  return {
    async [Symbol.asyncDispose]() {
      holder.stdin.end();
      await ended.catch(() => {});
    },
  };
}
