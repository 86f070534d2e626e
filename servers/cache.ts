/**
 * The cache: finished folders under the user's cache folder. A folder is there whole or not at all, however the run
 * that makes it ends, and if two runs need it at once, only one makes it. Programs run from here, so nobody else may
 * write here, and a folder that differs from its list is made anew.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { access, mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { cacheFolder, whoElseHasIt } from "./cache-folder.ts";
import { differenceOf, type FileList, listOf } from "./file-list.ts";
import { Home } from "./home.ts";
import type { Errand } from "./progress.ts";
import { machineInWords, ServerUnavailable } from "./unavailable.ts";

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
 * The finished folder `name`. If it is not there, `fill` makes it in the home that it gets, and answers
 * which folder of that home is the finished one.
 * @throws ServerUnavailable when the cache cannot be written, or somebody else can write it.
 */
export async function cached(
  name: string,
  errand: Errand,
  fill: (home: Home) => Promise<string>,
): Promise<string> {
  const folder = cachedFolder(name);
  const whose = await whoElseHasIt();
  if (whose !== undefined) throw new ServerUnavailable(whose);
  if ((await faultOf(folder)) === undefined) return folder;
  try {
    await mkdir(dirname(folder), { recursive: true, mode: 0o700 });
    await using _lock = await lock(`${folder}.lock`, name, errand);
    const fault = await faultOf(folder);
    if (fault === undefined) return folder;
    const is_damaged = await isThere(folder);
    if (is_damaged) {
      const what = `${folder} is damaged (${fault}): it is made anew`;
      errand.progress({ what, stays: true });
    }
    await using home = await Home.make("cache", {
      parent: join(cacheFolder(), "unfinished"),
      signal: errand.signal,
    });
    const fresh = await fill(home);
    const list = join(home.folder, "list");
    await writeFile(list, JSON.stringify(await listOf(fresh)));
    // It is renamed, so that programs that run from it keep their files.
    if (is_damaged) await rename(folder, join(home.folder, "damaged"));
    await rename(list, listFile(folder));
    await rename(fresh, folder);
    return folder;
  } catch (error) {
    throw machineInWords(error, folder, "set XDG_CACHE_HOME to a folder with room for it");
  }
}

const listFile = (folder: string): string => `${folder}.list`;

/** Why a folder cannot be used, as half a sentence; undefined if it can. */
async function faultOf(folder: string): Promise<string | undefined> {
  const text = await readFile(listFile(folder), "utf8").catch(() => "");
  let should: FileList;
  try {
    should = JSON.parse(text) as FileList;
  } catch {
    return "its list of files cannot be read";
  }
  if (!(await isThere(folder))) return "it is not there";
  const found = await listOf(folder, should);
  const path = differenceOf(should, found);
  if (path !== undefined) return `${path} is not what it was`;
  // After a copy every file looks touched. The list is written again, so that the next run need not read them all.
  const has_moved = Object.entries(found).some(
    ([path, { looks }]) => looks !== should[path]?.looks,
  );
  if (has_moved) await writeFile(listFile(folder), JSON.stringify(found)).catch(() => undefined);
  return undefined;
}

/** Takes a lock. A process of its own holds it, which ends when node releases the lock or is gone. */
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
