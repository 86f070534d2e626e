/** Where homes are made by default, and whether there is room. */
import { realpath, stat, statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname } from "node:path";

/**
 * The system's temporary folder; `/tmp` instead if the processes run as another user and that folder, or one
 * above it, is closed to others.
 */
export async function temporary(another_user: boolean): Promise<string> {
  const first = await realpath(tmpdir());
  if (!another_user || (await isOpen(first))) return first;
  return "/tmp";
}

/** Whether every user may enter this folder and all folders above it. */
async function isOpen(folder: string): Promise<boolean> {
  const { mode } = await stat(folder);
  if ((mode & 0o001) === 0) return false;
  return dirname(folder) === folder || isOpen(dirname(folder));
}

/** No server starts with less. A program that found the disk full may have freed some of it when it ended. */
const room_bytes = 8 * 2 ** 20;

/** Whether the disk of this folder has no room for a server. */
export async function isFull(folder: string): Promise<boolean> {
  const disk = await statfs(folder).catch(() => undefined);
  return disk !== undefined && disk.blocks > 0 && disk.bavail * disk.bsize < room_bytes;
}
