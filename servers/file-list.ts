/**
 * The list of a finished folder: of every file its hash, and by what one sees at a glance that nobody has touched it
 * since (as git does): its size, its number on the disk, and the times of its last change. The second of these times
 * is the system's own and cannot be set back. A file that looks touched is read again, and only its hash counts.
 *
 * This finds what was changed, cut off, added or lost, whoever did it. It does not find what the disk itself forgot
 * without noticing, and it does not stop who may write this folder: he may write the list, too.
 */
import { createHash } from "node:crypto";
import { type BigIntStats, createReadStream } from "node:fs";
import { lstat, readdir, readlink } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";

/** What is at each path below the folder. */
export type FileList = Readonly<Record<string, Listed>>;

export interface Listed {
  /** Of a file its hash and whether it can be run, of a link where it leads, of a folder that it is one. */
  readonly is: string;
  /** Of a file: changes whenever it is touched. */
  readonly looks?: string;
}

/** What is there now; what still looks as it did in `known` is not read again. */
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

/** The first path at which something else is than it should; undefined = all is as it was. */
export function differenceOf(should: FileList, found: FileList): string | undefined {
  const paths = new Set([...Object.keys(should), ...Object.keys(found)]);
  return [...paths].find((path) => should[path]?.is !== found[path]?.is);
}

async function hashOf(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file, { highWaterMark: 2 ** 20 }), hash);
  return hash.digest("hex");
}
