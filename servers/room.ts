/** Where a home is made, unless one says where. */
import { realpath, stat, statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname } from "node:path";

/**
 * The system's temporary folder; for processes that run as another user than ours, one which that user
 * may pass through.
 */
export async function temporary(another_user: boolean): Promise<string> {
  const first = await realpath(tmpdir());
  if (!another_user || (await isOpen(first))) return first;
  return "/tmp";
}

/** Anybody may pass through this folder and those above it. */
async function isOpen(folder: string): Promise<boolean> {
  const { mode } = await stat(folder);
  if ((mode & 0o001) === 0) return false;
  return dirname(folder) === folder || isOpen(dirname(folder));
}

/** Not even a last word can be written there. */
export async function isFull(folder: string): Promise<boolean> {
  const disk = await statfs(folder).catch(() => undefined);
  return disk !== undefined && disk.blocks > 0 && disk.bavail === 0;
}
