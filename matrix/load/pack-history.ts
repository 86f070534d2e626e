import { createReadStream, createWriteStream } from "node:fs";
import { rename, rm, stat } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";

/** A larger history is packed once it is judged: to about a fifteenth. While it grows it is not, or a kill would cost its end. */
const pack_from_bytes = 64 << 20;

/** @returns the path where it is now; `check` reads both */
export async function packHistory(
  path: string,
  from_bytes: number = pack_from_bytes,
): Promise<string> {
  if ((await stat(path)).size < from_bytes) return path;
  const packed = `${path}.gz`;
  await pipeline(
    createReadStream(path),
    createGzip({ level: 1 }),
    createWriteStream(`${packed}.new`),
  );
  await rename(`${packed}.new`, packed);
  await rm(path);
  return packed;
}
