/**
 * The list of a finished folder: for each file its hash, and what shows quickly that nobody has touched it since (git
 * does the same): its size, its inode number, and the times mtime and ctime. The system itself sets ctime, so nobody
 * can set it back. A file that looks touched is read again, and then only its hash counts.
 *
 * This finds files that were changed, cut off, added or lost, whoever did it. It does not find data that the disk lost
 * without noticing, and it does not stop anybody who can write to this folder: they can write the list, too.
 */
import { createHash } from "node:crypto";
import { type BigIntStats, createReadStream } from "node:fs";
import { lstat, readdir, readlink } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";

/** What is at each path below the folder. */
export type FileList = Readonly<Record<string, Listed>>;

export interface Listed {
  /** For a file, its hash and whether it can be run; for a link, where it leads; for a folder, that it is one. */
  readonly is: string;
  /** For a file: changes whenever the file is touched. */
  readonly looks?: string;
}

/** Lists what is there now. Files that still look as they did in `known` are not read again. */
export async function listOf(folder: string, known: FileList = {}): Promise<FileList> {
  const paths = (await readdir(folder, { recursive: true })).toSorted();
  const stats = await Promise.all(paths.map((path) => lstat(join(folder, path), { bigint: true })));
  const list: Record<string, Listed> = {};
  for (const [i, path] of paths.entries()) {
    const stat = stats[i] as BigIntStats;
    const looks = [stat.size, stat.ino, stat.mtimeNs, stat.ctimeNs].join(" ");
    if (stat.isDirectory()) list[path] = { is: "folder" };
    else if (stat.isSymbolicLink())
      list[path] = { is: `link ${await readlink(join(folder, path))}` };
    else if (known[path]?.looks === looks) list[path] = known[path];
    else {
      const kind = (stat.mode & 0o111n) === 0n ? "file" : "program";
      list[path] = { is: `${kind} ${await hashOf(join(folder, path))}`, looks };
    }
  }
  return list;
}

/** The first path at which the two lists differ; undefined = all is as it should be. */
export function differenceOf(should: FileList, found: FileList): string | undefined {
  const paths = new Set([...Object.keys(should), ...Object.keys(found)]);
  return [...paths].find((path) => should[path]?.is !== found[path]?.is);
}

async function hashOf(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file, { highWaterMark: 2 ** 20 }), hash);
  return hash.digest("hex");
}
