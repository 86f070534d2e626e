/** Packs the package once, as `npm publish` would: builds it and takes what `files` names. */
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    /** The packed file. */
    readonly packed: string;
    /** The files in it, as npm lists them. */
    readonly packed_files: readonly string[];
    readonly packed_bytes: number;
  }
}

interface Packed {
  readonly filename: string;
  readonly size: number;
  readonly files: readonly { readonly path: string }[];
}

export default async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), "raceproof-packed-"));
  const { stdout } = await promisify(execFile)("npm", [
    "pack",
    "--json",
    "--pack-destination",
    folder,
  ]);
  // What `prepack` prints comes before the list.
  const [packed] = JSON.parse(stdout.slice(stdout.indexOf("\n[") + 1)) as Packed[];
  if (packed === undefined) throw new Error("npm pack made nothing");
  provide("packed", join(folder, packed.filename));
  provide(
    "packed_files",
    packed.files.map(({ path }) => path),
  );
  provide("packed_bytes", packed.size);
  return () => rm(folder, { recursive: true });
}
